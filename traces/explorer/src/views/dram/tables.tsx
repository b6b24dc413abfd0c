// SPDX-License-Identifier: Apache-2.0
// What device memory did, in numbers.
import { commandNames } from '../../format/records';
import { ACT, type Banks, clocksOf, commandsAround, openAt, RD, unknownRow, WR } from '../../model/banks';
import { bytesIn, type ChannelCounters, totalBytes } from '../../model/bandwidth';
import type { Unit } from '../../model/run';
import { Term } from '../../shell/term';
import { count, percent, share, size, sum } from '../../words/figures';
import type { ViewProps } from '../view';

export function ChannelTable({ run, store, state, channels, peak }: ViewProps & { channels: readonly ChannelCounters[]; peak: number | null }) {
  const { from, to } = state;
  const windowed = (channel: ChannelCounters, which: 'read' | 'written') => channel[which] ? bytesIn(channel[which]!, from, to, 1)[0]! : 0;
  return (
    <div class="scroll">
      <table data-table="channels">
        <thead><tr><th scope="col">channel</th><th scope="col" class="number">read, whole run</th><th scope="col" class="number">written</th>
          <th scope="col" class="number"><Term run={run} word="memory_bandwidth">of the peak</Term></th>
          <th scope="col" class="number">read in the window</th><th scope="col" class="number">written</th><th scope="col" class="number">of the peak</th></tr></thead>
        <tbody>
          {channels.map((channel) => {
            const read = totalBytes(channel.read), written = totalBytes(channel.written);
            const inWindow = [windowed(channel, 'read'), windowed(channel, 'written')] as const;
            return (
              <tr key={channel.name}>
                <td><button type="button" class="link" onClick={() => store.set({ unit: channel.name })}>{channel.name}</button></td>
                <td class="number" data-bytes={read}>{size(read)}</td><td class="number" data-bytes={written}>{size(written)}</td>
                <td class="number">{peak ? percent(share(read + written, peak * run.cycles)) : ''}</td>
                <td class="number">{size(inWindow[0])}</td><td class="number">{size(inWindow[1])}</td>
                <td class="number">{peak ? percent(share(inWindow[0] + inWindow[1], peak * (to - from))) : ''}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const busWords: Record<string, string> = {
  data: 'data moved: whole bursts, also where fewer bytes were asked for', no_requests: 'no request was there', refresh: 'a refresh held the banks', row_cycling: 'rows were closed and opened: tRP, tRCD, tRAS, tRC',
  tCCD_L: 'bursts of one bank group keep a distance (tCCD_L)', tFAW: 'activates keep a distance (tRRD, tFAW)', turnaround: 'the bus turned between reading and writing',
  rank_switch: 'the bus went from one rank to another', command_bus: 'the command bus was taken',
};
export function BusTable({ run }: ViewProps) {
  const { dram } = run.figures!;
  const rows = Object.entries(dram.bus_cycles).filter(([, cycles]) => cycles > 0).sort((a, b) => b[1] - a[1]);
  const all = sum(rows.map(([, cycles]) => cycles));
  const bursts = dram.row_hits + dram.row_misses + dram.row_conflicts;
  if (rows.length === 0) return <p>This memory is an ideal one: a bandwidth and a latency, without rows, banks or refresh.</p>;
  return (
    <>
      <div class="scroll">
        <table data-table="bus">
          <thead><tr><th scope="col">data bus</th><th scope="col" class="number">memory clocks</th><th scope="col" class="number">of all</th><th scope="col">what it is</th></tr></thead>
          <tbody>
            {rows.map(([name, cycles]) => (
              <tr key={name}><th scope="row">{name}</th><td class="number">{count(cycles)}</td><td class="number">{percent(share(cycles, all))}</td><td>{busWords[name] ?? ''}</td></tr>
            ))}
            <tr class="sum"><th scope="row">together</th><td class="number">{count(all)}</td><td class="number">{percent(1)}</td>
              <td>{dram.channels} channel{dram.channels === 1 ? '' : 's'} x clocks of the run</td></tr>
          </tbody>
        </table>
      </div>
      <p data-field="rows"><Term run={run} word="row_buffer">Rows</Term>: of {count(bursts)} bursts {count(dram.row_hits)} ({percent(share(dram.row_hits, bursts))}) found their row
        open, {count(dram.row_misses)} found the bank closed, {count(dram.row_conflicts)} found another row open and had it closed first. {count(dram.refreshes)} refreshes.</p>
    </>
  );
}

const meanings: Record<string, string> = {
  ACT: 'opens a row', PRE: 'closes the bank\'s row', PREA: 'closes all rows', RD: 'reads a burst', WR: 'writes a burst', REF: 'refreshes',
};
export function CommandTable({ run, unit, banks, state }: ViewProps & { unit: Unit; banks: Banks }) {
  const [cursor, end] = clocksOf(run, unit, state.cycle);
  const list = commandsAround(banks, cursor, 5, 9);
  return (
    <div class="scroll">
      <table data-table="commands">
        <thead><tr><th scope="col" class="number">memory cycle</th><th scope="col" class="number">from the cursor</th><th scope="col">command</th>
          <th scope="col" class="number">bank</th><th scope="col" class="number">row</th><th scope="col" class="number">burst in the row</th></tr></thead>
        <tbody>
          {list.map((command, i) => {
            const name = commandNames[command.operation]!, burst = command.operation === RD || command.operation === WR;
            const row = command.operation === ACT ? command.row : burst ? openAt(banks, command.bank, command.cycle)?.row ?? unknownRow : unknownRow;
            return (
              <tr key={i} class={command.cycle < cursor ? 'past' : ''} aria-current={cursor <= command.cycle && command.cycle < end ? 'true' : undefined}>
                <td class="number">{count(command.cycle)}</td><td class="number">{command.cycle >= cursor ? '+' : '-'}{count(Math.abs(command.cycle - cursor))}</td>
                <td><b>{name}</b> {meanings[name]}</td><td class="number">{name === 'PREA' ? 'all' : command.bank}</td>
                <td class="number">{row === unknownRow ? '' : row}</td><td class="number">{burst ? command.column : ''}</td>
              </tr>
            );
          })}
          {list.length === 0 && <tr><td colSpan={6}>No command around the cursor in this window.</td></tr>}
        </tbody>
      </table>
    </div>
  );
}
export function BankTable({ run, unit, banks, state, bank }: ViewProps & { unit: Unit; banks: Banks; bank: number }) {
  const cursor = run.unitCycle(unit, state.cycle);
  return (
    <div class="scroll">
      <table data-table="banks">
        <thead><tr><th scope="col" class="number">bank</th><th scope="col">at the cursor</th><th scope="col" class="number">open since</th><th scope="col" class="number">until</th></tr></thead>
        <tbody>
          {Array.from({ length: banks.banks }, (_, i) => {
            const row = openAt(banks, i, cursor);
            return (
              <tr key={i} aria-current={i === bank ? 'true' : undefined}><td class="number">{i}</td>
                <td>{row ? (row.row === unknownRow ? 'a row, opened before' : `row ${row.row} open`) : 'closed'}</td>
                <td class="number">{row && row.row !== unknownRow ? count(row.from) : ''}</td>
                <td class="number">{row && row.to < banks.to ? count(row.to) : ''}</td></tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
