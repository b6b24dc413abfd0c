// SPDX-License-Identifier: Apache-2.0
// The simulated chip beside what was measured elsewhere: as absolute numbers, and as part of each one's own peak.
import { batchesOf, isKnown, rowsAt, rowsOfNoBatch } from '../../model/comparison';
import { Term } from '../../shell/term';
import { useKeys } from '../../shell/view_keys';
import { percent, rate, time } from '../../words/figures';
import type { Comparison, View, ViewProps } from '../view';
import { Bars, kindOf } from './bars';
import './gpu.css';

function Compared({ run, store, state, comparison }: ViewProps & { comparison: Comparison }) {
  const batches = batchesOf(comparison);
  const batch = batches.includes(Number(state.more.batch)) ? Number(state.more.batch) : batches.includes(run.info.batch) ? run.info.batch : batches[0];
  const logarithmic = state.more.scale === 'log';
  const go = (by: number) => store.setMore('batch', String(batches[Math.min(batches.length - 1, Math.max(0, batches.indexOf(batch!) + by))]));
  useKeys((event) => {
    switch (event.key) {
      case 'ArrowDown': go(1); return true;
      case 'ArrowUp': go(-1); return true;
      case 'l': store.setMore('scale', logarithmic ? null : 'log'); return true;
      default: return false;
    }
  });
  if (batch === undefined) return <p>No row of this comparison has a figure.</p>;
  const whenever = rowsOfNoBatch(comparison);
  const skipped = comparison.rows.filter((row) => !isKnown(row));
  const other = comparison.network !== run.info.network || (comparison.chip !== undefined && comparison.chip !== run.info.chip);
  return (
    <>
      {other && <p class="parity unfair">This comparison is of {comparison.network} on {comparison.chip}, not of the trace's {run.info.network} on {run.info.chip}.</p>}
      {(comparison.sentences ?? []).length > 0 && <ul class="gpu-sentences" data-field="sentences">{comparison.sentences!.map((sentence, i) => <li key={i}>{sentence}</li>)}</ul>}
      <p class="row">
        <label>batch{' '}<select value={String(batch)} onChange={(event) => store.setMore('batch', event.currentTarget.value)}>
          {batches.map((each) => <option key={each} value={String(each)}>{each}</option>)}</select></label>
        <button type="button" aria-pressed={logarithmic} onClick={() => store.setMore('scale', logarithmic ? null : 'log')}>Logarithmic <kbd>l</kbd></button>
      </p>
      <h2>At batch {batch}</h2>
      <Bars comparison={comparison} rows={rowsAt(comparison, batch)} batch={batch} logarithmic={logarithmic} label={`At batch ${batch}`} />
      {whenever.length > 0 && <>
        <h2>Published, at whatever batch suited the machine</h2>
        <p class="hint">Throughput where nobody waits for an answer: the bars have a scale of their own, {(Math.max(...whenever.map((row) => row.throughput_per_s!)) /
          Math.max(...rowsAt(comparison, batch).map((row) => row.throughput_per_s!), 1e-9)).toPrecision(3)} times that of the bars above.</p>
        <Bars comparison={comparison} rows={whenever} batch={batch} logarithmic={logarithmic} label="Published, at any batch" />
      </>}
      <ul class="legend">
        <li><span class="badge simulated">simulated</span> by nnpsim, cycle by cycle</li><li><span class="badge measured">measured</span> with this project's programs</li>
        <li><span class="badge published">published</span> by others: a ceiling, not measured by us</li>
      </ul>
      <p class="hint">Two bars answer two questions. How fast is it? And how much of what its own arithmetic could do does it reach (<Term run={run} word="own_peak">of its own peak</Term>)?
        A chip with a hundredth of the arithmetic may use more of it.</p>
      {skipped.length > 0 && <><h2>Left out</h2><ul>{skipped.map((row, i) => <li key={i}>{row.runner}{row.device ? ` (${row.device})` : ''}: {row.reason || row.status}</li>)}</ul></>}
      <h2>Every figure</h2>
      <div class="scroll">
        <table data-table="gpu">
          <thead><tr><th scope="col">runner</th><th scope="col">device</th><th scope="col">known</th><th scope="col" class="number">batch</th><th scope="col">precision</th>
            <th scope="col" class="number">latency</th><th scope="col" class="number">inferences/s</th><th scope="col" class="number">of its peak</th></tr></thead>
          <tbody>
            {comparison.rows.filter(isKnown).map((row, i) => (
              <tr key={i} aria-current={row.batch === batch ? 'true' : undefined}><td>{row.runner}</td><td>{row.device}</td><td>{kindOf(row)}</td>
                <td class="number">{row.batch ?? 'any'}</td><td>{row.precision}</td><td class="number">{row.latency_s === null ? '' : time(row.latency_s)}</td>
                <td class="number" data-value={row.throughput_per_s!}>{rate(row.throughput_per_s!)}</td>
                <td class="number">{row.peak_fraction === null ? '' : percent(row.peak_fraction)}</td></tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Gpu(props: ViewProps) {
  if (props.comparison) return <Compared {...props} comparison={props.comparison} />;
  const { run } = props;
  return (
    <>
      <p>This page was written without a comparison. These commands put one into it:</p>
      <p class="code">nnpsim compare {run.info.network} --chip {run.info.chip} --gpu-results GPU.json --json &gt; compare.json</p>
      <p class="code">nnpsim report {run.name} --compare compare.json -o page.html</p>
      <p>Without a GPU there are the processor of that machine and published figures; <code>nnpsim gpu-bench</code> writes GPU.json on a machine that has one.</p>
    </>
  );
}

export const gpu: View = {
  id: 'gpu', title: 'Beside GPUs', key: 'v', keys: [['↑ ↓', 'a smaller, larger batch'], ['l', 'bars on a logarithmic scale, or not']],
  about: 'How does the simulated chip stand beside what was measured on real machines, and under which conditions?', View: Gpu,
};
