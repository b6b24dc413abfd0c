// SPDX-License-Identifier: Apache-2.0
// Reads a trace: its texts at once, everything else when it is asked for, each chunk once.
import { type Chunk, ChunkType, damaged, openContainer, payloadOf, TraceError } from './container';
import { ColumnError } from './columns';
import type { Metadata, Summary } from './metadata';
import {
  type CommandBlock, decodeCommands, decodeInstructions, decodePasses, decodeStates, decodeTiles, decodeTransfers,
  type InstructionBlock, type PassBlock, type StateBlock, type TileBlock, type TransferBlock,
} from './records';
import { type Counter, decodeCounter, decodeLiveRanges, decodePyramid, type LiveRangeBlock, type PyramidLevel } from './series';
import type { ByteSource } from './source';

export interface BlockOf {
  states: StateBlock;
  instructions: InstructionBlock;
  transfers: TransferBlock;
  tiles: TileBlock;
  passes: PassBlock;
  commands: CommandBlock;
}
export type RecordKind = keyof BlockOf;

const decoders: { [K in RecordKind]: (chunk: Chunk, payload: Uint8Array) => BlockOf[K] } = {
  states: decodeStates, instructions: decodeInstructions, transfers: decodeTransfers, tiles: decodeTiles,
  passes: decodePasses, commands: decodeCommands,
};

/** One chunk of records: where it lies in time, and its block once it was read. */
export class RecordChunk<K extends RecordKind> {
  block: BlockOf[K] | undefined;
  private loading: Promise<BlockOf[K]> | undefined;
  constructor(private file: TraceFile, readonly chunk: Chunk, private kind: K) {}

  load(): Promise<BlockOf[K]> {
    return (this.loading ??= this.file.decode(this.chunk, decoders[this.kind])
                               .then((block) => (this.block = block)));
  }
}

/** A level of a unit's pyramid: its step, and its shares once they were read. */
export class LazyLevel {
  level: PyramidLevel | undefined;
  readonly bucketCycles: number;
  readonly buckets: number;
  private loading: Promise<PyramidLevel> | undefined;
  constructor(private file: TraceFile, private chunk: Chunk) {
    this.bucketCycles = Math.max(1, chunk.firstNumber);
    this.buckets = chunk.records;
  }
  load(): Promise<PyramidLevel> {
    return (this.loading ??= this.file.decode(this.chunk, decodePyramid).then((level) => (this.level = level)));
  }
}

export class TraceFile {
  /** Why the file holds less than a whole run; empty when it does not. */
  shortcoming = '';
  private recordChunks = new Map<string, RecordChunk<RecordKind>[]>();
  private constructor(readonly source: ByteSource, readonly chunks: readonly Chunk[], readonly info: Metadata,
                      readonly summary: Summary | null) {}

  /** Throws TraceError, in words for the reader. */
  static async open(source: ByteSource): Promise<TraceFile> {
    const { chunks, whole } = await openContainer(source);
    const first = chunks[0], last = chunks[chunks.length - 1];
    if (!first || first.type !== ChunkType.metadata)
      throw new TraceError(`${source.name} ends before its metadata: there is nothing to show.`);
    const info = await json<Metadata>(source, first, 'metadata');
    if (info.schema !== 'nnpsim.trace/1' || !Array.isArray(info.units) || !Array.isArray(info.layers) ||
        !Array.isArray(info.causes))
      throw damaged(source, first, 'its metadata is of another schema');
    const summary = last!.type === ChunkType.summary ? await json<Summary>(source, last!, 'summary') : null;
    const file = new TraceFile(source, chunks, info, summary);
    if (!whole) file.shortcoming = 'The file ends early: its writer was stopped, or it was cut off.';
    else if (summary && !summary.complete) file.shortcoming = `The run ended early: ${summary.ended}`;
    for (const chunk of chunks)
      if (chunk.type >= ChunkType.states && chunk.type <= ChunkType.pyramid && chunk.type !== ChunkType.counter &&
          chunk.unit >= info.units.length)
        throw damaged(source, chunk, `it belongs to unit ${chunk.unit} of ${info.units.length}`);
    return file;
  }

  async decode<T>(chunk: Chunk, decoder: (chunk: Chunk, payload: Uint8Array) => T): Promise<T> {
    const payload = await payloadOf(this.source, chunk);
    try {
      return decoder(chunk, payload);
    } catch (error) {
      if (error instanceof ColumnError) throw damaged(this.source, chunk, error.message);
      throw error;
    }
  }

  private ofType(type: number, unit?: number): Chunk[] {
    return this.chunks.filter((chunk) => chunk.type === type && (unit === undefined || chunk.unit === unit));
  }

  /** The chunks of one unit's records, in the order of time. */
  records<K extends RecordKind>(kind: K, unit: number): readonly RecordChunk<K>[] {
    const key = `${kind} ${unit}`;
    let list = this.recordChunks.get(key);
    if (!list) {
      list = this.ofType(ChunkType[kind], unit)
                 .map((chunk) => new RecordChunk<RecordKind>(this, chunk, kind as RecordKind));
      this.recordChunks.set(key, list);
    }
    return list as unknown as readonly RecordChunk<K>[];
  }

  /** Finest level first. */
  levels(unit: number): LazyLevel[] {
    return this.ofType(ChunkType.pyramid, unit).map((chunk) => new LazyLevel(this, chunk));
  }
  async counters(): Promise<Counter[]> {
    return Promise.all(this.ofType(ChunkType.counter).map((chunk) => this.decode(chunk, decodeCounter)));
  }
  /** Empty at level summary, and in traces of older versions. */
  async liveRanges(): Promise<LiveRangeBlock[]> {
    return Promise.all(this.ofType(ChunkType.liveRanges).map((chunk) => this.decode(chunk, decodeLiveRanges)));
  }
  /** Disassembled instructions; empty at level summary. */
  async programText(): Promise<string[]> {
    const lines: string[] = [];
    for (const chunk of this.ofType(ChunkType.programText)) {
      const text = new TextDecoder().decode(await payloadOf(this.source, chunk));
      for (const line of text.split('\n').slice(0, chunk.records)) lines.push(line);
    }
    return lines;
  }
  get hasRecords(): boolean {
    return this.chunks.some((chunk) => chunk.type === ChunkType.states);
  }
  get recordCount(): number {
    return this.chunks.reduce((sum, chunk) =>
      sum + (chunk.type >= ChunkType.states && chunk.type <= ChunkType.commands ? chunk.records : 0), 0);
  }
}

async function json<T>(source: ByteSource, chunk: Chunk, what: string): Promise<T> {
  const payload = await payloadOf(source, chunk);
  try {
    return JSON.parse(new TextDecoder().decode(payload)) as T;
  } catch (error) {
    throw damaged(source, chunk, `its ${what} cannot be read (${(error as Error).message})`);
  }
}
