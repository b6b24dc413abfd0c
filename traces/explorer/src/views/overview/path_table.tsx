// SPDX-License-Identifier: Apache-2.0
// What the critical path is made of.
import { useState } from 'preact/hooks';
import { BUSY } from '../../format/records';
import { busyLook, waitLook } from '../../draw/palette';
import { pathSums } from '../../model/critical_path';
import { isEager, pathOf } from '../../model/derived';
import { useAnswer } from '../../shell/hooks';
import { Swatch } from '../../shell/swatch';
import { Term } from '../../shell/term';
import { count, percent, share } from '../../words/figures';
import type { ViewProps } from '../view';

const shown = 8;

export function PathTable({ run, store, dark }: ViewProps) {
  const [asked, setAsked] = useState(isEager(run));
  const path = useAnswer(async () => (asked ? pathOf(run) : null), [run, asked]);
  if (path.error) return <p class="error" role="alert">{path.error}</p>;
  if (!asked) return <p><button type="button" onClick={() => setAsked(true)}>Find it</button>{' '}
    <span class="hint">reads all {count(run.file.recordCount)} records: some seconds</span></p>;
  if (!path.value) return <p class="hint" aria-live="polite">Reading the records ...</p>;
  const sums = pathSums(path.value);
  return (
    <div class="scroll">
      <table data-table="path">
        <thead><tr><th scope="col">unit</th><th scope="col">works or waits for</th><th scope="col">of</th>
          <th scope="col" class="number">cycles</th><th scope="col" class="number">of the run</th>
          <th scope="col" class="number">pieces</th></tr></thead>
        <tbody>
          {sums.slice(0, shown).map((sum) => {
            const cause = run.cause(sum.cause)?.name ?? 'unknown';
            return (
              <tr key={`${sum.unit} ${sum.state} ${sum.cause} ${sum.resource}`}>
                <td><button type="button" class="link" onClick={() => store.set({ unit: run.unitWord(sum.unit), view: 'timeline' })}>
                  {run.unitWord(sum.unit)}</button></td>
                <td>{sum.state === BUSY ? <><Swatch look={busyLook} dark={dark} /> works</>
                  : <><Swatch look={waitLook(cause)} dark={dark} /> <Term run={run} word={cause} /></>}</td>
                <td>{run.unitWord(sum.resource)}</td>
                <td class="number">{count(sum.cycles)}</td>
                <td class="number">{percent(share(sum.cycles, path.value!.end))}</td>
                <td class="number">{count(sum.pieces)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {sums.length > shown && <p class="hint">{sums.length - shown} shorter rows are left out.</p>}
      <p class="hint">Shortening what holds the most of it helps until another chain is the longest: <code>nnpsim whatif</code> measures that.</p>
    </div>
  );
}
