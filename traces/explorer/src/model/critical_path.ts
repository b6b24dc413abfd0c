// SPDX-License-Identifier: Apache-2.0
// Which chain of work and waits made the run as long as it is: from the last cycle back to the first, at each wait
// over to the unit that ended it. The pieces cover every cycle once. The walk of traces/query/critical_path in C++.
import { BUSY, IDLE, noLayer, none, noUnit, WAIT } from '../format/records';
import { type State } from './at_cycle';
import type { Graph, Point } from './graph';

/** In the order of time; piece i lasts from start[i] to start[i + 1], the last one to the end of the run. */
export interface CriticalPath {
  readonly count: number;
  readonly end: number;
  readonly unit: Uint16Array;
  readonly state: Uint8Array;        // BUSY or WAIT
  readonly cause: Uint8Array;        // of a wait
  readonly resource: Uint16Array;
  readonly layer: Uint16Array;
  readonly instruction: Uint32Array;
  readonly start: Float64Array;      // count + 1 entries
}

const pause = () => new Promise((done) => setTimeout(done));
const stepsAtOnce = 200_000;  // of the walk, before the page may breathe

export async function criticalPath(graph: Graph): Promise<CriticalPath> {
  const { run } = graph;
  const pcie = run.causeNamed('pcie')?.code ?? 0;
  const unit: number[] = [], state: number[] = [], cause: number[] = [], resource: number[] = [];
  const layer: number[] = [], instruction: number[] = [], start: number[] = [];
  const add = (at: number, from: number, piece: State | null) => {
    unit.push(at), start.push(from);
    state.push(piece?.kind.state === BUSY ? BUSY : WAIT);
    // With nothing at hand the command processor's time is the link's: doorbell and interrupt cross it.
    const idleAtHead = piece !== null && piece.kind.state === IDLE && at === 0;
    cause.push(piece ? (idleAtHead ? pcie : piece.kind.cause) : 0);
    const server = piece ? graph.serverOf(piece) : noUnit;
    resource.push(server !== noUnit ? server : (piece?.kind.resource ?? noUnit));
    layer.push(piece?.layer ?? noLayer), instruction.push(piece?.instruction ?? none);
  };
  let at: Point = { unit: 0, cycle: run.units.length === 0 ? 0 : graph.end };
  let stepsInPlace = 0, steps = 0;
  while (at.cycle > 0) {
    if (++steps % stepsAtOnce === 0) await pause();
    const known = graph.known(at.unit);
    if (known < at.cycle) {  // an incomplete trace: this unit's last state is not in it
      add(at.unit, known, null);
      at = { unit: at.unit, cycle: known };
      continue;
    }
    const record: State = graph.state(at.unit, at.cycle - 1);
    const next = record.kind.state !== BUSY && record.end === at.cycle ? graph.origin(record) : null;
    const usable = next !== null && next.cycle <= at.cycle && next.unit < run.units.length &&
                   !run.units[next.unit]!.memoryClock &&
                   (next.cycle < at.cycle || ++stepsInPlace <= run.units.length);
    const to: Point = usable ? next : { unit: at.unit, cycle: record.start };
    if (to.cycle < at.cycle) {
      add(record.unit, to.cycle, record);
      stepsInPlace = 0;
    }
    at = to;
  }
  const count = start.length;
  const starts = new Float64Array(count + 1);
  starts.set(start.reverse());
  starts[count] = graph.end;
  return {
    count, end: graph.end, unit: Uint16Array.from(unit.reverse()), state: Uint8Array.from(state.reverse()),
    cause: Uint8Array.from(cause.reverse()), resource: Uint16Array.from(resource.reverse()),
    layer: Uint16Array.from(layer.reverse()), instruction: Uint32Array.from(instruction.reverse()), start: starts,
  };
}

export interface PathSum {
  readonly unit: number;
  readonly state: number;
  readonly cause: number;
  readonly resource: number;
  readonly cycles: number;
  readonly pieces: number;
}
/** Cycles on the path by unit, cause and what was waited for; longest first. */
export function pathSums(path: CriticalPath): PathSum[] {
  const sums = new Map<string, { cycles: number; pieces: number; i: number }>();
  for (let i = 0; i < path.count; ++i) {
    const key = `${path.unit[i]} ${path.state[i]} ${path.cause[i]} ${path.resource[i]}`;
    let sum = sums.get(key);
    if (!sum) sums.set(key, sum = { cycles: 0, pieces: 0, i });
    sum.cycles += path.start[i + 1]! - path.start[i]!;
    ++sum.pieces;
  }
  return [...sums.values()].map(({ cycles, pieces, i }) => ({
    unit: path.unit[i]!, state: path.state[i]!, cause: path.cause[i]!, resource: path.resource[i]!, cycles, pieces,
  })).sort((a, b) => b.cycles - a.cycles);
}
/** Cycles on the path by layer; noLayer for those of none. */
export function pathByLayer(path: CriticalPath): Map<number, number> {
  const sums = new Map<number, number>();
  for (let i = 0; i < path.count; ++i)
    sums.set(path.layer[i]!, (sums.get(path.layer[i]!) ?? 0) + path.start[i + 1]! - path.start[i]!);
  return sums;
}
