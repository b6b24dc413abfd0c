// SPDX-License-Identifier: Apache-2.0
// What is in the window, as numbers: the same as the picture, for whoever does not see it.
import { Swatch } from '../../shell/swatch';
import { Term } from '../../shell/term';
import { lookOf } from '../../draw/palette';
import { BUSY } from '../../format/records';
import { columnsFromBlocks, columnsFromLevel, levelFor } from '../../draw/state_columns';
import type { Run, Unit } from '../../model/run';
import { useAnswer, useSettled } from '../../shell/hooks';
import { count, percent, share } from '../../words/figures';
import type { ViewProps } from '../view';
import { mostWideChannels } from './rows';

interface Row {
  readonly unit: Unit;
  readonly cycles: number;   // of the unit's clock
  readonly exact: boolean;
  readonly parts: readonly { code: number; cycles: number }[];
}
const mostRecords = 3_000_000;  // that are read only for this table

async function rowsOf(run: Run, units: readonly Unit[], from: number, to: number): Promise<Row[]> {
  return Promise.all(units.map(async (unit) => {
    const start = run.unitCycle(unit, from);
    const end = to < run.cycles ? run.unitCycle(unit, to) : (run.account(unit.name)?.cycles ?? run.unitCycle(unit, to));
    const chunks = run.row('states', unit.id).meeting(start, end);
    const exact = run.hasRecords && chunks.reduce((sum, { chunk }) => sum + chunk.records, 0) * run.units.length < mostRecords;
    const levels = run.levels(unit.id);
    const columns = exact ? columnsFromBlocks(await run.load('states', unit.id, start, end), start, end, 1)
      : levels.length > 0 ? columnsFromLevel(await levels[Math.max(0, levelFor(levels, (end - start) / 64))]!.load(), start, end, 1)
      : null;
    const parts = [...(columns?.shares ?? [])].map(([code, shares]) => ({ code, cycles: Math.round(shares[0]! * (end - start)) }))
      .filter(({ cycles }) => cycles > 0)
      .sort((a, b) => b.cycles - a.cycles);
    return { unit, cycles: end - start, exact, parts };
  }));
}

export function WindowTable({ run, state, dark }: ViewProps) {
  const from = useSettled(state.from), to = useSettled(state.to);
  const all = state.more.channels === '1' || run.memoryChannels.length <= mostWideChannels;
  const rows = useAnswer(() => rowsOf(run, run.units.filter((unit) => all || unit.kind !== 'memory' || unit.name === state.unit), from, to),
                         [run, from, to, all, state.unit]);
  if (rows.error) return <p class="error" role="alert">{rows.error}</p>;
  const name = (code: number) => code >> 4 === BUSY ? 'busy' : code >> 4 === 0 ? 'idle' : (run.cause(code & 15)?.name ?? 'wait');
  return (
    <div class="scroll">
      <table data-table="window">
        <caption>Cycles {count(from)} to {count(to)}: {count(to - from)} cycles, {percent(share(to - from, run.cycles))} of the run</caption>
        <thead><tr><th scope="col">unit</th><th scope="col" class="number">cycles</th><th scope="col">spent on</th></tr></thead>
        <tbody>
          {rows.value?.map(({ unit, cycles, exact, parts }) => (
            <tr key={unit.name} aria-current={state.unit === unit.name ? 'true' : undefined}>
              <th scope="row">{unit.name}</th><td class="number">{count(cycles)}</td>
              <td class="parts">{parts.map(({ code, cycles: spent }) => (
                <span key={code} class="part"><Swatch look={lookOf(code, (c) => run.cause(c)?.name ?? '')} dark={dark} />{' '}
                  <Term run={run} word={name(code)} /> {exact ? '' : 'about '}{count(spent)} ({percent(share(spent, cycles))})</span>
              ))}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
