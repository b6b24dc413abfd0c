// SPDX-License-Identifier: Apache-2.0
// What stands where on the timeline, in CSS pixels from its top.
import type { Layer, Run, Unit } from '../../model/run';
import type { Counter } from '../../format/series';

export const axisHeight = 24, layerHeight = 18, laneHeight = 26, counterHeight = 36, gap = 4;
const mostLayerRows = 3;

export interface LayerBar {
  readonly layer: Layer;
  readonly row: number;
  readonly start: number;
  readonly end: number;
}
export interface UnitRow {
  readonly unit: Unit;
  readonly top: number;
  readonly height: number;
}
export interface CounterRow {
  readonly counter: Counter;
  readonly top: number;
}
export interface Rows {
  readonly layers: readonly LayerBar[];
  readonly layersTop: number;
  readonly units: readonly UnitRow[];
  readonly counters: readonly CounterRow[];
  readonly height: number;
}

/** Layers by their first and last cycle, each in the first row with room; overlaps beyond the rows share the last. */
function layerBars(run: Run): LayerBar[] {
  const ends: number[] = [];
  return run.layers.filter(({ figures }) => figures?.start_cycle != null && figures.end_cycle! > figures.start_cycle)
    .sort((a, b) => a.figures!.start_cycle! - b.figures!.start_cycle!)
    .map((layer) => {
      const start = layer.figures!.start_cycle!, end = layer.figures!.end_cycle!;
      let row = ends.findIndex((at) => at <= start);
      if (row < 0) row = Math.min(ends.length, mostLayerRows - 1);
      ends[row] = Math.max(ends[row] ?? 0, end);
      return { layer, row, start, end };
    });
}

const mostChannels = 2;  // that have rows of their own

/** Counters that step at the same cycles, as one. */
function summed(name: string, counters: readonly Counter[]): Counter {
  const steps = new Map<number, number>();  // cycle: how much the sum rises there
  for (const { cycle, value } of counters)
    cycle.forEach((at, i) => steps.set(at, (steps.get(at) ?? 0) + value[i]! - (i > 0 ? value[i - 1]! : 0)));
  const cycles = Float64Array.from(steps.keys()).sort();
  let sum = 0;
  return { name, unit: counters[0]!.unit, cycle: cycles, value: cycles.map((at) => (sum += steps.get(at)!)) };
}

/** Memory channels as one where there are many, but for the selected one. */
function joined(counters: readonly Counter[], run: Run, unit: string | null): Counter[] {
  const channels = run.memoryChannels.map(({ name }) => name);
  if (channels.length <= mostChannels) return [...counters];
  const ofChannel = (end: string) => counters.filter(({ name }) => channels.some((channel) => name === channel + end));
  const sums = ['.read_bytes', '.written_bytes'].filter((end) => ofChannel(end).length > 0)
    .map((end) => summed(`${channels.length} channels${end}`, ofChannel(end)));
  return [...sums, ...counters.filter(({ name }) =>
    !channels.some((channel) => name.startsWith(`${channel}.`)) || name.startsWith(`${unit}.`))];
}

/** Of the counters those that say something about all units, and the queue of the selected one. */
function chosen(counters: readonly Counter[], unit: string | null): Counter[] {
  return counters.filter(({ name, value }) => value.some((v) => v > 0) &&
    (!name.endsWith('.queue') || name === `${unit}.queue`));
}

/** Of more memory channels than that each has a thin lane without a name, unless they are unfolded. */
export const mostWideChannels = 4;
const thinHeight = 7;

export function rowsOf(run: Run, counters: readonly Counter[], unit: string | null, unfolded: boolean): Rows {
  const thin = !unfolded && run.memoryChannels.length > mostWideChannels;
  const layers = layerBars(run);
  const layersTop = axisHeight;
  let top = layersTop + (1 + Math.max(-1, ...layers.map(({ row }) => row))) * layerHeight + gap;
  const units = run.units.map((each) => {
    const folded = thin && each.kind === 'memory' && each.name !== unit;
    const row = { unit: each, top, height: folded ? thinHeight : laneHeight };
    top += row.height + (folded ? 1 : gap);
    return row;
  });
  top += gap;
  const rows = chosen(joined(counters, run, unit), unit).map((counter) => {
    const row = { counter, top };
    top += counterHeight + gap;
    return row;
  });
  return { layers, layersTop, units, counters: rows, height: top };
}
