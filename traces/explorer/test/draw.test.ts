// SPDX-License-Identifier: Apache-2.0
// Columns of pixels: the same picture from pyramids and records, and every cycle in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ticks } from '../src/draw/axis';
import { paintLane } from '../src/draw/lanes';
import { columnsFromBlocks, columnsFromLevel, levelFor } from '../src/draw/state_columns';
import { noSimulator, openRun, simulate } from './nnpsim';

const skip = { skip: noSimulator };

test('at every level of every pyramid a state has the cycles that its records have, within a byte\'s rounding', skip, async () => {
  const run = await openRun(simulate('lenet5', 'edge8').file);
  for (const unit of run.units) {
    const blocks = await run.load('states', unit.id);
    const end = blocks.at(-1)!.start[blocks.at(-1)!.count]!;
    const exact = columnsFromBlocks(blocks, 0, end, 1);
    for (const level of await run.pyramid(unit.id)) {
      const sums = new Map(level.codes.map((code, c) => [code, [...level.shares[c]!].reduce((sum, share, b) =>
        sum + share / 255 * Math.min(level.bucketCycles, end - b * level.bucketCycles), 0)]));
      for (const [code, shares] of exact.shares) {
        const cycles = shares[0]! * end;
        assert.ok(Math.abs((sums.get(code) ?? 0) - cycles) <= level.buckets * level.bucketCycles / 510 + 1,
                  `${unit.name}, ${level.bucketCycles} cycles a bucket, state ${code}: ${sums.get(code)} for ${cycles}`);
      }
    }
  }
});

test('columns from a level and from records agree at every zoom, and share out all of a unit\'s time', skip, async () => {
  const run = await openRun(simulate('lenet5', 'edge8').file);
  const width = 100;
  for (const unit of run.units.filter(({ memoryClock }) => !memoryClock)) {
    const levels = await run.pyramid(unit.id), lazy = run.levels(unit.id);
    for (const [from, to] of [[0, 18560], [0, 9600], [5120, 11520], [3200, 6400]] as const) {
      const level = levels[levelFor(lazy, (to - from) / width)]!;
      const rough = columnsFromLevel(level, from, to, width);
      const exact = columnsFromBlocks(await run.load('states', unit.id, from, to), from, to, width);
      for (let x = 0; x < width; ++x) {
        let sum = 0;
        for (const [code, shares] of exact.shares) {
          sum += shares[x]!;
          // A bucket at a column's edge is shared out evenly, whatever lies in it: up to one bucket's cycles may move.
          const slack = 2 * level.bucketCycles / ((to - from) / width) * 0.51 + 0.01;
          assert.ok(Math.abs(shares[x]! - (rough.shares.get(code)?.[x] ?? 0)) <= slack, `${unit.name} ${from} ${to} column ${x}`);
        }
        assert.ok(Math.abs(sum - 1) < 1e-4, `${unit.name}: column ${x} has ${sum} of its cycles`);
      }
    }
  }
});

test('with several pixels a cycle each cycle is as wide as the others', () => {
  const kinds = [0, 16, 34].map((code) => ({ code, state: code >> 4, cause: code & 15, resource: 0xffff, release: 'own' as const, releaseUnit: 0xffff }));
  const block = {
    count: 3, kinds, start: Float64Array.of(10, 11, 13, 14), kind: Uint16Array.of(1, 2, 0), layer: new Uint16Array(3),
    instruction: new Uint32Array(3), number: new Uint32Array(3),
  };
  const { shares } = columnsFromBlocks([block], 10, 14, 40);
  const widthOf = (code: number) => [...shares.get(code)!].reduce((sum, share) => sum + share, 0);
  assert.deepEqual([widthOf(16), widthOf(34), widthOf(0)], [10, 20, 10]);
  assert.deepEqual([...shares.get(34)!].map((share) => share > 0), Array.from({ length: 40 }, (_, x) => x >= 10 && x < 30));
});

test('a lane stacks its parts from the bottom, stripes its waits, and leaves unknown columns alone', () => {
  const width = 8, height = 8;
  const half = Float32Array.of(0.5, 0.5, 1, 0, 0.25, 0, 0, 0);
  const columns = { width, shares: new Map([[16, half], [34, half.map((share, x) => (x < 5 ? 1 - share : 0))]]) };
  const pixels = new Uint32Array(width * height).fill(9);
  paintLane(pixels, width, 0, 0, height, columns, [16, 34], new Map([[16, { plain: 1, stripe: 1 }], [34, { plain: 2, stripe: 3 }]]));
  const column = (x: number) => Array.from({ length: height }, (_, y) => pixels[(height - 1 - y) * width + x]!);
  const parts = (x: number) => [column(x).filter((p) => p === 1).length, column(x).filter((p) => p === 2 || p === 3).length];
  assert.deepEqual([parts(0), parts(2), parts(3), parts(4)], [[4, 4], [8, 0], [0, 8], [2, 6]]);
  assert.deepEqual(column(0).slice(0, 4), [1, 1, 1, 1], 'work stands below');
  assert.ok(pixels.some((p) => p === 2) && pixels.some((p) => p === 3), 'both inks of the hatch');
  assert.deepEqual(column(5), new Array(height).fill(9));
});

test('ticks are round, whole, and as many as there is room for', () => {
  assert.deepEqual(ticks(0, 100, 10), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
  assert.deepEqual(ticks(1234, 1240, 10), [1234, 1235, 1236, 1237, 1238, 1239, 1240]);
  assert.deepEqual(ticks(0, 18568, 5), [0, 5000, 10000, 15000]);
});
