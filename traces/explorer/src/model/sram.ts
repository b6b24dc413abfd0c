// SPDX-License-Identifier: Apache-2.0
// Who has which bytes of the unified buffer from when to when: the program's live ranges, put to the times of their
// instructions.
import type { Run } from './run';

export interface Tenants {
  readonly count: number;
  readonly start: Float64Array;     // the writer starts; core cycles
  readonly end: Float64Array;       // the last reader retires
  readonly begin: Float64Array;     // address
  readonly bytes: Float64Array;
  readonly layer: Uint16Array;      // the writer's
  readonly unit: Uint16Array;       // the writer's
  readonly writer: Uint32Array;     // instructions
  readonly lastReader: Uint32Array;
  readonly read: Uint8Array;        // somebody reads it
  readonly readerLayer: Uint16Array;
}

const made = new WeakMap<Run, Promise<Tenants | null>>();
/** Null where the trace does not say what the buffer holds. Reads the spans of all instructions, once. */
export function tenantsOf(run: Run): Promise<Tenants | null> {
  let tenants = made.get(run);
  if (!tenants) made.set(run, tenants = make(run));
  return tenants;
}

async function make(run: Run): Promise<Tenants | null> {
  const ranges = await run.file.liveRanges();
  if (ranges.length === 0 || !run.hasRecords) return null;
  const size = run.info.instructions;
  const started = new Float64Array(size).fill(-1), retired = new Float64Array(size);
  const layer = new Uint16Array(size), unit = new Uint16Array(size);
  for (const each of run.units) {
    if (each.memoryClock) continue;
    for (const block of await run.load('instructions', each.id))
      for (let i = 0; i < block.count; ++i) {
        const instruction = block.instruction[i]!;
        started[instruction] = block.started[i]!, retired[instruction] = block.retired[i]!;
        layer[instruction] = block.layer[i]!, unit[instruction] = each.id;
      }
  }
  const most = ranges.reduce((sum, { count }) => sum + count, 0);
  const numbers = () => new Float64Array(most);
  const t = { start: numbers(), end: numbers(), begin: numbers(), bytes: numbers(), layer: new Uint16Array(most), unit: new Uint16Array(most),
              writer: new Uint32Array(most), lastReader: new Uint32Array(most), read: new Uint8Array(most), readerLayer: new Uint16Array(most) };
  let count = 0;
  for (const block of ranges)
    for (let i = 0; i < block.count; ++i) {
      const writer = block.writer[i]!, reader = block.lastReader[i]!;
      if (writer >= size || started[writer]! < 0) continue;  // a run that ended early
      const last = reader < size && started[reader]! >= 0 ? reader : writer;
      t.start[count] = started[writer]!, t.end[count] = Math.max(retired[last]!, started[writer]!);
      t.begin[count] = block.begin[i]!, t.bytes[count] = block.bytes[i]!;
      t.layer[count] = layer[writer]!, t.unit[count] = unit[writer]!, t.writer[count] = writer, t.lastReader[count] = last;
      t.read[count] = last === writer ? 0 : 1, t.readerLayer[count] = layer[last]!;
      ++count;
    }
  return { count, ...t };
}

export interface Held {
  readonly layer: number;
  readonly unit: number;
  readonly begin: number;
  readonly bytes: number;
  readonly start: number;
  readonly end: number;
  readonly writer: number;
  readonly lastReader: number;
  readonly read: boolean;
  readonly readerLayer: number;
}
/** What the buffer holds at a cycle, by address; neighbours of one writer and one last reader as one. */
export function heldAt(tenants: Tenants, cycle: number): Held[] {
  const live: number[] = [];
  for (let i = 0; i < tenants.count; ++i) if (tenants.start[i]! <= cycle && cycle < tenants.end[i]!) live.push(i);
  live.sort((a, b) => tenants.begin[a]! - tenants.begin[b]!);
  const list: { -readonly [K in keyof Held]: Held[K] }[] = [];
  for (const i of live) {
    const last = list.at(-1);
    if (last && last.writer === tenants.writer[i] && last.lastReader === tenants.lastReader[i] && last.begin + last.bytes === tenants.begin[i]) {
      last.bytes += tenants.bytes[i]!;
      continue;
    }
    list.push({ layer: tenants.layer[i]!, unit: tenants.unit[i]!, begin: tenants.begin[i]!, bytes: tenants.bytes[i]!, start: tenants.start[i]!,
                end: tenants.end[i]!, writer: tenants.writer[i]!, lastReader: tenants.lastReader[i]!, read: tenants.read[i] === 1,
                readerLayer: tenants.readerLayer[i]! });
  }
  return list;
}

/** Bytes that live on average in each of `bins` equal parts of [from, to), by the layer that wrote them. */
export function liveByLayer(tenants: Tenants, from: number, to: number, bins: number): Map<number, Float64Array> {
  const sums = new Map<number, Float64Array>(), width = (to - from) / bins;
  for (let i = 0; i < tenants.count; ++i) {
    const start = Math.max(from, tenants.start[i]!), end = Math.min(to, tenants.end[i]!);
    if (end <= start) continue;
    let list = sums.get(tenants.layer[i]!);
    if (!list) sums.set(tenants.layer[i]!, list = new Float64Array(bins));
    const first = Math.floor((start - from) / width), last = Math.min(bins - 1, Math.floor((end - from) / width));
    for (let bin = first; bin <= last; ++bin) {
      const overlap = Math.min(end, from + (bin + 1) * width) - Math.max(start, from + bin * width);
      if (overlap > 0) list[bin]! += tenants.bytes[i]! * overlap / width;
    }
  }
  return sums;
}
/** The next cycle after which something else is in the buffer, or the last one before. */
export function nextMove(tenants: Tenants, cycle: number, forward: boolean): number | null {
  let best: number | null = null;
  for (const times of [tenants.start, tenants.end])
    for (let i = 0; i < tenants.count; ++i) {
      const time = times[i]!;
      if (forward ? time > cycle && (best === null || time < best) : time < cycle && (best === null || time > best)) best = time;
    }
  return best;
}

export interface AddressRange {
  readonly begin: number;
  readonly end: number;
}
/** Addresses that anything ever had, in order; gaps shorter than a twentieth of what is used belong to them. */
export function usedAddresses(tenants: Tenants): AddressRange[] {
  const order = Array.from({ length: tenants.count }, (_, i) => i).sort((a, b) => tenants.begin[a]! - tenants.begin[b]!);
  const merged = (least: number) => {
    const list: { begin: number; end: number }[] = [];
    for (const i of order) {
      const begin = tenants.begin[i]!, end = begin + tenants.bytes[i]!, last = list.at(-1);
      if (last && begin <= last.end + least) last.end = Math.max(last.end, end);
      else list.push({ begin, end });
    }
    return list;
  };
  const used = merged(0).reduce((sum, { begin, end }) => sum + end - begin, 0);
  return merged(used / 20);
}
