// SPDX-License-Identifier: Apache-2.0
// The model behind the roofline, against `nnpsim run --json`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { logAxis } from '../src/draw/log_axis';
import { roofAt, rooflineOf } from '../src/model/roofline';
import { noSimulator, openRun, simulate } from './nnpsim';

const skip = { skip: noSimulator };

test('an axis holds its values, and its ticks lie on it', () => {
  const axis = logAxis([3, 700, Infinity, 0]);
  assert.ok(axis.at(3) > 0 && axis.at(700) < 1);
  assert.deepEqual(axis.ticks, [10, 100, 1000]);
  assert.ok(Math.abs(axis.at(100) - axis.at(10) - (axis.at(1000) - axis.at(100))) < 1e-12);
});

for (const [network, chip, more] of [['lenet5', 'edge8', []], ['lenet5', 'nvdla_small', []], ['mlp0', 'tpu_v1', []],
                                     ['resnet18', 'hbm128', []], ['lenet5', 'edge8', ['--precision', 'int8x16']]] as const)
  test(`no layer of ${network} on ${chip}${more.length ? `, ${more[1]}` : ''} is above its roof`, skip, async () => {
    const { file, json } = simulate(network, chip, 'units', [...more]);
    const run = await openRun(file);
    const { points, peaks, bytesPerSecond, without } = rooflineOf(run)!;
    assert.deepEqual([...points.map(({ layer }) => layer.name), ...without.map(({ name }) => name)].sort(),
                     json.layers.map((layer: any) => layer.name).sort());
    assert.ok(points.length > 0);
    for (const point of points) {
      const figures = json.layers.find((layer: any) => layer.name === point.layer.name);
      assert.equal(point.ops, 2 * figures.macs);
      assert.equal(point.bytes, figures.dram_read_bytes + figures.dram_write_bytes);
      assert.ok(point.opsPerSecond <= point.roof * (1 + 1e-9), `${point.layer.name}: ${point.opsPerSecond} over ${point.roof}`);
      // Where bytes are those of the lower bound, the ridge parts what memory bounds from what compute bounds.
      const { bound_by, dram_bytes } = figures.bounds;
      if (point.bytes === dram_bytes && (bound_by === 'memory' || bound_by === 'compute'))
        assert.equal(point.intensity < point.peak.opsPerSecond / bytesPerSecond!, bound_by === 'memory', point.layer.name);
    }
    const cells = run.info.array_rows * run.info.array_cols;
    for (const peak of peaks) {
      assert.equal(roofAt(peak, bytesPerSecond, 1e12), peak.opsPerSecond);
      assert.ok(peak.opsPerSecond <= 2 * cells * run.info.core_frequency_khz * 1000 * (1 + 1e-9));
    }
  });
