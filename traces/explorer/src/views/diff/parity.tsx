// SPDX-License-Identifier: Apache-2.0
// Before any number: what the two runs have alike, and what not.
import { chipDifferences, type Parity, parityOf } from '../../model/diff';
import type { Run } from '../../model/run';
import type { ViewProps } from '../view';

function Table({ rows, name }: { rows: readonly Parity[]; name: string }) {
  return (
    <div class="scroll">
      <table data-table={name}>
        <thead><tr><th scope="col">what</th><th scope="col">A</th><th scope="col">B</th><th scope="col">alike</th></tr></thead>
        <tbody>
          {rows.map(({ what, a, b, same }) => (
            <tr key={what} class={same ? '' : 'unlike'}><th scope="row">{what}</th><td>{a}</td><td>{b}</td><td>{same ? 'yes' : 'no'}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function ParityOf({ run, other }: ViewProps & { other: Run }) {
  const rows = parityOf(run, other), chip = chipDifferences(run, other);
  const unlike = rows.filter(({ same }) => !same).map(({ what }) => what);
  const what = [...unlike, ...(chip.length > 0 ? [`${chip.length} parameter${chip.length === 1 ? '' : 's'} of the chip`] : [])];
  const workload = unlike.filter((each) => each !== 'chip');
  return (
    <>
      <p class={workload.length > 0 ? 'parity unfair' : 'parity'} data-field="parity">
        {what.length === 0 ? 'Everything is alike: the runs should be the same, cycle by cycle.' : `Not alike: ${what.join(', ')}. ` +
          (workload.length > 0 ? 'The work itself differs, so a change of cycles has more reasons than the chip.'
            : 'The work is the same, so what changed comes from the chip.')}
      </p>
      <details open={chip.length <= 6}>
        <summary>What is alike, and what is not</summary>
        <Table rows={rows} name="parity" />
        {chip.length > 0 && <><h3>Parameters of the chip that differ</h3><Table rows={chip} name="chip-parameters" /></>}
      </details>
    </>
  );
}
