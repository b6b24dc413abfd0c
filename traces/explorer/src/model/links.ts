// SPDX-License-Identifier: Apache-2.0
// Which unit moved how many bytes over which link in a window of time.
import type { BlockOf } from '../format/trace_file';
import type { Run } from './run';

export interface Link {
  readonly unit: number;    // whose transfers they are
  readonly server: number;  // memory channel, or hostLink
  readonly readBytes: number;
  readonly writtenBytes: number;
  readonly transfers: number;
}

/** Transfers whose answer came in [from, to) of the core clock, summed by unit and server. */
export async function linkBytes(run: Run, from: number, to: number): Promise<Link[]> {
  run.requireRecords();
  const sums = new Map<string, { -readonly [K in keyof Link]: Link[K] }>();
  for (const unit of run.units) {
    if (unit.memoryClock) continue;
    for (const block of await run.load('transfers', unit.id, from, to))
      for (let i = 0; i < block.count; ++i) {
        if (block.answered[i]! < from || block.answered[i]! >= to) continue;
        const server = block.server[i]!, key = `${unit.id} ${server}`;
        let sum = sums.get(key);
        if (!sum) sums.set(key, sum = { unit: unit.id, server, readBytes: 0, writtenBytes: 0, transfers: 0 });
        if (block.write[i]) sum.writtenBytes += block.bytes[i]!;
        else sum.readBytes += block.bytes[i]!;
        ++sum.transfers;
      }
  }
  return [...sums.values()];
}
/** Records of transfers whose chunks meet the window: how much linkBytes would read. */
export function transfersMeeting(run: Run, from: number, to: number): number {
  return run.units.reduce((sum, unit) => sum + run.row('transfers', unit.id).meeting(from, to)
    .reduce((records, { chunk }) => records + chunk.records, 0), 0);
}

export interface FifoFill {
  readonly held: number;    // tiles in it
  readonly coming: number;  // asked for, their place is taken
}
/** How many of a unit's records have `time` before a core cycle. Chunks that end before it are not read. */
async function countBefore<K extends 'tiles' | 'passes'>(run: Run, kind: K, unit: number, cycle: number,
                                                         times: readonly (keyof BlockOf[K])[]): Promise<number[]> {
  const counts = times.map(() => 0);
  for (const chunk of run.row(kind, unit).chunks) {
    if (chunk.chunk.firstCycle >= cycle) continue;
    if (chunk.chunk.endCycle <= cycle) {
      times.forEach((_, t) => (counts[t]! += chunk.chunk.records));
      continue;
    }
    const block = await chunk.load();
    times.forEach((time, t) => {
      const at = block[time] as Float64Array;
      for (let i = 0; i < block.count; ++i) if (at[i]! < cycle) ++counts[t]!;
    });
  }
  return counts;
}
/** The weight FIFO at a core cycle, from the fetches of its tiles and the shifts that took them out. */
export async function weightFifo(run: Run, cycle: number): Promise<FifoFill | null> {
  const dma = run.unit('weight_dma'), matrix = run.unit('matrix');
  if (!dma || !matrix) return null;
  const [asked, pushed] = await countBefore(run, 'tiles', dma.id, cycle, ['requested', 'pushed']);
  const [taken] = await countBefore(run, 'passes', matrix.id, cycle, ['shiftEnd']);
  return { held: pushed! - taken!, coming: asked! - pushed! };
}
