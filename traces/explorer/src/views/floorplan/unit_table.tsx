// SPDX-License-Identifier: Apache-2.0
// The same as the drawing, in words and numbers.
import { lookOf } from '../../draw/palette';
import { hostLink, none } from '../../format/records';
import { releaseWords, stateWords } from '../../model/at_cycle';
import type { Floor } from '../../model/floorplan';
import type { Link } from '../../model/links';
import { Swatch } from '../../shell/swatch';
import { Term } from '../../shell/term';
import { count, size } from '../../words/figures';
import type { ViewProps } from '../view';

export function UnitTable({ run, store, dark, floor, changed }: ViewProps & { floor: Floor; changed: ReadonlySet<string> }) {
  return (
    <div class="scroll">
      <table data-table="floorplan">
        <thead><tr><th scope="col">unit</th><th scope="col">state</th><th scope="col">layer</th>
          <th scope="col" class="number">instruction</th><th scope="col" class="number">since</th><th scope="col" class="number">cycles left</th>
          <th scope="col">ends with</th><th scope="col" class="number"><Term run={run} word="queue">queued</Term></th>
          <th scope="col" class="number"><Term run={run} word="in_flight">in flight</Term></th></tr></thead>
        <tbody>
          {floor.units.map((at) => (
            <tr key={at.unit.name} data-unit={at.unit.name} data-changed={changed.has(at.unit.name)}>
              <td><button type="button" class="link" onClick={() => store.set({ unit: at.unit.name })}>{at.unit.name}</button></td>
              <td class="nowrap">{at.state ? <>
                <Swatch look={lookOf(at.state.kind.code, (c) => run.cause(c)?.name ?? '')} dark={dark} />{' '}
                <span data-field="state">{stateWords(run, at.state.kind)}</span>
                {changed.has(at.unit.name) && <span class="new"> new</span>}</> : 'not in the trace'}</td>
              <td>{at.state ? run.layerWord(at.state.layer) : ''}</td>
              <td class="number">{at.state && at.state.instruction !== none ? at.state.instruction : ''}</td>
              <td class="number">{at.state ? count(at.state.start) : ''}</td>
              <td class="number">{at.state ? count(at.state.end - at.cycle) : ''}</td>
              <td>{at.state && at.state.kind.state !== 1 ? releaseWords(run, at.state) : ''}</td>
              <td class="number">{at.unit.memoryClock ? '' : at.queued}</td>
              <td class="number">{at.transfersInFlight > 0 ? `${at.transfersInFlight} (${size(at.bytesInFlight)})` : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="hint">Memory channels count cycles of their own clock.</p>
    </div>
  );
}

export function LinkTable({ run, links }: ViewProps & { links: readonly Link[] }) {
  const rows = [...links].sort((a, b) => b.readBytes + b.writtenBytes - a.readBytes - a.writtenBytes);
  return (
    <div class="scroll">
      <table data-table="links">
        <thead><tr><th scope="col">unit</th><th scope="col">from or to</th><th scope="col" class="number">read</th>
          <th scope="col" class="number">written</th><th scope="col" class="number">transfers</th></tr></thead>
        <tbody>
          {rows.map((link) => (
            <tr key={`${link.unit} ${link.server}`}>
              <td>{run.unitWord(link.unit)}</td><td>{link.server === hostLink ? 'host (PCIe)' : run.unitWord(link.server)}</td>
              <td class="number">{count(link.readBytes)}</td><td class="number">{count(link.writtenBytes)}</td>
              <td class="number">{count(link.transfers)}</td>
            </tr>
          ))}
          {rows.length === 0 && <tr><td colSpan={5}>No transfer was answered in this window.</td></tr>}
        </tbody>
      </table>
    </div>
  );
}
