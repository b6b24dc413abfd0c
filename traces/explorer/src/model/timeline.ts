// SPDX-License-Identifier: Apache-2.0
// Records of one unit as one row, however many chunks they came in.
import { type BlockOf, type RecordChunk, type RecordKind, TraceFile } from '../format/trace_file';

/** Largest i with values[i] <= x among the first `count`; -1 where there is none. Values ascend. */
export function lastAtOrBefore(values: ArrayLike<number>, x: number, count = values.length): number {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (values[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export class RecordRow<K extends RecordKind> {
  readonly chunks: readonly RecordChunk<K>[];
  constructor(file: TraceFile, readonly kind: K, readonly unit: number) {
    this.chunks = file.records(kind, unit);
  }
  /** Chunks that meet [from, to) of the unit's clock. */
  meeting(from = 0, to = Infinity): readonly RecordChunk<K>[] {
    if (from <= 0 && to === Infinity) return this.chunks;
    return this.chunks.filter(({ chunk }) => chunk.endCycle > from && chunk.firstCycle < to);
  }
  /** Their blocks, as soon as all are read. */
  async load(from = 0, to = Infinity): Promise<BlockOf[K][]> {
    return Promise.all(this.meeting(from, to).map((chunk) => chunk.load()));
  }
  /** Their blocks, where all are read already. */
  now(from = 0, to = Infinity): BlockOf[K][] | undefined {
    const blocks: BlockOf[K][] = [];
    for (const chunk of this.meeting(from, to)) {
      if (!chunk.block) return undefined;
      blocks.push(chunk.block);
    }
    return blocks;
  }
  get count(): number {
    return this.chunks.reduce((sum, { chunk }) => sum + chunk.records, 0);
  }
}
