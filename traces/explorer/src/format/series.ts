// SPDX-License-Identifier: Apache-2.0
// What is not records: counters over time and pyramids.
import { type Chunk } from './container';
import { ColumnError, columnsOf } from './columns';

/** value[i] holds from cycle[i] to cycle[i + 1]; core cycles. */
export interface Counter {
  readonly name: string;  // "weight_dma.queue", "dram0.read_bytes", "buffer.live_bytes"
  readonly unit: string;  // "instructions", "bytes per 256 cycles", "bytes"
  readonly cycle: Float64Array;
  readonly value: Float64Array;
}

export function decodeCounter(chunk: Chunk, payload: Uint8Array): Counter {
  let at = 0;
  const text = () => {
    const size = at + 2 <= payload.length ? payload[at]! | (payload[at + 1]! << 8) : payload.length;
    if (at + 2 + size > payload.length) throw new ColumnError('a name is longer than its chunk');
    const word = new TextDecoder().decode(payload.subarray(at + 2, at + 2 + size));
    at += 2 + size;
    return word;
  };
  const name = text(), unit = text();
  const c = columnsOf(payload, 2, at);
  const cycle = new Float64Array(chunk.records), value = new Float64Array(chunk.records);
  for (let i = 0; i < chunk.records; ++i) {
    cycle[i] = c[0]!.takeDelta();
    value[i] = c[1]!.takeDelta();
  }
  return { name, unit, cycle, value };
}

/** What the unified buffer holds: live from the writer's start to the retirement of the last reader (instructions). */
export interface LiveRangeBlock {
  readonly count: number;
  readonly writer: Uint32Array;
  readonly lastReader: Uint32Array;
  readonly begin: Float64Array;  // address in the buffer
  readonly bytes: Float64Array;
}
export function decodeLiveRanges(chunk: Chunk, payload: Uint8Array): LiveRangeBlock {
  const c = columnsOf(payload, 4), count = chunk.records;
  const block = { count, writer: new Uint32Array(count), lastReader: new Uint32Array(count), begin: new Float64Array(count),
                  bytes: new Float64Array(count) };
  for (let i = 0; i < count; ++i) {
    block.writer[i] = c[0]!.takeDelta();
    block.lastReader[i] = block.writer[i]! + c[1]!.take();
    block.begin[i] = c[2]!.takeDelta();
    block.bytes[i] = c[3]!.take();
  }
  return block;
}

/** One level: shares[i] of codes[i] (state x 16 + cause), a byte a bucket, 255 for all of its cycles. */
export interface PyramidLevel {
  readonly bucketCycles: number;
  readonly buckets: number;
  readonly codes: readonly number[];
  readonly shares: readonly Uint8Array[];
}

export function decodePyramid(chunk: Chunk, payload: Uint8Array): PyramidLevel {
  if (payload.length < 4) throw new ColumnError('it is too short');
  const codes = new DataView(payload.buffer, payload.byteOffset).getUint32(0, true);
  const buckets = chunk.records;
  if (codes > 48 || payload.length !== 4 + codes + codes * buckets)
    throw new ColumnError('its size does not fit its buckets');
  if (chunk.firstNumber === 0) throw new ColumnError('its buckets have no cycles');
  const shares: Uint8Array[] = [];
  for (let i = 0; i < codes; ++i)
    shares.push(payload.subarray(4 + codes + i * buckets, 4 + codes + (i + 1) * buckets));
  return { bucketCycles: chunk.firstNumber, buckets, codes: [...payload.subarray(4, 4 + codes)], shares };
}
