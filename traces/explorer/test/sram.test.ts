// SPDX-License-Identifier: Apache-2.0
// Who has the unified buffer: held against the counter that the simulator's side makes, and against the buffer's size.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cutAxis, onCutAxis } from '../src/draw/cut_axis';
import { bytesOf, chipOf } from '../src/model/chip';
import { heldAt, liveByLayer, nextMove, tenantsOf, usedAddresses } from '../src/model/sram';
import { noSimulator, openRun, simulate } from './nnpsim';

const skip = { skip: noSimulator };
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

for (const [network, chip] of [['lenet5', 'edge8'], ['lenet5', 'tiny4'], ['mlp0', 'tpu_v1'], ['resnet18', 'hbm128']] as const)
  test(`parts of the buffer sum to its live bytes at every cycle of ${network} on ${chip}, and lie inside it`, skip, async () => {
    const run = await openRun(simulate(network, chip, 'units').file);
    const tenants = (await tenantsOf(run))!, capacity = bytesOf(chipOf(run).get('core.buffer.size'))!;
    const counter = (await run.counters()).find(({ name }) => name === 'buffer.live_bytes')!;
    assert.ok(tenants.count > 0 && counter.cycle.length > 1);
    const stride = Math.max(1, Math.floor(counter.cycle.length / 300));
    for (let i = 0; i < counter.cycle.length; i += stride) {
      const held = heldAt(tenants, counter.cycle[i]!);
      assert.equal(sum(held.map(({ bytes }) => bytes)), counter.value[i], `cycle ${counter.cycle[i]}`);
      for (const each of held) assert.ok(each.begin >= 0 && each.begin + each.bytes <= capacity, `${each.begin} + ${each.bytes}`);
    }
    // On average over parts of the run: layers sum to the counter's area.
    const from = Math.floor(run.cycles / 5), to = Math.floor(run.cycles * 0.9), bins = 37;
    const layers = liveByLayer(tenants, from, to, bins);
    let area = 0;
    for (let i = 0; i < counter.cycle.length; ++i) {
      const start = Math.max(from, counter.cycle[i]!), end = Math.min(to, counter.cycle[i + 1] ?? run.cycles);
      if (end > start) area += counter.value[i]! * (end - start);
    }
    const drawn = sum([...layers.values()].map((values) => sum(values))) * (to - from) / bins;
    assert.ok(Math.abs(drawn - area) <= 1e-6 * area, `${drawn} for ${area}`);
  });

test('each part was written and is read by instructions of the program, and from change to change nothing else changes', skip, async () => {
  const run = await openRun(simulate('lenet5', 'edge8').file);
  const tenants = (await tenantsOf(run))!, text = await run.programText();
  const prefixes = new Map<string, Set<string>>();
  for (let i = 0; i < tenants.count; ++i) {
    prefixes.set(run.unitWord(tenants.unit[i]!), (prefixes.get(run.unitWord(tenants.unit[i]!)) ?? new Set()).add(text[tenants.writer[i]!]!.split('.')[0]!));
    assert.ok(tenants.lastReader[i]! >= tenants.writer[i]!);
  }
  // Every writer is an instruction of one of the queues that can write the buffer, and each unit has one queue.
  for (const [unit, found] of prefixes) assert.equal(found.size, 1, `${unit}: ${[...found].join(' ')}`);
  assert.ok(!prefixes.has('matrix') && !prefixes.has('weight_dma') && !prefixes.has('store_dma'), [...prefixes.keys()].join(' '));
  const key = (cycle: number) => JSON.stringify(heldAt(tenants, cycle));
  for (let cycle = 2000, steps = 0; steps < 40; ++steps) {
    const next = nextMove(tenants, cycle, true)!;
    assert.equal(key(next - 1), key(cycle), `${cycle} to ${next}`);
    assert.equal(nextMove(tenants, next, false) === null, false);
    cycle = next;
  }
});

test('the axis of addresses has all that is ever used, in order, and cuts out what is not', skip, async () => {
  const run = await openRun(simulate('lenet5', 'edge8').file);
  const tenants = (await tenantsOf(run))!, ranges = usedAddresses(tenants), parts = cutAxis(ranges, 220, 16, 14);
  for (let i = 0; i < tenants.count; ++i)
    assert.ok(ranges.some(({ begin, end }) => begin <= tenants.begin[i]! && tenants.begin[i]! + tenants.bytes[i]! <= end));
  parts.forEach((part, i) => assert.ok(part.to > part.from && (i === 0 ? part.from === 0 : Math.abs(part.from - parts[i - 1]!.to - 16) < 1e-9)));
  assert.ok(Math.abs(parts.at(-1)!.to - 220) < 1e-9);
  const places = ranges.flatMap(({ begin, end }) => [begin + 0.5, end]).map((value) => onCutAxis(parts, value));
  assert.deepEqual(places, [...places].sort((a, b) => a - b));
});
