// SPDX-License-Identifier: Apache-2.0
// What is in the buffer at the cursor, and who uses its ports.
import { noLayer } from '../../format/records';
import type { Held } from '../../model/sram';
import { numberOf } from '../../model/chip';
import { Term } from '../../shell/term';
import { count, percent, share, size, sum } from '../../words/figures';
import type { ViewProps } from '../view';
import { layerColour } from './looks';

const shown = 24;
const hex = (address: number) => `0x${address.toString(16)}`;

export function HeldTable({ run, store, dark, held, capacity }: ViewProps & { held: readonly Held[]; capacity: number }) {
  const rows = [...held].sort((a, b) => b.bytes - a.bytes).slice(0, shown).sort((a, b) => a.begin - b.begin);
  const layer = (id: number) => id === noLayer ? 'none' :
    <button type="button" class="link" onClick={() => store.set({ layer: run.layerWord(id) })}>{run.layerWord(id)}</button>;
  return (
    <div class="scroll">
      <table data-table="held">
        <thead><tr><th scope="col" class="number">address</th><th scope="col" class="number">bytes</th><th scope="col">written by</th><th scope="col">for layer</th>
          <th scope="col" class="number">instruction</th><th scope="col" class="number">since</th><th scope="col">last read for</th><th scope="col" class="number">until</th></tr></thead>
        <tbody>
          {rows.map((each) => (
            <tr key={`${each.begin} ${each.writer}`}>
              <td class="number">{hex(each.begin)}</td><td class="number">{count(each.bytes)}</td>
              <td class="nowrap"><span class="tint" aria-hidden="true" style={{ background: layerColour(each.layer, dark) }} /> {run.unitWord(each.unit)}</td>
              <td>{layer(each.layer)}</td><td class="number">{each.writer}</td><td class="number">{count(each.start)}</td>
              <td>{each.read ? layer(each.readerLayer) : 'nobody'}</td><td class="number">{count(each.end)}</td>
            </tr>
          ))}
          <tr class="sum"><th scope="row">together</th><td class="number" data-field="held">{count(sum(held.map(({ bytes }) => bytes)))}</td>
            <td colSpan={6}>{percent(share(sum(held.map(({ bytes }) => bytes)), capacity))} of {size(capacity)}, in {held.length} part{held.length === 1 ? '' : 's'}
              {held.length > shown ? `; the ${shown} largest are shown` : ''}</td></tr>
        </tbody>
      </table>
    </div>
  );
}

const users: Readonly<Record<string, string>> = {
  matrix: 'reads activations', drain: 'writes results', vector: 'reads and writes', load_dma: 'writes what comes from device memory',
  store_dma: 'reads what goes to device memory', host_dma: 'reads and writes what crosses the host link',
};
export function PortTable({ run }: ViewProps) {
  const bound = run.figures?.bounds?.ports, banks = numberOf(run, 'core.buffer.banks');
  return (
    <>
      <p>The buffer has {banks ?? 'several'} <Term run={run} word="buffer_bank">banks</Term>: as many streams at once, each in another bank in each cycle.
        {typeof bound === 'number' && <> To move all that this network needs through its ports takes {count(bound)} cycles at least, of {count(run.cycles)}.</>}</p>
      <div class="scroll">
        <table data-table="ports">
          <thead><tr><th scope="col">unit</th><th scope="col">at the buffer</th><th scope="col" class="number">busy cycles</th><th scope="col" class="number">of the run</th>
            <th scope="col" class="number">waits for <Term run={run} word="bank_conflict" /></th></tr></thead>
          <tbody>
            {Object.entries(users).map(([name, what]) => {
              const account = run.account(name);
              return account && (
                <tr key={name}><td>{name}</td><td>{what}</td><td class="number">{count(account.busy)}</td><td class="number">{percent(share(account.busy, account.cycles))}</td>
                  <td class="number">{count(account.waits.bank_conflict ?? 0)}</td></tr>
              );
            })}
          </tbody>
        </table>
      </div>
      <p class="hint">Busy cycles are of the unit's whole work, not only of its words at the ports.</p>
    </>
  );
}
