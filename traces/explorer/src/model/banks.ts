// SPDX-License-Identifier: Apache-2.0
// The banks of a memory channel, from the commands on its bus: which row is open from when to when, and which bursts
// found it open. Cycles are of the memory clock.
import { type CommandBlock, commandNames } from '../format/records';
import { chipOf } from './chip';
import type { Run, Unit } from './run';
import { lastAtOrBefore } from './timeline';

export const ACT = 0, PRE = 1, PREA = 2, RD = 3, WR = 4, REF = 5;

/** Only ACT names a row: bursts go to the one that is open. */
export const unknownRow = -1;
export interface OpenRow {
  readonly bank: number;
  readonly row: number;    // unknownRow: opened before what was read
  readonly from: number;   // its ACT, or the start of what is known
  to: number;              // its PRE, or the end of what is known
}
export interface Command {
  readonly cycle: number;
  readonly operation: number;  // of commandNames
  readonly bank: number;
  readonly row: number;        // of ACT
  readonly column: number;     // of RD and WR: the burst within the row
}
export interface Banks {
  readonly from: number;
  readonly to: number;
  readonly banks: number;            // a power of two: those that commands named are among them
  readonly rows: readonly OpenRow[]; // by time of opening; those that meet the window
  readonly blocks: readonly CommandBlock[];
  readonly counts: readonly number[];  // commands in the window, by operation
  readonly afterActivate: number;      // bursts in the window that were the first of a row just opened
}

/** Commands whose chunks meet a window of the memory clock: how much banksIn reads. */
export const commandsMeeting = (run: Run, unit: Unit, from: number, to: number) =>
  run.row('commands', unit.id).meeting(from, to).reduce((sum, { chunk }) => sum + chunk.records, 0);

/** Reads the window's chunks, and the one before: a row opened even earlier has no number, and is known once it is used. */
export async function banksIn(run: Run, unit: Unit, from: number, to: number): Promise<Banks> {
  const chunks = run.row('commands', unit.id).chunks;
  const meeting = chunks.map(({ chunk }, i) => (chunk.endCycle > from && chunk.firstCycle < to ? i : -1)).filter((i) => i >= 0);
  const before = meeting.length > 0 ? meeting[0]! : chunks.filter(({ chunk }) => chunk.endCycle <= from).length;
  const blocks = await Promise.all(chunks.slice(Math.max(0, before - 1), (meeting.at(-1) ?? before - 1) + 1).map((chunk) => chunk.load()));
  const open = new Map<number, OpenRow>(), fresh = new Set<number>();
  const rows: OpenRow[] = [], counts = commandNames.map(() => 0);
  let banks = 0, afterActivate = 0, known = 0;
  const close = (bank: number, cycle: number) => {
    const row = open.get(bank);
    if (row) row.to = cycle, open.delete(bank);
  };
  const opened = (bank: number, row: number, cycle: number) => {
    const entry = { bank, row, from: cycle, to: Infinity };
    open.set(bank, entry), rows.push(entry);
  };
  for (const block of blocks)
    for (let i = 0; i < block.count; ++i) {
      const cycle = block.cycle[i]!, operation = block.operation[i]!, bank = block.bank[i]!;
      if (cycle >= to) break;
      if (known === 0) known = cycle;
      const inside = cycle >= from;
      if (inside) ++counts[operation]!;
      if (operation !== PREA && operation !== REF) banks = Math.max(banks, bank + 1);
      if (operation === ACT) close(bank, cycle), opened(bank, block.row[i]!, cycle), fresh.add(bank);
      else if (operation === PRE) close(bank, cycle);
      else if (operation === PREA) for (const each of [...open.keys()]) close(each, cycle);
      else if (operation === RD || operation === WR) {
        if (!open.has(bank)) opened(bank, unknownRow, known);
        if (fresh.delete(bank) && inside) ++afterActivate;
      }
    }
  for (const row of open.values()) row.to = to;
  if (banks > 0) banks = 2 ** Math.ceil(Math.log2(banks));
  return { from, to, banks, rows: rows.filter((row) => row.to > from && row.from < to), blocks, counts, afterActivate };
}

/** The bank's open row at a cycle; null where it has none, or none is known. */
export function openAt(banks: Banks, bank: number, cycle: number): OpenRow | null {
  return banks.rows.find((row) => row.bank === bank && row.from <= cycle && cycle < row.to) ?? null;
}
/** Up to `before` commands before the cycle and `after` from it on. */
export function commandsAround(banks: Banks, cycle: number, before: number, after: number): Command[] {
  const list: Command[] = [];
  for (const block of banks.blocks) {
    const at = lastAtOrBefore(block.cycle, cycle - 1, block.count) + 1;
    for (let i = Math.max(0, at - before); i < Math.min(block.count, at + after); ++i)
      list.push({ cycle: block.cycle[i]!, operation: block.operation[i]!, bank: block.bank[i]!, row: block.row[i]!, column: block.column[i]! });
  }
  const first = list.findIndex((command) => command.cycle >= cycle), at = first < 0 ? list.length : first;
  return list.slice(Math.max(0, at - before), at + after);
}
/** A refresh takes every bank of the channel, not a set of them. */
export const refreshesAll = (run: Run) => chipOf(run).get('memory.refresh') === 'all_bank';

/** Clocks of the memory that begin in a core cycle, [first, end); the one under way where none does. */
export function clocksOf(run: Run, unit: Unit, coreCycle: number): readonly [number, number] {
  const first = run.unitCycle(unit, coreCycle);
  return [first, Math.max(first + 1, run.unitCycle(unit, coreCycle + 1))];
}
/** The core cycle with the next command after those of `coreCycle`, or with the last one before; null where the window has none. */
export function commandCycle(run: Run, unit: Unit, banks: Banks, coreCycle: number, forward: boolean): number | null {
  const [first, end] = clocksOf(run, unit, coreCycle);
  const [command] = forward ? commandsAround(banks, end, 0, 1) : commandsAround(banks, first, 1, 0);
  if (!command) return null;
  let cycle = Math.floor(run.coreCycle(unit, command.cycle));
  while (cycle > 0 && clocksOf(run, unit, cycle)[0] > command.cycle) --cycle;
  while (clocksOf(run, unit, cycle)[1] <= command.cycle) ++cycle;
  return cycle;
}
