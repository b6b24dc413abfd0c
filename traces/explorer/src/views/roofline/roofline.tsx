// SPDX-License-Identifier: Apache-2.0
// Which layers are limited by memory, which by the array, and how far each is from its limit.
import { useState } from 'preact/hooks';
import { rooflineOf } from '../../model/roofline';
import { Term } from '../../shell/term';
import { useKeys } from '../../shell/view_keys';
import { count, metric, percent, rate } from '../../words/figures';
import type { View, ViewProps } from '../view';
import { Chart } from './chart';
import { FiguresOf } from './figures_of';
import { lookOfBound } from './looks';
import './roofline.css';

function RooflineView(props: ViewProps) {
  const { run, store, state, dark } = props;
  const [looked, look] = useState<string | null>(null);
  const roofline = rooflineOf(run);
  const points = roofline?.points ?? [];
  useKeys((event) => {
    if (!/^Arrow(Up|Down)$/.test(event.key) || points.length === 0) return false;
    const at = points.findIndex(({ layer }) => layer.name === state.layer);
    const next = event.key === 'ArrowDown' ? Math.min(points.length - 1, at + 1) : Math.max(0, at - 1);
    store.set({ layer: points[next]!.layer.name });
    return true;
  });
  if (!roofline) return <p>This trace has no figures of layers: an older nnpsim wrote it, or its run ended early.</p>;
  if (points.length === 0) return <p>No layer of this run has multiplications on the chip.</p>;
  const { peaks, bytesPerSecond, without } = roofline;
  const { info } = run;
  const longest = points.reduce((most, point) => (point.cycles > most.cycles ? point : most));
  const shown = points.find(({ layer }) => layer.name === (looked ?? state.layer)) ?? longest;
  const bounds = [...new Set(points.map(({ layer }) => layer.figures!.bounds!.bound_by))];
  const select = (layer: string) => store.set({ layer });
  return (
    <>
      <div class="scroll"><Chart roofline={roofline} selected={shown.layer.name} dark={dark} select={select} look={look} /></div>
      <ul class="legend">
        <li><Term run={run} word="bound">lower bound</Term> set</li>
        {bounds.map((bound) => {
          const { name, shape, light, dark: darker } = lookOfBound(bound);
          return <li key={bound}><svg class="key" viewBox="0 0 20 20" aria-hidden="true"><path d={shape(10, 10, 7)} fill={dark ? darker : light} /></svg> {name}</li>;
        })}
        <li>area: time of the layer</li><li>vertical line: distance to the roof, for the layer below</li>
      </ul>
      <FiguresOf {...props} roofline={roofline} point={shown} />
      <h2>The <Term run={run} word="roof">roofs</Term></h2>
      <dl class="facts" data-field="roofs">
        {peaks.map((peak) => [
          <dt key={peak.passes}>array, {peak.precision}</dt>,
          <dd key={`${peak.passes} value`} class="formula">2 x {info.array_rows} x {info.array_cols} cells x {metric(info.core_frequency_khz * 1000, 'Hz')}
            {Math.abs(peak.passes - 1) > 1e-6 ? ` / ${Number(peak.passes.toPrecision(4))} passes for a MAC` : ''} = {metric(peak.opsPerSecond, 'OPS')}</dd>,
        ])}
        {bytesPerSecond !== null && <><dt>device memory</dt><dd class="formula">
          {rate(bytesPerSecond / (info.core_frequency_khz * 1000))} bytes a core cycle, all channels x {metric(info.core_frequency_khz * 1000, 'Hz')} = {metric(bytesPerSecond, 'B/s')}</dd>
          <dt>ridge</dt><dd class="formula">{metric(peaks[0]!.opsPerSecond, 'OPS')} / {metric(bytesPerSecond, 'B/s')} = {rate(peaks[0]!.opsPerSecond / bytesPerSecond)} operations/byte:
            a layer with fewer is limited by memory, one with more by the array</dd></>}
      </dl>
      <h2>Every layer</h2>
      <div class="scroll">
        <table data-table="roofline">
          <thead><tr><th scope="col">layer</th><th scope="col" class="number">MACs</th><th scope="col" class="number">bytes</th>
            <th scope="col" class="number"><Term run={run} word="intensity">ops/byte</Term></th><th scope="col" class="number"><Term run={run} word="counted">cycles</Term></th>
            <th scope="col" class="number">reached</th><th scope="col" class="number">roof</th><th scope="col" class="number">of its roof</th>
            <th scope="col"><Term run={run} word="bound">bound</Term> set by</th><th scope="col">most cycles</th></tr></thead>
          <tbody>
            {points.map((point) => (
              <tr key={point.layer.name} aria-current={point === shown ? 'true' : undefined}>
                <td><button type="button" class="link" onClick={() => select(point.layer.name)}>{point.layer.name}</button></td>
                <td class="number">{count(point.ops / 2)}</td><td class="number">{count(point.bytes)}</td>
                <td class="number">{point.bytes > 0 ? rate(point.intensity) : '∞'}</td><td class="number">{count(point.cycles)}</td>
                <td class="number">{metric(point.opsPerSecond, 'OPS')}</td><td class="number">{metric(point.roof, 'OPS')}</td>
                <td class="number">{percent(point.opsPerSecond / point.roof)}</td><td>{point.layer.figures!.bounds!.bound_by}</td><td>{point.layer.figures!.bound_by}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {without.length > 0 && <p class="hint">Without multiplications on the chip, so without a dot: {without.map(({ name }) => name).join(', ')}.</p>}
    </>
  );
}

export const roofline: View = {
  id: 'roofline', title: 'Roofline', key: '9', keys: [['↑ ↓', 'the layer before, after']],
  about: 'Which layers does memory limit, which the array, and how far is each from its limit?', View: RooflineView,
};
