// SPDX-License-Identifier: Apache-2.0
// The passes around the cursor, and what the array waited for between them.
import { idleLook, waitLook } from '../../draw/palette';
import { type Gap, gapBefore, type TracedPass } from '../../model/array_passes';
import type { Run } from '../../model/run';
import { useAnswer } from '../../shell/hooks';
import { Swatch } from '../../shell/swatch';
import { Term } from '../../shell/term';
import { count } from '../../words/figures';

export function PassTable(props: { run: Run; passes: readonly TracedPass[]; shown: TracedPass; dark: boolean; go: (cycle: number) => void }) {
  const { run, passes, shown, dark, go } = props;
  const at = passes.indexOf(shown), from = Math.max(0, at - 3);
  const list = passes.slice(from, at + 6);
  const gaps = useAnswer(() => Promise.all(list.map((pass, i): Promise<Gap> => gapBefore(run, passes[from + i - 1] ?? null, pass))), [run, shown.number]);
  return (
    <div class="scroll">
      <table data-table="passes">
        <thead><tr><th scope="col" class="number">pass</th><th scope="col">layer</th><th scope="col" class="number">instruction</th>
          <th scope="col" class="number">tile</th><th scope="col" class="number">vectors</th><th scope="col" class="number">loads from</th>
          <th scope="col" class="number">to</th><th scope="col">waits before its stream</th><th scope="col" class="number">streams from</th><th scope="col" class="number">to</th></tr></thead>
        <tbody>
          {list.map((pass, i) => {
            const gap = from + i === 0 && pass.number > 0 ? undefined : gaps.value?.[i];
            return (
              <tr key={pass.number} aria-current={pass === shown ? 'true' : undefined}>
                <td class="number"><button type="button" class="link" onClick={() => go(pass.from)}>{pass.number}</button></td>
                <td>{run.layerWord(pass.layer)}</td><td class="number">{pass.instruction}</td><td class="number">{pass.tile + 1} of {pass.tiles}</td>
                <td class="number">{count(pass.vectors)}</td>
                <td class="number">{pass.loadSteps > 0 ? count(pass.shiftStart) : ''}</td><td class="number">{pass.loadSteps > 0 ? count(pass.shiftEnd) : ''}</td>
                <td>{gap && (gap.cycles === 0 ? 'none' : gap.causes.map(({ word, cycles }) => (
                  <span key={word} class="gap"><Swatch look={word === 'idle' ? idleLook : waitLook(word)} dark={dark} /> <Term run={run} word={word} /> {count(cycles)} </span>
                )))}</td>
                <td class="number">{count(pass.streamStart)}</td><td class="number">{count(pass.streamEnd)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p class="hint">Cycles of the matrix unit, as the trace has them. Operands from the buffer reach the array's corner its read latency later.</p>
    </div>
  );
}
