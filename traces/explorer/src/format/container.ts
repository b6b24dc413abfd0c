// SPDX-License-Identifier: Apache-2.0
// A `.npt` from outside: head, chunks, index, tail. docs/guide/trace-file.md has every byte.
import { crc32 } from './crc32';
import type { ByteSource } from './source';

/** What is wrong with a file, in words for its reader. */
export class TraceError extends Error {}

export const ChunkType = {
  metadata: 1, programText: 2, states: 3, instructions: 4, transfers: 5, tiles: 6, passes: 7, commands: 8,
  counter: 9, pyramid: 10, summary: 11, index: 12, liveRanges: 13,
} as const;

export interface Chunk {
  readonly at: number;       // byte in the file
  readonly type: number;     // of ChunkType; others are skipped
  readonly unit: number;
  readonly records: number;
  readonly rawBytes: number;
  readonly packedBytes: number;
  readonly firstCycle: number;
  readonly endCycle: number;
  readonly firstNumber: number;
}

const headBytes = 16, chunkHeadBytes = 48, tailBytes = 24, version = 1;
const largestChunk = 2 ** 28, largestRatio = 1100, fewestColumns = 4;
const readAhead = 1 << 20;  // bytes read at once while heads are looked at

/** Below 2^53; a damaged file's larger numbers are only so large. */
function u64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true);
}
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
const ascii = (bytes: Uint8Array, from: number, to: number) => String.fromCharCode(...bytes.subarray(from, to));

/** A head may be that of a chunk: its sizes are within limits, and its records fit them. */
function believable(chunk: Chunk): boolean {
  const columns = chunk.type >= ChunkType.states && chunk.type <= ChunkType.commands;
  return chunk.rawBytes <= largestChunk && chunk.rawBytes <= chunk.packedBytes * largestRatio &&
         chunk.records <= Math.floor(chunk.rawBytes / (columns ? fewestColumns : 1));
}

/** Reads heads through a window, as they lie close together. */
class HeadReader {
  private from = 0;
  private bytes: Uint8Array = new Uint8Array(0);
  constructor(private source: ByteSource) {}

  async at(place: number): Promise<Chunk | undefined> {
    const { size } = this.source;
    if (place > size - chunkHeadBytes) return undefined;
    if (place < this.from || place + chunkHeadBytes > this.from + this.bytes.length) {
      this.from = place;
      this.bytes = await this.source.read(place, Math.min(size, place + readAhead));
    }
    const bytes = this.bytes.subarray(place - this.from, place - this.from + chunkHeadBytes);
    if (ascii(bytes, 0, 4) !== 'CHNK') return undefined;
    const view = viewOf(bytes);
    const chunk: Chunk = {
      at: place, type: view.getUint16(4, true), unit: view.getUint16(6, true), records: view.getUint32(8, true),
      rawBytes: view.getUint32(12, true), packedBytes: view.getUint32(16, true), firstCycle: u64(view, 20),
      endCycle: u64(view, 28), firstNumber: u64(view, 36),
    };
    return chunk.packedBytes <= size - place - chunkHeadBytes && believable(chunk) ? chunk : undefined;
  }
}

export interface Container {
  readonly chunks: readonly Chunk[];
  /** Index and tail are whole. Without them the file ends with its last whole chunk. */
  readonly whole: boolean;
}

export async function openContainer(source: ByteSource): Promise<Container> {
  const head = await source.read(0, Math.min(headBytes, source.size));
  if (head.length < headBytes || ascii(head, 0, 8) !== 'NNPTRACE')
    throw new TraceError(`${source.name} is not a trace of nnpsim: it does not begin with NNPTRACE.`);
  const found = viewOf(head).getUint32(8, true);
  if (found !== version)
    throw new TraceError(`${source.name} is a trace of version ${found}; this page reads version ${version}.`);
  const heads = new HeadReader(source);
  const indexed = await readIndex(source, heads);
  if (indexed) return { chunks: indexed, whole: true };
  const chunks: Chunk[] = [];
  for (let at = headBytes; ;) {
    const chunk = await heads.at(at);
    if (!chunk) break;
    if (chunk.type !== ChunkType.index) chunks.push(chunk);
    at += chunkHeadBytes + chunk.packedBytes;
  }
  return { chunks, whole: false };
}

async function readIndex(source: ByteSource, heads: HeadReader): Promise<Chunk[] | undefined> {
  if (source.size < headBytes + chunkHeadBytes + tailBytes) return undefined;
  const tail = await source.read(source.size - tailBytes, source.size);
  const view = viewOf(tail);
  const indexAt = u64(view, 0);
  if (u64(view, 8) !== source.size || ascii(tail, 16, 20) !== 'TAIL' ||
      view.getUint32(20, true) !== crc32(tail.subarray(0, 20)) || indexAt >= source.size) return undefined;
  const index = await heads.at(indexAt);
  if (!index || index.type !== ChunkType.index) return undefined;
  const list = await payloadOf(source, index);
  if (list.length % 8 !== 0) throw damaged(source, index, 'its size is odd');
  const places = viewOf(list);
  const chunks: Chunk[] = [];
  let end = headBytes;
  for (let i = 0; i < list.length; i += 8) {
    const at = u64(places, i);
    const chunk = at >= end ? await heads.at(at) : undefined;  // counting up: a small file stays small
    if (!chunk) throw new TraceError(`${source.name}: there is no chunk at byte ${at}, which the index names.`);
    chunks.push(chunk);
    end = at + chunkHeadBytes + chunk.packedBytes;
  }
  return chunks;
}

export function damaged(source: ByteSource, chunk: Chunk, what: string): TraceError {
  return new TraceError(`${source.name}: the chunk at byte ${chunk.at} is damaged: ${what}.`);
}

/** The chunk's bytes, unpacked. Throws TraceError where checksum or size do not fit. */
export async function payloadOf(source: ByteSource, chunk: Chunk): Promise<Uint8Array> {
  const bytes = await source.read(chunk.at, chunk.at + chunkHeadBytes + chunk.packedBytes);
  const packed = bytes.subarray(chunkHeadBytes);
  const crc = crc32(packed, crc32(bytes.subarray(0, chunkHeadBytes - 4)));
  if (bytes.length < chunkHeadBytes + chunk.packedBytes || crc !== viewOf(bytes).getUint32(chunkHeadBytes - 4, true))
    throw damaged(source, chunk, 'its checksum does not fit');
  const raw = await inflate(packed, chunk.rawBytes);
  if (!raw) throw damaged(source, chunk, 'it cannot be unpacked');
  return raw;
}

/** Undefined where the stream is broken, or longer or shorter than `size`. */
async function inflate(packed: Uint8Array, size: number): Promise<Uint8Array | undefined> {
  const raw = new Uint8Array(size);
  let at = 0;
  try {
    const stream = new Blob([packed as BlobPart]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
    const reader = stream.getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      if (at + part.value.length > size) return undefined;
      raw.set(part.value, at);
      at += part.value.length;
    }
  } catch {
    return undefined;
  }
  return at === size ? raw : undefined;
}
