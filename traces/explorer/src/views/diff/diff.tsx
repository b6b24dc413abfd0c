// SPDX-License-Identifier: Apache-2.0
// Two traces beside each other: which layers changed, by how much, and why.
import { diffOf, type DiffRow, unitChanges } from '../../model/diff';
import type { Run } from '../../model/run';
import { Term } from '../../shell/term';
import { useKeys } from '../../shell/view_keys';
import { count, percent, share } from '../../words/figures';
import type { View, ViewProps } from '../view';
import { ParityOf } from './parity';
import { Bar, PartsTable, Sentence, Totals } from './totals';
import { signed, why } from './words';
import './diff.css';

const firstRows = 20, unitRows = 12;

function Compared(props: ViewProps & { other: Run }) {
  const { run, other, store, state } = props;
  const diff = diffOf(run, other);
  const rows: DiffRow[] = diff ? [...diff.layers, diff.outside].filter(({ a, b }) => (a?.cycles ?? 0) !== 0 || (b?.cycles ?? 0) !== 0)
                                   .sort((x, y) => Math.abs(y.change) - Math.abs(x.change)) : [];
  const all = state.more.rows === 'all';
  const shown = all ? rows : rows.slice(0, firstRows);
  useKeys((event) => {
    if (!/^Arrow(Up|Down)$/.test(event.key)) return false;
    const named = shown.filter(({ name }) => name);
    const at = named.findIndex(({ name }) => name === state.layer);
    const next = named[event.key === 'ArrowDown' ? Math.min(named.length - 1, at + 1) : Math.max(0, at - 1)];
    if (next) store.set({ layer: next.name });
    return next !== undefined;
  });
  if (!diff) return <p>One of the traces has no figures: an older nnpsim wrote it, or its run ended early.</p>;
  const most = Math.max(1, ...rows.map(({ change }) => Math.abs(change)));
  const chosen = rows.find(({ name }) => name === state.layer && name) ?? rows.find(({ name }) => name);
  const clocks = run.info.core_frequency_khz !== other.info.core_frequency_khz;
  const units = unitChanges(run, other);
  return (
    <>
      <Sentence diff={diff} run={run} other={other} />
      <p class="hint">A: {run.name}. B: {other.name}. Changes are B less A.</p>
      <h2>Are they comparable?</h2>
      <ParityOf {...props} />
      {clocks && <p class="hint">The core clocks differ ({run.info.core_frequency_khz / 1000} and {other.info.core_frequency_khz / 1000} MHz): a
        cycle of A is not as long as one of B. Compare time where that matters.</p>}
      <h2>The runs as wholes</h2>
      <Totals {...props} />
      <h2>Where the {signed(diff.total.change)} cycles come from</h2>
      <PartsTable row={diff.total} name="parts" />
      <h2>Layers, largest change first</h2>
      <div class="scroll">
        <table data-table="diff">
          <thead><tr><th scope="col">layer</th><th scope="col" class="number"><Term run={run} word="counted">cycles</Term> in A</th>
            <th scope="col" class="number">in B</th><th scope="col" class="number">change</th><th scope="col" class="number">B / A</th>
            <th scope="col">fewer | more</th><th scope="col">why</th></tr></thead>
          <tbody>
            {shown.map((row) => (
              <tr key={row.name} aria-current={row === chosen ? 'true' : undefined}>
                <td>{row.name ? <button type="button" class="link" onClick={() => store.set({ layer: row.name })}>{row.name}</button>
                  : 'before the first layer and after the last'}</td>
                <td class="number">{row.a ? count(row.a.cycles) : 'none'}</td><td class="number">{row.b ? count(row.b.cycles) : 'none'}</td>
                <td class="number">{signed(row.change)}</td>
                <td class="number">{row.a && row.b && row.a.cycles > 0 ? `${(row.b.cycles / row.a.cycles).toPrecision(3)} x` : ''}</td>
                <td><Bar part={row.change / most} /></td><td class="why">{why(row)}</td>
              </tr>
            ))}
            <tr class="sum"><th scope="row">{all || rows.length <= firstRows ? 'together' : `together, with ${rows.length - firstRows} rows that are not shown`}</th>
              <td class="number">{count(diff.total.a!.cycles)}</td><td class="number">{count(diff.total.b!.cycles)}</td>
              <td class="number">{signed(diff.total.change)}</td><td></td><td></td><td></td></tr>
          </tbody>
        </table>
      </div>
      {rows.length > firstRows && <p><button type="button" onClick={() => store.setMore('rows', all ? null : 'all')}>
        {all ? `Only the ${firstRows} largest changes` : `All ${rows.length} rows`}</button></p>}
      {chosen && <>
        <h2>{chosen.name}: the change in parts</h2>
        <p data-field="why">{signed(chosen.change)} cycles. {why(chosen)}.</p>
        <PartsTable row={chosen} name="layer-parts" />
      </>}
      <h2>Units, largest change first</h2>
      <div class="scroll">
        <table data-table="unit-changes">
          <thead><tr><th scope="col">unit</th><th scope="col">state</th><th scope="col" class="number">cycles in A</th><th scope="col" class="number">of its cycles</th>
            <th scope="col" class="number">cycles in B</th><th scope="col" class="number">of its cycles</th><th scope="col" class="number">change</th></tr></thead>
          <tbody>
            {units.slice(0, unitRows).map(({ unit, word, a, b }) => (
              <tr key={`${unit} ${word}`}><td>{unit}</td><td><Term run={run} word={word} /></td>
                <td class="number">{count(a)}</td><td class="number">{percent(share(a, run.account(unit)!.cycles))}</td>
                <td class="number">{count(b)}</td><td class="number">{percent(share(b, other.account(unit)!.cycles))}</td>
                <td class="number">{signed(b - a)}</td></tr>
            ))}
          </tbody>
        </table>
        {units.length > unitRows && <p class="hint">{units.length - unitRows} smaller changes are left out.</p>}
      </div>
    </>
  );
}

function DiffView(props: ViewProps) {
  if (props.other) return <Compared {...props} other={props.other} />;
  return (
    <>
      <p>This page has one trace; a comparison needs two. Drop both on the page at once, or write them into one page:</p>
      <p class="code">nnpsim run {props.run.info.network} --chip OTHER_CHIP --trace other.npt</p>
      <p class="code">nnpsim report {props.run.name} other.npt -o comparison.html</p>
    </>
  );
}

export const diff: View = {
  id: 'diff', title: 'Compare', key: 'c', keys: [['↑ ↓', 'the layer with the next larger, smaller change']],
  about: 'Two runs: which layers take longer or shorter, and what the cycles went to?', View: DiffView,
};
