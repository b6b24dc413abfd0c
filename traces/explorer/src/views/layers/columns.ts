// SPDX-License-Identifier: Apache-2.0
// The columns of the layer table: each with the word that explains it, its number, and how the number is written.
import type { Layer, Run } from '../../model/run';
import { count, percent, share, size } from '../../words/figures';

export interface Column {
  readonly id: string;      // also the head in the CSV
  readonly title: string;
  readonly word: string;    // of words/terms; empty: needs none
  readonly value: (layer: Layer) => number | string | null;
  readonly text: (value: number | string, run: Run) => string;
}
const asCount = (value: number | string) => count(value as number);
const asSize = (value: number | string) => size(value as number);
const asIs = (value: number | string) => String(value);
const wide = (layer: Layer) => layer.figures?.start_cycle != null ? layer.figures.end_cycle! - layer.figures.start_cycle : null;
const moved = (layer: Layer) => layer.figures ? layer.figures.dram_read_bytes + layer.figures.dram_write_bytes : null;

/** `onPath`: cycles on the critical path by layer, where they are known. */
export function columnsFor(onPath: ReadonlyMap<number, number> | null): Column[] {
  const number = (id: string, title: string, word: string, value: Column['value'], text: Column['text'] = asCount): Column =>
    ({ id, title, word, value, text });
  return [
    number('name', 'layer', '', (layer) => layer.name, asIs),
    number('op', 'operator', '', (layer) => layer.info.op, asIs),
    number('where', 'where', 'where', (layer) => layer.info.where, asIs),
    number('precision', 'precision', 'precision', (layer) => layer.figures?.precision ?? null, asIs),
    number('start_cycle', 'from cycle', '', (layer) => layer.figures?.start_cycle ?? null),
    number('span_cycles', 'cycles', 'layer_span', wide),
    number('turn_cycles', 'turn', 'counted', (layer) => layer.figures?.gap?.count ?? null),
    number('bound_cycles', 'bound', 'bound', (layer) => layer.figures?.bounds?.cycles ?? null),
    number('wasted_cycles', 'wasted', 'wasted', (layer) => layer.figures?.gap?.cycles ?? null),
    number('path_cycles', 'on the path', 'critical_path', (layer) => onPath ? (onPath.get(layer.id) ?? 0) : null),
    number('macs', 'MACs', 'macs', (layer) => layer.info.macs),
    number('compute_cycles', 'array occupied', 'compute_cycles', (layer) => layer.figures?.compute_cycles ?? null),
    number('array_active_cycles', 'array active', 'array_active', (layer) => layer.figures?.array_active_cycles ?? null),
    number('utilization', 'use of the array', 'layer_utilization', (layer) =>
      layer.figures && layer.info.macs > 0 && layer.info.where === 'chip' ? layer.figures.utilization : null,
           (value) => percent(value as number)),
    number('dram_read_bytes', 'read', 'dram_bytes', (layer) => layer.figures?.dram_read_bytes ?? null, asSize),
    number('dram_write_bytes', 'written', 'dram_bytes', (layer) => layer.figures?.dram_write_bytes ?? null, asSize),
    number('intensity', 'ops/byte', 'intensity', (layer) =>
      (moved(layer) ?? 0) > 0 && layer.info.macs > 0 ? share(2 * layer.info.macs, moved(layer)!) : null,
           (value) => (value as number).toFixed(1)),
    number('bound_by', 'bound by', 'bound_by', (layer) => layer.figures?.bound_by ?? null, asIs),
  ];
}

/** The table as text for other programs: plain numbers, a line a layer. */
export function csvOf(columns: readonly Column[], layers: readonly Layer[]): string {
  const cell = (value: number | string | null) => {
    const text = value === null ? '' : String(value);
    return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  const lines = [columns.map(({ id }) => id), ...layers.map((layer) => columns.map(({ value }) => cell(value(layer))))];
  return lines.map((line) => line.join(',')).join('\n') + '\n';
}
