// SPDX-License-Identifier: Apache-2.0
// What to do next, with numbers that were simulated where the page has them.
import { count, percent, share } from '../../words/figures';
import type { ViewProps } from '../view';

function widestGap({ run }: ViewProps): string {
  const waste = (i: number) => run.layers[i]!.figures?.gap?.cycles ?? 0;
  const order = run.layers.map((_, i) => i).sort((a, b) => waste(b) - waste(a));
  return run.layers[order[0] ?? 0]?.name ?? 'LAYER';
}

export function ToTry(props: ViewProps) {
  const { run, whatIf } = props;
  const { network, chip, batch } = run.info;
  const same = whatIf && whatIf.network === network && whatIf.chip === chip && whatIf.cycles === run.cycles;
  const command = `nnpsim whatif ${network} --chip ${chip}${batch > 1 ? ` --batch ${batch}` : ''}`;
  return (
    <>
      {whatIf && !same && <p class="error">What was simulated again is another run: {whatIf.network} on {whatIf.chip}, {count(whatIf.cycles)} cycles.</p>}
      {same ? <div class="scroll">
        <p>The run simulated again, each time with one resource made ideal: more than its gain no change of that resource can bring.</p>
        <table data-table="whatif">
          <thead><tr><th scope="col">if ideal</th><th scope="col" class="number">on the critical path</th><th scope="col" class="number">cycles then</th>
            <th scope="col" class="number">gain</th><th scope="col">what that means</th></tr></thead>
          <tbody>
            {[...whatIf.what_if].sort((a, b) => b.gain - a.gain).map((row) => (
              <tr key={row.resource}><th scope="row">{row.resource}</th>
                <td class="number">{percent(share(row.critical_path_cycles, run.cycles))}</td>
                <td class="number">{count(row.cycles)}</td><td class="number">{percent(row.gain)}</td><td>{row.ideal}</td></tr>
            ))}
            <tr><th scope="row">all of them</th><td /><td class="number">{count(whatIf.together_cycles)}</td>
              <td class="number">{percent(1 - share(whatIf.together_cycles, run.cycles))}</td><td>what the order of dependent work leaves</td></tr>
          </tbody>
        </table>
      </div> : <>
        <p>What a change is worth is measured, not guessed. This simulates the run again with one resource made ideal; <code>nnpsim report --whatif</code> puts
          its answer here:</p>
        <p class="code">{command}</p>
      </>}
      <p>Why a layer takes so long, and what other ways to cut it would cost:</p>
      <p class="code">nnpsim explain {network} --chip {chip} --layer {widestGap(props)}</p>
    </>
  );
}
