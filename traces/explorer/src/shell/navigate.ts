// SPDX-License-Identifier: Apache-2.0
// Ways through the run: a cycle on or back, to the next change of a unit, from a wait to what ended it.
import { stateAt } from '../model/at_cycle';
import { graphOf } from '../model/derived';
import type { Run } from '../model/run';
import { type Store, windowWith } from '../state/state';

export function goTo(store: Store, run: Run, cycle: number): void {
  const at = Math.min(Math.max(0, Math.floor(cycle)), run.cycles - 1);
  store.set({ cycle: at, ...windowWith(store.get(), at, run.cycles) });
}
export const step = (store: Store, run: Run, cycles: number) => goTo(store, run, store.get().cycle + cycles);

/** To the first cycle of the next state of the selected unit, or to that of this one or the one before. */
export async function stepState(store: Store, run: Run, forward: boolean): Promise<void> {
  const unit = run.unit(store.get().unit);
  if (!unit || !run.hasRecords) return step(store, run, forward ? 1 : -1);
  const at = run.unitCycle(unit, store.get().cycle);
  const state = await stateAt(run, unit, at);
  if (!state) return;
  const to = forward ? state.end : state.start < at ? state.start
    : (await stateAt(run, unit, at - 1))?.start ?? state.start;
  goTo(store, run, Math.ceil(run.coreCycle(unit, to)));
}

/** Widens (factor > 1) or narrows the window around the cursor, or around `around`. */
export function zoom(store: Store, run: Run, factor: number, around = store.get().cycle): void {
  const { from, to } = store.get();
  const width = Math.min(run.cycles, Math.max(8, Math.round((to - from) * factor)));
  const part = (Math.min(Math.max(around, from), to) - from) / (to - from);
  const start = Math.max(0, Math.min(run.cycles - width, Math.round(around - part * width)));
  store.set({ from: start, to: start + width });
}
/** Moves the window by a part of its width. */
export function pan(store: Store, run: Run, part: number): void {
  const { from, to } = store.get();
  const width = to - from;
  const start = Math.max(0, Math.min(run.cycles - width, Math.round(from + part * width)));
  store.set({ from: start, to: start + width });
}

const trail: { unit: string | null; cycle: number }[] = [];

/** From the selected unit's wait at the cursor to what it waited for; false where there is nothing behind. */
export async function goToCause(store: Store, run: Run): Promise<boolean> {
  const { unit: name, cycle } = store.get();
  const unit = run.unit(name);
  if (!unit || unit.memoryClock) return false;
  const graph = await graphOf(run);
  if (cycle >= graph.known(unit.id)) return false;
  const state = graph.state(unit.id, cycle);
  const next = graph.before(state, state.end);
  if (!next) return false;
  trail.push({ unit: name, cycle });
  store.set({ unit: run.unitWord(next.state.unit) });
  goTo(store, run, next.until - 1);
  return true;
}
export const stepsBehind = () => trail.length;
export function goBack(store: Store, run: Run): void {
  const last = trail.pop();
  if (!last) return;
  store.set({ unit: last.unit });
  goTo(store, run, last.cycle);
}
