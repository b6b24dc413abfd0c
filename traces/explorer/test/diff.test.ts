// SPDX-License-Identifier: Apache-2.0
// The comparison of two runs: it closes, it says what differs, and it names what a planted change slows down.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chipDifferences, diffOf, type DiffRow, parityOf, unitChanges } from '../src/model/diff';
import { why } from '../src/views/diff/words';
import { noSimulator, openRun, simulate } from './nnpsim';

const skip = { skip: noSimulator };
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const closes = (row: DiffRow) => {
  assert.equal(sum(Object.values(row.parts)), row.change, `${row.name}: parts`);
  for (const turn of [row.a, row.b]) if (turn) assert.equal(sum(Object.values(turn.parts)), turn.cycles, `${row.name}: a turn`);
};

for (const [network, a, b] of [['resnet50', 'tpu_v1', 'hbm128'], ['lenet5', 'edge8', 'tiny4']] as const)
  test(`${network} on ${a} and ${b}: rows sum to the change, parts to each row, and cycles are those of run --json`, skip, async () => {
    const [left, right] = [simulate(network, a, 'units'), simulate(network, b, 'units')];
    const diff = diffOf(await openRun(left.file), await openRun(right.file))!;
    assert.equal(diff.total.change, right.json.cycles - left.json.cycles);
    assert.equal(sum(diff.layers.map(({ change }) => change)) + diff.outside.change, diff.total.change);
    for (const row of [diff.total, diff.outside, ...diff.layers]) closes(row);
    for (const layer of left.json.layers) {
      const row = diff.layers.find(({ name }) => name === layer.name)!;
      const other = right.json.layers.find((each: any) => each.name === layer.name);
      assert.equal(row.change, other.gap.count - layer.gap.count, layer.name);
    }
    assert.ok(diff.outside.a!.cycles >= 0 && diff.outside.b!.cycles >= 0);
  });

test('a run beside itself has no change, and everything alike', skip, async () => {
  const { file } = simulate('lenet5', 'edge8');
  const [a, b] = [await openRun(file), await openRun(file)];
  const diff = diffOf(a, b)!;
  assert.ok([diff.total, diff.outside, ...diff.layers].every((row) => row.change === 0 && Object.keys(row.parts).length === 0));
  assert.ok(parityOf(a, b).every(({ same }) => same));
  assert.deepEqual(chipDifferences(a, b), []);
  assert.deepEqual(unitChanges(a, b), []);
});

test('a slower vector unit is the only parameter named, and the layers that it bounds are the ones that changed most', skip, async () => {
  const slower = simulate('lenet5', 'edge8', 'units', ['--set', 'core.vector.lanes=2']);
  const [a, b] = [await openRun(simulate('lenet5', 'edge8').file), await openRun(slower.file)];
  assert.deepEqual(chipDifferences(a, b), [{ what: 'core.vector.lanes', a: '8', b: '2', same: false }]);
  assert.deepEqual(parityOf(a, b).filter(({ same }) => !same).map(({ what }) => what), []);
  const diff = diffOf(a, b)!;
  const order = [...diff.layers].sort((x, y) => Math.abs(y.change) - Math.abs(x.change));
  const bounded = diff.layers.filter(({ a }) => a!.boundBy === 'vector').map(({ name }) => name);
  assert.deepEqual(order.slice(0, bounded.length).map(({ name }) => name).sort(), bounded.sort());
  assert.match(why(order[0]!), /^lower bound \+[\d,]+.*set by vector in both$/);
  // Four times fewer lanes: four times the cycles of what they do, of each of its layers.
  for (const name of bounded) {
    const row = diff.layers.find((each) => each.name === name)!;
    assert.equal(row.b!.parts.bound, 4 * row.a!.parts.bound!, name);
  }
});

test('another batch is work of another kind, and said so', skip, async () => {
  const [a, b] = [await openRun(simulate('lenet5', 'edge8').file), await openRun(simulate('lenet5', 'edge8', 'units', ['--batch', '2']).file)];
  assert.deepEqual(parityOf(a, b).filter(({ same }) => !same).map(({ what }) => what).filter((what) => what !== 'MACs'), ['batch']);
});
