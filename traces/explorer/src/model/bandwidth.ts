// SPDX-License-Identifier: Apache-2.0
// Counters of bytes over time: what a channel or the link moved, in the trace's steps of some cycles.
import type { Counter } from '../format/series';
import { peakBytesPerCycle } from './chip';
import type { Run } from './run';

/** A counter of "bytes per N cycles": value[i] bytes in each step of N cycles from cycle[i] to cycle[i + 1]. */
export function stepOf(counter: Counter): number {
  return Number(/per (\d+) cycles/.exec(counter.unit)?.[1] ?? 0);
}
/** Bytes in each of `bins` equal parts of [from, to): a step that is only partly in a bin counts in part. */
export function bytesIn(counter: Counter, from: number, to: number, bins: number): Float64Array {
  const sums = new Float64Array(bins), step = stepOf(counter), width = (to - from) / bins;
  if (step === 0) return sums;
  for (let i = 0; i < counter.cycle.length; ++i) {
    const value = counter.value[i]!;
    if (value === 0) continue;
    const start = counter.cycle[i]!, end = counter.cycle[i + 1] ?? start + step;
    const perCycle = value / step;
    const first = Math.max(0, Math.floor((start - from) / width)), last = Math.min(bins - 1, Math.floor((end - from) / width));
    for (let bin = first; bin <= last; ++bin) {
      const overlap = Math.min(end, from + (bin + 1) * width) - Math.max(start, from + bin * width);
      if (overlap > 0) sums[bin]! += overlap * perCycle;
    }
  }
  return sums;
}

export interface ChannelCounters {
  readonly name: string;
  readonly read: Counter | null;
  readonly written: Counter | null;
}
export async function channelCounters(run: Run): Promise<ChannelCounters[]> {
  const counters = await run.counters();
  const of = (name: string) => counters.find((counter) => counter.name === name) ?? null;
  return run.units.filter((unit) => unit.memoryClock)
    .map(({ name }) => ({ name, read: of(`${name}.read_bytes`), written: of(`${name}.written_bytes`) }));
}
/** Bytes of a counter over the whole run: exact, as steps are whole. */
export function totalBytes(counter: Counter | null): number {
  if (!counter) return 0;
  const step = stepOf(counter);
  let sum = 0;
  for (let i = 0; i < counter.cycle.length; ++i)
    sum += counter.value[i]! * (((counter.cycle[i + 1] ?? counter.cycle[i]! + step) - counter.cycle[i]!) / step);
  return sum;
}
/** What one channel moves at most in a core cycle. */
export function channelPeak(run: Run): number | null {
  const peak = peakBytesPerCycle(run), channels = run.units.filter((unit) => unit.memoryClock).length;
  return peak === null || channels === 0 ? null : peak / channels;
}
