// SPDX-License-Identifier: Apache-2.0
// What the page's model says of a trace, against what the simulator says of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BUSY, none } from '../src/format/records';
import { atCycle, releaseWords } from '../src/model/at_cycle';
import { graphOf, pathOf } from '../src/model/derived';
import { random } from './random';
import { callJson, noSimulator, openRun, simulate } from './nnpsim';

const skip = { skip: noSimulator };

test('the run object of a trace is that of run --json but for what is the host\'s', skip, async () => {
  const { file, json } = simulate('lenet5', 'edge8');
  const run = await openRun(file);
  const { calibration, engine, wall_s, cpu_s, peak_rss_bytes, check, outputs, ...machine } = json;
  delete machine.array.driven;
  assert.deepEqual(run.figures, machine);
  assert.equal(run.cycles, json.cycles);
  assert.deepEqual(run.summary!.units, json.units);
});

for (const [network, chip] of [['lenet5', 'edge8'], ['mlp0', 'tpu_v1']] as const)
  test(`the critical path of ${network} on ${chip} is the one of query --critical-path, piece by piece`, skip, async () => {
    const { file } = simulate(network, chip);
    const { path: pieces, cycles } = callJson('query', file, '--critical-path');
    const run = await openRun(file);
    const path = await pathOf(run);
    assert.equal(path.end, cycles);
    const ours = Array.from({ length: path.count }, (_, i) => ({
      unit: run.unitWord(path.unit[i]!), state: path.state[i] === BUSY ? 'busy' : 'wait',
      cause: run.cause(path.cause[i]!)?.name ?? 'none', resource: run.unitWord(path.resource[i]!),
      layer: run.layerWord(path.layer[i]!), instruction: path.instruction[i] === none ? null : path.instruction[i],
      start: path.start[i], cycles: path.start[i + 1]! - path.start[i]!,
    }));
    assert.deepEqual(ours, pieces);
  });

test('1,000 random points (unit, cycle) are those of query --at', skip, async () => {
  const { file } = simulate('lenet5', 'edge8');
  const run = await openRun(file);
  const next = random(3);
  for (let point = 0; point < 1000; point += run.units.length) {
    const cycle = Math.floor(next() * run.cycles);
    const { units } = callJson('query', file, '--at', String(cycle));
    const ours = (await atCycle(run, cycle)).filter(({ state }) => state).map((at) => {
      const state = at.state!;
      const text = state.instruction === none ? '' : state.instruction;
      return {
        unit: at.unit.name, state: ['idle', 'busy', 'wait'][state.kind.state],
        cause: run.cause(state.kind.cause)?.name ?? 'none', resource: run.unitWord(state.kind.resource),
        layer: run.layerWord(state.layer), start: state.start, cycles: state.end - state.start,
        instruction: state.instruction === none ? null : state.instruction,
        ...(state.kind.state === BUSY ? {} : { ended_by: releaseWords(run, state) }),
        text, queued: at.queued, transfers_in_flight: at.transfersInFlight, bytes_in_flight: at.bytesInFlight,
      };
    });
    const theirs = units.map((unit: Record<string, unknown>) =>
      ({ ...unit, text: unit.text === '' ? '' : Number(String(unit.text).split(' ')[0]) }));
    assert.deepEqual(ours, theirs, `cycle ${cycle}`);
  }
});

test('the states of every unit cover its time, and sum to its account', skip, async () => {
  const { file, json } = simulate('lenet5', 'edge8');
  const run = await openRun(file);
  for (const unit of run.units) {
    const sums = new Map<string, number>();
    let end = 0;
    for (const block of await run.load('states', unit.id))
      for (let i = 0; i < block.count; ++i) {
        assert.equal(block.start[i], end, `${unit.name} leaves no gap`);
        const kind = block.kinds[block.kind[i]!]!;
        const word = kind.state === 2 ? run.cause(kind.cause)!.name : ['idle', 'busy'][kind.state]!;
        sums.set(word, (sums.get(word) ?? 0) + block.start[i + 1]! - block.start[i]!);
        end = block.start[i + 1]!;
      }
    const { cycles, busy, idle, waits } = json.units[unit.name];
    assert.equal(end, cycles, unit.name);
    const expected = new Map<string, number>([['busy', busy], ['idle', idle], ...Object.entries(waits as Record<string, number>)]
      .filter(([, sum]) => (sum as number) > 0) as [string, number][]);
    assert.deepEqual(new Map([...sums].sort()), new Map([...expected].sort()), unit.name);
  }
});

test('the graph\'s chain behind a wait leads back in time to its root', skip, async () => {
  const run = await openRun(simulate('lenet5', 'edge8').file);
  const graph = await graphOf(run);
  const matrix = run.unit('matrix')!;
  let longest = 0;
  for (let cycle = 100; cycle < graph.known(matrix.id); cycle += 97) {
    let at: { state: ReturnType<typeof graph.state>; until: number } | null =
      { state: graph.state(matrix.id, cycle), until: graph.state(matrix.id, cycle).end };
    let links = 0;
    for (; at && links < 64; ++links) {
      const next = graph.before(at.state, at.until);
      assert.ok(next === null || next.until <= at.until, `cycle ${cycle}`);
      at = next;
    }
    assert.equal(at, null, `the chain at cycle ${cycle} has a root`);
    longest = Math.max(longest, links);
  }
  assert.ok(longest > 1, 'some wait has something behind it');
});
