// SPDX-License-Identifier: Apache-2.0
// A window of one unit's time as pixel columns: of each column, the share of every state. From a pyramid where a
// column is wider than its buckets, from the records where it is not. One and the same picture at every zoom.
import type { StateBlock } from '../format/records';
import type { LazyLevel } from '../format/trace_file';
import type { PyramidLevel } from '../format/series';
import { lastAtOrBefore } from '../model/timeline';

export interface StateColumns {
  readonly width: number;
  readonly shares: ReadonlyMap<number, Float32Array>;  // by code (state x 16 + cause): 0..1 a column
}

/** The level whose buckets are no wider than a column, as coarse as there is one; -1: the records are needed. */
export function levelFor(levels: readonly LazyLevel[], cyclesPerColumn: number): number {
  let best = -1;
  levels.forEach(({ bucketCycles }, i) => { if (bucketCycles <= cyclesPerColumn) best = i; });
  return best;
}

/** [from, to) of the unit's clock. */
export function columnsFromLevel(level: PyramidLevel, from: number, to: number, width: number): StateColumns {
  const shares = new Map<number, Float32Array>();
  const step = (to - from) / width / level.bucketCycles;  // buckets a column
  const first = from / level.bucketCycles;
  level.codes.forEach((code, c) => {
    const source = level.shares[c]!, columns = new Float32Array(width);
    let any = 0;
    for (let x = 0; x < width; ++x) {
      const start = first + x * step, end = start + step;
      let sum = 0;
      const last = Math.min(level.buckets, Math.ceil(end));
      for (let b = Math.floor(start); b < last; ++b) {
        const part = Math.min(end, b + 1) - Math.max(start, b);
        sum += source[b]! * part;
      }
      any += columns[x] = sum / (255 * step);
    }
    if (any > 0) shares.set(code, columns);
  });
  return { width, shares };
}

/** Exact: each state's cycles go to the columns that it meets. */
export function columnsFromBlocks(blocks: readonly StateBlock[], from: number, to: number, width: number): StateColumns {
  const shares = new Map<number, Float32Array>();
  const scale = width / (to - from);
  for (const block of blocks) {
    const ofKind = block.kinds.map((kind) => {
      let columns = shares.get(kind.code);
      if (!columns) shares.set(kind.code, columns = new Float32Array(width));
      return columns;
    });
    const { start, kind, count } = block;
    for (let i = Math.max(0, lastAtOrBefore(start, from, count)); i < count && start[i]! < to; ++i) {
      const columns = ofKind[kind[i]!]!;
      const left = Math.max(0, (start[i]! - from) * scale), right = Math.min(width, (start[i + 1]! - from) * scale);
      if (right <= left) continue;
      const x = Math.floor(left), last = Math.min(width - 1, Math.floor(right));
      if (x === last) {
        columns[x]! += right - left;
      } else {
        columns[x]! += x + 1 - left;
        if (last > x + 1) columns.fill(1, x + 1, last);
        columns[last]! += right - last;
      }
    }
  }
  return { width, shares };
}
