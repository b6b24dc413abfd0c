// SPDX-License-Identifier: Apache-2.0
// The model behind the floorplan, against the simulator's sums and the chip's sizes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hostLink, WAIT } from '../src/format/records';
import { atCycle } from '../src/model/at_cycle';
import { bytesOf, parametersOf, peakBytesPerCycle } from '../src/model/chip';
import { capacities, changedUnits, floorAt, lastChange, nextChange } from '../src/model/floorplan';
import { linkBytes, weightFifo } from '../src/model/links';
import { noSimulator, openRun, simulate } from './nnpsim';

const skip = { skip: noSimulator };

test('parameters have their section before them, and numbers, words and truths their kinds', () => {
  const chip = parametersOf('\n[core.array]\nrows = 8\noverlap = true\nkind = "adder_tree"\n\n[core.buffer]\nsize = "64 KiB"\n');
  assert.deepEqual(Object.fromEntries(chip), { 'core.array.rows': 8, 'core.array.overlap': true,
                                               'core.array.kind': 'adder_tree', 'core.buffer.size': '64 KiB' });
  assert.equal(bytesOf(chip.get('core.buffer.size')), 65536);
  assert.equal(bytesOf('24 rows'), null);
});

for (const [chip, channels, transfers, coreMhz] of [['edge8', 1, 2400e6, 1000], ['tpu_v1', 2, 6400e6 / 3, 700]] as const)
  test(`the peak of ${chip}'s memory is channels x transfers x 8 bytes`, skip, async () => {
    const run = await openRun(simulate('lenet5', chip).file);
    const expected = channels * transfers * 8 / (coreMhz * 1e6);
    assert.ok(Math.abs(peakBytesPerCycle(run)! / expected - 1) < 1e-3, `${peakBytesPerCycle(run)} for ${expected}`);
  });

for (const [network, chip] of [['lenet5', 'edge8'], ['lenet5', 'tiny4'], ['mlp0', 'tpu_v1']] as const)
  test(`bytes over the links of ${network} on ${chip} sum to those that memory and link counted`, skip, async () => {
    const { file, json } = simulate(network, chip);
    const run = await openRun(file);
    const whole = await linkBytes(run, 0, run.cycles + 1);
    const sum = (key: 'readBytes' | 'writtenBytes', host: boolean) =>
      whole.filter(({ server }) => (server === hostLink) === host).reduce((total, link) => total + link[key], 0);
    assert.equal(sum('readBytes', false), json.dram.read_bytes);
    assert.equal(sum('writtenBytes', false), json.dram.write_bytes);
    assert.equal(sum('readBytes', true), json.pcie.to_device_bytes);
    assert.equal(sum('writtenBytes', true), json.pcie.from_device_bytes);
    const middle = Math.floor(run.cycles / 3);
    const halves = [...await linkBytes(run, 0, middle), ...await linkBytes(run, middle, run.cycles + 1)];
    assert.equal(halves.reduce((total, link) => total + link.readBytes, 0),
                 whole.reduce((total, link) => total + link.readBytes, 0), 'two windows make the whole');
  });

test('the weight FIFO is full where a fetch waits for a place in it, and never more than full', skip, async () => {
  const run = await openRun(simulate('lenet5', 'edge8').file);
  const { fifoTiles } = capacities(run);
  const dma = run.unit('weight_dma')!, full = run.causeNamed('fifo_full')!.code;
  let waits = 0;
  for (const block of await run.load('states', dma.id))
    for (let i = 0; i < block.count; ++i) {
      const kind = block.kinds[block.kind[i]!]!;
      const fill = (await weightFifo(run, block.start[i]! + 1))!;
      assert.ok(fill.held >= 0 && fill.coming >= 0 && fill.held + fill.coming <= fifoTiles!, `cycle ${block.start[i]}`);
      if (kind.state !== WAIT || kind.cause !== full) continue;
      ++waits;
      assert.equal(fill.held + fill.coming, fifoTiles, `cycle ${block.start[i]}: ${JSON.stringify(fill)}`);
    }
  assert.ok(waits > 0, 'some fetch waits');
});

test('between a cycle and the next change no unit changes, and the way back finds the same cycles', skip, async () => {
  const run = await openRun(simulate('lenet5', 'edge8').file);
  const there: number[] = [];
  let cycle = 2100;
  for (let i = 0; i < 60; ++i) {
    const floor = await floorAt(run, cycle);
    const next = nextChange(run, floor);
    if (next > cycle + 1)
      assert.deepEqual([...changedUnits(floor, { ...floor, units: await atCycle(run, next - 1) })], [], `${cycle} to ${next}`);
    assert.notEqual(changedUnits(floor, await floorAt(run, next)).size, 0, `cycle ${next}`);
    there.push(cycle = next);
  }
  for (const expected of there.slice(0, -1).reverse()) assert.equal(cycle = await lastChange(run, cycle), expected);
});
