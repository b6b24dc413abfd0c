// SPDX-License-Identifier: Apache-2.0
// Rows of a comparison, as `nnpsim compare --json` wrote them: test/data/compare.json is resnet50 on tpu_v1 at batches 1, 8
// and 64 beside a first file of an NVIDIA H200 (without its layers), whose row in bf16 at batch 1 had failed its check.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { batchesOf, checkFailed, chipRow, isKnown, rowsAt, rowsOfNoBatch, timesTheChip } from '../src/model/comparison';
import type { Comparison } from '../src/views/view';
import { callJson, noSimulator, simulate } from './nnpsim';

const comparison = JSON.parse(readFileSync('test/data/compare.json', 'utf8')) as Comparison;

test('at each batch the chip comes first, then what has a figure there, fastest first; others are of no batch', () => {
  assert.deepEqual(batchesOf(comparison), [1, 8, 64]);
  const seen = new Set(rowsOfNoBatch(comparison));
  for (const batch of batchesOf(comparison)) {
    const rows = rowsAt(comparison, batch);
    assert.equal(rows[0]!.runner, 'chip');
    assert.ok(rows.every((row) => row.batch === batch));
    for (let i = 2; i < rows.length; ++i) assert.ok(rows[i]!.throughput_per_s! <= rows[i - 1]!.throughput_per_s!);
    for (const row of rows) {
      seen.add(row);
      // The file's own figures agree: inferences a second are the batch over its latency.
      if (row.latency_s !== null) assert.ok(Math.abs(row.throughput_per_s! * row.latency_s / batch - 1) < 0.01, `${row.device} ${row.precision}`);
      assert.equal(timesTheChip(comparison, row, batch), row.throughput_per_s! / chipRow(comparison, batch)!.throughput_per_s!);
    }
  }
  assert.equal(seen.size, comparison.rows.filter(isKnown).length, 'no row is lost');
});

test('the row whose values failed their check is told apart: bf16 at batch 1, as the file of its results said', () => {
  assert.deepEqual(comparison.rows.filter(checkFailed).map((row) => [row.precision, row.batch]), [['bf16', 1]]);
});

test('a comparison that this nnpsim writes is read alike, and its chip is the run', { skip: noSimulator }, () => {
  const { json } = simulate('lenet5', 'edge8');
  const fresh = callJson('compare', 'lenet5', '--chip', 'edge8', '--against', 'cuda', '--check', 'none') as Comparison;
  const chip = chipRow(fresh, 1)!;
  assert.equal(fresh.schema, 'nnpsim.compare/1');
  assert.equal(chip.latency_s, json.time_s);
  assert.equal(chip.peak_fraction, json.utilization);
  assert.ok(fresh.rows.every((row) => isKnown(row) || row.reason !== ''), 'what is left out says why');
});
