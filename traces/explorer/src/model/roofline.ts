// SPDX-License-Identifier: Apache-2.0
// Each layer against the two roofs: what the array computes at most, and what device memory brings at most.
// S. Williams, A. Waterman, D. Patterson, "Roofline", CACM 52(4), 2009.
import { peakBytesPerCycle } from './chip';
import type { Layer, Run } from './run';

export interface Peak {
  readonly passes: number;        // through the array for one MAC of the precision
  readonly precision: string;
  readonly opsPerSecond: number;  // 2 x rows x columns x clock / passes
}
export interface Point {
  readonly layer: Layer;
  readonly ops: number;           // 2 x MACs
  readonly bytes: number;         // of device memory, read and written
  readonly intensity: number;     // ops / byte; Infinity where no byte moved
  readonly cycles: number;        // the layer's turn, and what was done for it ahead of its turn; see below
  readonly opsPerSecond: number;
  readonly peak: Peak;
  readonly roof: number;          // ops per second: the lower of the two roofs at its intensity
}
export interface Roofline {
  readonly peaks: readonly Peak[];         // of the layers' precisions, highest first
  readonly bytesPerSecond: number | null;  // of device memory at most; null where the run does not tell
  readonly points: readonly Point[];       // layers with MACs on the chip
  readonly without: readonly Layer[];      // the other layers
}

export function roofAt(peak: Peak, bytesPerSecond: number | null, intensity: number): number {
  return bytesPerSecond === null ? peak.opsPerSecond : Math.min(peak.opsPerSecond, intensity * bytesPerSecond);
}

/**
 * Null where the trace has no figures of layers. A gap's `ahead` is of the resource that binds a layer: of one that compute binds, bytes may have come in
 * the turns of others beside. A point's cycles are no fewer than its bytes take.
 */
export function rooflineOf(run: Run): Roofline | null {
  if (!run.figures) return null;
  const clock = run.info.core_frequency_khz * 1000, cells = run.info.array_rows * run.info.array_cols;
  const perCycle = peakBytesPerCycle(run);
  const bytesPerSecond = perCycle === null ? null : perCycle * clock;
  const peaks = new Map<number, Peak>();
  const points: Point[] = [], without: Layer[] = [];
  for (const layer of run.layers) {
    const { figures } = layer, bound = figures?.bounds, gap = figures?.gap;
    if (!figures || !bound || !gap || figures.macs === 0 || figures.where !== 'chip') {
      without.push(layer);
      continue;
    }
    const passes = Number(bound.compute) * cells / figures.macs;
    let peak = peaks.get(Math.round(passes * 1000));
    if (!peak) {
      peak = { passes, precision: figures.precision ?? run.info.precision, opsPerSecond: 2 * cells * clock / passes };
      peaks.set(Math.round(passes * 1000), peak);
    }
    const ops = 2 * figures.macs, bytes = figures.dram_read_bytes + figures.dram_write_bytes;
    const intensity = bytes > 0 ? ops / bytes : Infinity, cycles = Math.max(gap.count! + gap.ahead!, bytes / (perCycle ?? Infinity));
    points.push({ layer, ops, bytes, intensity, cycles, opsPerSecond: ops * clock / cycles, peak,
                  roof: roofAt(peak, bytesPerSecond, intensity) });
  }
  return { peaks: [...peaks.values()].sort((a, b) => b.opsPerSecond - a.opsPerSecond), bytesPerSecond, points, without };
}
