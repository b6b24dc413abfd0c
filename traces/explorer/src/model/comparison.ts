// SPDX-License-Identifier: Apache-2.0
// Rows of `nnpsim compare --json`, as bars need them. Nothing is computed but the ratio to the chip.
import type { Comparison, ComparisonRow } from '../views/view';

export const isKnown = (row: ComparisonRow) => row.throughput_per_s !== null && row.status !== 'skipped';

/** Batches that the chip was simulated with; those of any row where it has none. */
export function batchesOf(comparison: Comparison): number[] {
  const of = (rows: readonly ComparisonRow[]) => rows.map(({ batch }) => batch).filter((batch): batch is number => batch !== null);
  const chip = of(comparison.rows.filter(({ runner }) => runner === 'chip'));
  return [...new Set(chip.length > 0 ? chip : of(comparison.rows))].sort((a, b) => a - b);
}
/** Rows with a figure at a batch: the chip's first, then the fastest. */
export function rowsAt(comparison: Comparison, batch: number): ComparisonRow[] {
  const rank = (row: ComparisonRow) => (row.runner === 'chip' ? 0 : 1);
  return comparison.rows.filter((row) => isKnown(row) && row.batch === batch)
    .sort((a, b) => rank(a) - rank(b) || b.throughput_per_s! - a.throughput_per_s!);
}
/** Figures of no batch in particular, the fastest first. */
export function rowsOfNoBatch(comparison: Comparison): ComparisonRow[] {
  return comparison.rows.filter((row) => isKnown(row) && row.batch === null).sort((a, b) => b.throughput_per_s! - a.throughput_per_s!);
}
/** A measured row says so among its conditions. */
export const checkFailed = (row: ComparisonRow) => /check of values failed/.test(row.source);
export const chipRow = (comparison: Comparison, batch: number) =>
  comparison.rows.find((row) => row.runner === 'chip' && row.batch === batch && isKnown(row)) ?? null;
/** Inferences a second over the chip's at this batch; null where one of them is not known. */
export function timesTheChip(comparison: Comparison, row: ComparisonRow, batch: number): number | null {
  const chip = chipRow(comparison, batch);
  return chip?.throughput_per_s && row.throughput_per_s ? row.throughput_per_s / chip.throughput_per_s : null;
}
