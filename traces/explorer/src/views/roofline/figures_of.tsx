// SPDX-License-Identifier: Apache-2.0
// One layer's numbers, with the formulas filled in.
import type { Point, Roofline } from '../../model/roofline';
import { Term } from '../../shell/term';
import { count, metric, percent, rate } from '../../words/figures';
import type { ViewProps } from '../view';

export function FiguresOf({ run, roofline, point }: ViewProps & { roofline: Roofline; point: Point }) {
  const { layer, ops, bytes, intensity, cycles, opsPerSecond, peak, roof } = point;
  const memory = roofline.bytesPerSecond !== null && bytes > 0 ? intensity * roofline.bytesPerSecond : Infinity;
  const bound = layer.figures!.bounds!;
  const clock = run.info.core_frequency_khz * 1000;
  return (
    <dl class="facts" data-field="figures">
      <dt>layer</dt><dd><b>{layer.name}</b>, {layer.info.op}</dd>
      <dt>operations</dt><dd class="formula">2 x {count(ops / 2)} MACs = {count(ops)}</dd>
      <dt>bytes</dt><dd class="formula">{count(layer.figures!.dram_read_bytes)} read + {count(layer.figures!.dram_write_bytes)} written = {count(bytes)}</dd>
      <dt>intensity</dt><dd class="formula">{bytes > 0 ? `${count(ops)} / ${count(bytes)} = ${rate(intensity)} operations/byte` : 'no byte of device memory: no limit from it'}</dd>
      <dt>reached</dt><dd class="formula">{count(ops)} / {count(cycles)} cycles x {metric(clock, 'Hz')} = {metric(opsPerSecond, 'OPS')}</dd>
      <dt>roof</dt><dd class="formula">min(array {metric(peak.opsPerSecond, 'OPS')}, memory {Number.isFinite(memory) ?
        `${rate(intensity)} x ${metric(roofline.bytesPerSecond!, 'B/s')} = ${metric(memory, 'OPS')}` : 'no limit'})</dd>
      <dt>of its roof</dt><dd><b>{percent(opsPerSecond / roof)}</b></dd>
      <dt>lower bound</dt><dd>set by {bound.bound_by}: {count(bound.cycles)} of the {count(cycles)} cycles
        {bound.bound_by === 'memory' || bound.bound_by === 'compute' ? '' : '; it has no roof in this picture'}</dd>
      <dt>most cycles</dt><dd><Term run={run} word={layer.figures!.bound_by} /></dd>
    </dl>
  );
}
