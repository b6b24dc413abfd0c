// SPDX-License-Identifier: Apache-2.0
// One run as views ask for it. Everything that lies in records is asynchronous, because it is read when it is first
// asked for; what is asked for again is answered at once.
import { TraceError } from '../format/container';
import type { Account, CauseInfo, LayerInfo, Metadata, RunLayer, RunObject, Summary } from '../format/metadata';
import { hostLink, noLayer, none } from '../format/records';
import type { Counter, PyramidLevel } from '../format/series';
import type { ByteSource } from '../format/source';
import { type BlockOf, type LazyLevel, type RecordKind, TraceFile } from '../format/trace_file';
import { RecordRow } from './timeline';

export interface Unit {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  readonly description: string;
  readonly memoryClock: boolean;  // its cycles are of the memory's clock
  readonly box: readonly [number, number, number, number];
}
export interface Layer {
  readonly id: number;
  readonly name: string;
  readonly info: LayerInfo;
  readonly figures: RunLayer | null;  // of `nnpsim run --json`, where the trace has it
}
/** One entry of `check` of `nnpsim run --json`, where the page was written by `run --report`. */
export interface Check {
  readonly reference: string;
  readonly status: string;
  readonly reason: string;
  readonly compared: number;
  readonly mismatches: number;
}

export class Run {
  readonly units: readonly Unit[];
  readonly layers: readonly Layer[];
  private rows = new Map<string, RecordRow<RecordKind>>();
  private pyramids = new Map<number, LazyLevel[]>();
  private counterList: Promise<Counter[]> | undefined;
  private text: Promise<string[]> | undefined;

  constructor(readonly file: TraceFile, readonly name: string, readonly checks: readonly Check[] | null = null,
              /** Of the file that the page has only the figures of; 0 where it has all. */
              readonly missingBytes = 0) {
    const { info } = file;
    this.units = info.units.map((unit, id) => ({
      id, name: unit.name, kind: unit.kind, description: unit.description, memoryClock: unit.clock === 'memory',
      box: unit.box,
    }));
    const figures = file.summary?.run?.layers;
    this.layers = info.layers.map((layer, id) => ({
      id, name: layer.name, info: layer, figures: figures?.[id] ?? null,
    }));
  }
  static async open(source: ByteSource, name = source.name): Promise<Run> {
    return new Run(await TraceFile.open(source), name);
  }

  // ---- what is there at once

  get info(): Metadata { return this.file.info; }
  get summary(): Summary | null { return this.file.summary; }
  /** `nnpsim run --json` of this run, as far as it is the simulated machine's; null where the trace has none. */
  get figures(): RunObject | null { return this.file.summary?.run ?? null; }
  /** Why the trace holds less than a whole run; empty when it does not. */
  get shortcoming(): string { return this.file.shortcoming; }
  /** States and spans are there; false at level summary, and where the page has only the figures. */
  get hasRecords(): boolean { return this.file.hasRecords; }
  /** Core cycles: the run's, or of an incomplete trace how far its records reach. */
  get cycles(): number {
    if (this.summary?.complete) return this.summary.cycles;
    return Math.max(1, ...this.units.filter((unit) => !unit.memoryClock)
                           .map((unit) => this.row('states', unit.id).chunks.at(-1)?.chunk.endCycle ?? 0));
  }
  account(unit: string): Account | null { return this.summary?.units[unit] ?? null; }
  unit(name: string | null): Unit | null { return this.units.find((unit) => unit.name === name) ?? null; }
  layer(name: string | null): Layer | null { return this.layers.find((layer) => layer.name === name) ?? null; }
  cause(code: number): CauseInfo | null { return this.info.causes.find((cause) => cause.code === code) ?? null; }
  causeNamed(name: string): CauseInfo | null { return this.info.causes.find((cause) => cause.name === name) ?? null; }
  /** "matrix"; "pcie" for the link, "" for none. */
  unitWord(id: number): string { return this.units[id]?.name ?? (id === hostLink ? 'pcie' : ''); }
  layerWord(id: number): string { return id === noLayer ? '' : (this.layers[id]?.name ?? ''); }

  /** Units in the order of their ids but for memory channels, and these: a chip may have dozens. */
  get memoryChannels(): readonly Unit[] { return this.units.filter(({ kind }) => kind === 'memory'); }

  // ---- clocks

  /** The cycle of the unit's own clock in which a core cycle begins. */
  unitCycle(unit: Unit, coreCycle: number): number {
    if (!unit.memoryClock || this.info.core_frequency_khz === 0) return coreCycle;
    return Number(BigInt(coreCycle) * BigInt(this.info.memory_frequency_khz) / BigInt(this.info.core_frequency_khz));
  }
  /** Core cycles, maybe a fraction, at which a cycle of the unit's clock begins. */
  coreCycle(unit: Unit, unitCycle: number): number {
    if (!unit.memoryClock || this.info.memory_frequency_khz === 0) return unitCycle;
    return unitCycle * this.info.core_frequency_khz / this.info.memory_frequency_khz;
  }
  seconds(coreCycles: number): number { return coreCycles / (this.info.core_frequency_khz * 1000); }

  // ---- what is read on demand

  row<K extends RecordKind>(kind: K, unit: number): RecordRow<K> {
    const key = `${kind} ${unit}`;
    let row = this.rows.get(key);
    if (!row) this.rows.set(key, row = new RecordRow<RecordKind>(this.file, kind as RecordKind, unit));
    return row as unknown as RecordRow<K>;
  }
  /** Blocks of a unit's records whose chunks meet [from, to) of its clock. */
  load<K extends RecordKind>(kind: K, unit: number, from = 0, to = Infinity): Promise<BlockOf[K][]> {
    return this.row(kind, unit).load(from, to);
  }
  /** The same, where all of it is read already. */
  now<K extends RecordKind>(kind: K, unit: number, from = 0, to = Infinity): BlockOf[K][] | undefined {
    return this.row(kind, unit).now(from, to);
  }
  /** Shares of states at ever coarser steps, finest first, of the unit's clock; each is read with its load(). */
  levels(unit: number): readonly LazyLevel[] {
    let levels = this.pyramids.get(unit);
    if (!levels) this.pyramids.set(unit, levels = this.file.levels(unit));
    return levels;
  }
  pyramid(unit: number): Promise<PyramidLevel[]> {
    return Promise.all(this.levels(unit).map((level) => level.load()));
  }
  counters(): Promise<Counter[]> { return (this.counterList ??= this.file.counters()); }
  programText(): Promise<string[]> { return (this.text ??= this.file.programText()); }
  /** "12 MATMUL ..."; "" for none. */
  async instructionText(instruction: number): Promise<string> {
    if (instruction === none) return '';
    return (await this.programText())[instruction] ?? '';
  }
  /** Throws, in words, where a question needs records and there are none. */
  requireRecords(): void {
    if (this.hasRecords) return;
    throw new TraceError(this.missingBytes > 0
      ? `This page has the figures of ${this.name} only. Drop the file here, or open it, to see its records.`
      : 'This trace holds figures only: write it with --trace-level units (or full) to see single cycles.');
  }
}
