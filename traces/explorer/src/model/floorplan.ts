// SPDX-License-Identifier: Apache-2.0
// The chip at one cycle as a drawing needs it: units, what stands in their queues and stores, what changed.
import type { Counter } from '../format/series';
import { atCycle, type UnitAt } from './at_cycle';
import { bytesOf, chipOf, numberOf } from './chip';
import { type FifoFill, weightFifo } from './links';
import type { Run } from './run';
import { lastAtOrBefore } from './timeline';

export interface Floor {
  readonly cycle: number;
  readonly units: readonly UnitAt[];
  readonly fifo: FifoFill | null;
  readonly liveBytes: number | null;  // of the unified buffer; null where the trace has no such counter
}
/** Sizes that the fills stand against; null where the chip file has none. */
export interface Capacities {
  readonly queue: number | null;
  readonly fifoTiles: number | null;
  readonly bufferBytes: number | null;
}

/** A counter's value at a core cycle; 0 before its first. */
export function valueAt(counter: Counter, cycle: number): number {
  const i = lastAtOrBefore(counter.cycle, cycle);
  return i < 0 ? 0 : counter.value[i]!;
}
export async function floorAt(run: Run, cycle: number): Promise<Floor> {
  const [units, fifo, counters] = await Promise.all([atCycle(run, cycle), weightFifo(run, cycle), run.counters()]);
  const live = counters.find(({ name }) => name === 'buffer.live_bytes');
  return { cycle, units, fifo, liveBytes: live ? valueAt(live, cycle) : null };
}
export function capacities(run: Run): Capacities {
  return { queue: numberOf(run, 'front_end.queue_depth'), fifoTiles: numberOf(run, 'core.weight_fifo.tiles'),
           bufferBytes: bytesOf(chipOf(run).get('core.buffer.size')) };
}

/** Units that are in another state than in `before`: another record, not only another cycle of the same one. */
export function changedUnits(before: Floor | null, now: Floor): Set<string> {
  const changed = new Set<string>();
  if (before)
    now.units.forEach(({ unit, state }, i) => {
      const old = before.units[i]!.state;
      if (state?.start !== old?.start || state?.kind.code !== old?.kind.code) changed.add(unit.name);
    });
  return changed;
}
/** The next core cycle in which any unit is in another state; the last one where there is none. */
export function nextChange(run: Run, floor: Floor): number {
  const ends = floor.units.filter(({ state }) => state).map(({ unit, state }) => Math.ceil(run.coreCycle(unit, state!.end)));
  return Math.min(run.cycles - 1, ...ends.filter((end) => end > floor.cycle));
}
/** The last core cycle before `cycle` in which any unit got into another state. */
export async function lastChange(run: Run, cycle: number): Promise<number> {
  if (cycle === 0) return 0;
  const units = await atCycle(run, cycle - 1);
  return Math.max(0, ...units.filter(({ state }) => state)
                             .map(({ unit, state }) => Math.ceil(run.coreCycle(unit, state!.start)))
                             .filter((start) => start < cycle));
}
