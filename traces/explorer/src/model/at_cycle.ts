// SPDX-License-Identifier: Apache-2.0
// The whole chip at one cycle: what `nnpsim query --at` tells, from the same records.
import { none, type StateBlock, type StateKind } from '../format/records';
import type { Run, Unit } from './run';
import { lastAtOrBefore } from './timeline';

/** One state of one unit; cycles are of the unit's own clock. */
export interface State {
  readonly unit: number;
  readonly start: number;
  readonly end: number;
  readonly kind: StateKind;
  readonly layer: number;        // noLayer: none
  readonly instruction: number;  // none: none
  readonly number: number;       // of what ended it: instruction, transfer or tile
}
export interface Span {
  readonly instruction: number;
  readonly layer: number;
  readonly dispatched: number;
  readonly decoded: number;
  readonly ready: number;
  readonly started: number;
  readonly ended: number;
  readonly retired: number;
}
export interface Pass {
  readonly number: number;
  readonly layer: number;
  readonly instruction: number;
  readonly rows: number;
  readonly shiftStart: number;
  readonly shiftEnd: number;
  readonly streamStart: number;
  readonly streamEnd: number;
}
export interface UnitAt {
  readonly unit: Unit;
  readonly cycle: number;  // of the unit's own clock
  readonly state: State | null;  // null where an incomplete trace does not reach
  readonly span: Span | null;    // of the state's instruction, when it retired later on
  readonly queued: number;       // instructions in its queue
  readonly transfersInFlight: number;
  readonly bytesInFlight: number;
  readonly pass: Pass | null;    // the array's stream
}

export function stateOf(unit: number, block: StateBlock, i: number): State {
  return {
    unit, start: block.start[i]!, end: block.start[i + 1]!, kind: block.kinds[block.kind[i]!]!,
    layer: block.layer[i]!, instruction: block.instruction[i]!, number: block.number[i]!,
  };
}

/** The state that covers a cycle of the unit's own clock, out of blocks that were read. */
export function stateIn(unit: number, blocks: readonly StateBlock[], cycle: number): State | null {
  for (const block of blocks) {
    const i = lastAtOrBefore(block.start, cycle, block.count);
    if (i >= 0 && cycle < block.start[i + 1]!) return stateOf(unit, block, i);
  }
  return null;
}
export async function stateAt(run: Run, unit: Unit, unitCycle: number): Promise<State | null> {
  return stateIn(unit.id, await run.load('states', unit.id, unitCycle, unitCycle + 1), unitCycle);
}

async function unitAt(run: Run, unit: Unit, coreCycle: number): Promise<UnitAt> {
  const cycle = run.unitCycle(unit, coreCycle);
  const [states, instructions, transfers, passes] = await Promise.all([
    run.load('states', unit.id, cycle, cycle + 1), run.load('instructions', unit.id, cycle, cycle + 1),
    run.load('transfers', unit.id, cycle, cycle + 1), run.load('passes', unit.id, cycle, cycle + 1),
  ]);
  const state = stateIn(unit.id, states, cycle);
  let span: Span | null = null, queued = 0, transfersInFlight = 0, bytesInFlight = 0;
  let pass: Pass | null = null;
  for (const b of instructions)
    for (let i = 0; i < b.count; ++i) {
      if (state && state.instruction !== none && b.instruction[i] === state.instruction)
        span = {
          instruction: b.instruction[i]!, layer: b.layer[i]!, dispatched: b.dispatched[i]!, decoded: b.decoded[i]!,
          ready: b.ready[i]!, started: b.started[i]!, ended: b.ended[i]!, retired: b.retired[i]!,
        };
      if (b.dispatched[i]! < cycle && cycle <= b.decoded[i]!) ++queued;
    }
  for (const b of transfers)
    for (let i = 0; i < b.count; ++i)
      if (b.sent[i]! <= cycle && cycle < b.answered[i]!) ++transfersInFlight, bytesInFlight += b.bytes[i]!;
  for (const b of passes)
    for (let i = 0; i < b.count; ++i)
      if (b.streamStart[i]! <= cycle && cycle < b.streamEnd[i]!)
        pass = {
          number: b.first + i, layer: b.layer[i]!, instruction: b.instruction[i]!, rows: b.rows[i]!,
          shiftStart: b.shiftStart[i]!, shiftEnd: b.shiftEnd[i]!, streamStart: b.streamStart[i]!,
          streamEnd: b.streamEnd[i]!,
        };
  return { unit, cycle, state, span, queued, transfersInFlight, bytesInFlight, pass };
}

/** Every unit at a core cycle. */
export async function atCycle(run: Run, coreCycle: number): Promise<UnitAt[]> {
  run.requireRecords();
  return Promise.all(run.units.map((unit) => unitAt(run, unit, coreCycle)));
}

/** "wait raw", "busy", "idle". */
export function stateWords(run: Run, kind: StateKind): string {
  if (kind.state === 2) return `wait ${run.cause(kind.cause)?.name ?? ''}`;
  return kind.state === 1 ? 'busy' : 'idle';
}

/** What stands behind "ended by". */
export function releaseWords(run: Run, state: State): string {
  const unit = run.unitWord(state.kind.releaseUnit);
  switch (state.kind.release) {
    case 'own': return 'its own timer';
    case 'retired': return `instruction ${state.number} of ${unit}, which retired`;
    case 'dispatched': return `instruction ${state.number}, which ${unit} dispatched`;
    case 'decoded': return `instruction ${state.number}, which ${unit} took from its queue`;
    case 'transfer': return `the answer of ${unit} to its transfer ${state.number}`;
    case 'tile_arrived': return `weight tile ${state.number}, which ${unit} delivered`;
    case 'tile_taken': return `weight tile ${state.number}, which ${unit} took from the FIFO`;
  }
}
