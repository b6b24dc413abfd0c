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

/** Of the counters those that say something about all units, and the queue of the selected one. */
function chosen(counters: readonly Counter[], unit: string | null): Counter[] {
  return counters.filter(({ name, value }) => value.some((v) => v > 0) &&
    (!name.endsWith('.queue') || name === `${unit}.queue`));
}

export function rowsOf(run: Run, counters: readonly Counter[], unit: string | null): Rows {
  const layers = layerBars(run);
  const layersTop = axisHeight;
  let top = layersTop + (1 + Math.max(-1, ...layers.map(({ row }) => row))) * layerHeight + gap;
  const units = run.units.map((each) => {
    const row = { unit: each, top };
    top += laneHeight + gap;
    return row;
  });
  top += gap;
  const rows = chosen(counters, unit).map((counter) => {
    const row = { counter, top };
    top += counterHeight + gap;
    return row;
  });
  return { layers, layersTop, units, counters: rows, height: top };
}
