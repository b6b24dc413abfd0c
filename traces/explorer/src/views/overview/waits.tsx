// SPDX-License-Identifier: Apache-2.0
// The waits of all units, longest first, with what helps against each.
import { waitLook } from '../../draw/palette';
import { Swatch } from '../../shell/swatch';
import { Term } from '../../shell/term';
import { count, percent, share } from '../../words/figures';
import type { ViewProps } from '../view';

const shown = 8;

export function Waits({ run, store, dark }: ViewProps) {
  const rows = run.units.filter((unit) => !unit.memoryClock).flatMap((unit) =>
    Object.entries(run.account(unit.name)?.waits ?? {}).map(([cause, cycles]) => ({ unit, cause, cycles })))
    .filter(({ cycles }) => cycles > 0).sort((a, b) => b.cycles - a.cycles).slice(0, shown);
  if (rows.length === 0) return <p>No unit waited.</p>;
  return (
    <div class="scroll">
      <table data-table="waits">
        <thead><tr><th scope="col">unit</th><th scope="col">waits for</th><th scope="col" class="number">cycles</th>
          <th scope="col" class="number">of the run</th><th scope="col">what helps</th></tr></thead>
        <tbody>
          {rows.map(({ unit, cause, cycles }) => (
            <tr key={`${unit.name} ${cause}`}>
              <td><button type="button" class="link" onClick={() => store.set({ unit: unit.name, view: 'timeline' })}>{unit.name}</button></td>
              <td class="nowrap"><Swatch look={waitLook(cause)} dark={dark} /> <Term run={run} word={cause} /></td>
              <td class="number">{count(cycles)}</td><td class="number">{percent(share(cycles, run.cycles))}</td>
              <td>{run.causeNamed(cause)?.advice}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">A long wait is no loss when it lies beside the critical path: a full queue or FIFO means that
        somebody else is the slower one.</p>
    </div>
  );
}
