// SPDX-License-Identifier: Apache-2.0
// Columns to records: each chunk becomes arrays, one entry a record. Cycles are of the unit's own clock.
import { type Chunk } from './container';
import { type Column, ColumnError, columnsOf } from './columns';

export const none = 0xffffffff;     // no instruction, no transfer
export const noLayer = 0xffff, noUnit = 0xffff, hostLink = 0xfffe;

export const stateNames = ['idle', 'busy', 'wait'] as const;
export const IDLE = 0, BUSY = 1, WAIT = 2;
export const releaseNames =
  ['own', 'retired', 'dispatched', 'decoded', 'transfer', 'tile_arrived', 'tile_taken'] as const;
export type ReleaseName = (typeof releaseNames)[number];

/** State, cause, what was waited for, and what kind of event of which unit ended it. */
export interface StateKind {
  readonly code: number;         // state x 16 + cause: what pyramids count by
  readonly state: number;        // IDLE, BUSY, WAIT
  readonly cause: number;        // 0: none
  readonly resource: number;     // a unit, hostLink or noUnit
  readonly release: ReleaseName;
  readonly releaseUnit: number;  // a unit, hostLink or noUnit
}

/** States of a unit that follow each other without a gap; `start` has one entry more: the end of the last. */
export interface StateBlock {
  readonly count: number;
  readonly kinds: readonly StateKind[];
  readonly start: Float64Array;
  readonly kind: Uint16Array;
  readonly layer: Uint16Array;
  readonly instruction: Uint32Array;
  readonly number: Uint32Array;  // of the release
}

export interface InstructionBlock {
  readonly count: number;
  readonly layer: Uint16Array;
  readonly instruction: Uint32Array;
  readonly dispatched: Float64Array;
  readonly decoded: Float64Array;
  readonly ready: Float64Array;
  readonly started: Float64Array;
  readonly ended: Float64Array;
  readonly retired: Float64Array;
  readonly completedBy: Uint32Array;  // transfer
}

export interface TransferBlock {
  readonly count: number;
  readonly first: number;  // number of the first; the others count up
  readonly server: Uint16Array;
  readonly layer: Uint16Array;
  readonly write: Uint8Array;
  readonly instruction: Uint32Array;
  readonly address: Float64Array;
  readonly bytes: Float64Array;
  readonly sent: Float64Array;
  readonly answered: Float64Array;
}

export interface TileBlock {
  readonly count: number;
  readonly first: number;
  readonly instruction: Uint32Array;
  readonly requested: Float64Array;
  readonly pushed: Float64Array;
  readonly completedBy: Uint32Array;
}

export interface PassBlock {
  readonly count: number;
  readonly first: number;
  readonly layer: Uint16Array;
  readonly instruction: Uint32Array;
  readonly rows: Uint32Array;
  readonly shiftStart: Float64Array;
  readonly shiftEnd: Float64Array;
  readonly streamStart: Float64Array;
  readonly streamEnd: Float64Array;
}

export const commandNames = ['ACT', 'PRE', 'PREA', 'RD', 'WR', 'REF'] as const;
export interface CommandBlock {
  readonly count: number;
  readonly operation: Uint8Array;  // of commandNames
  readonly bank: Uint8Array;       // over all groups
  readonly row: Uint32Array;
  readonly column: Uint32Array;    // in bursts
  readonly cycle: Float64Array;    // of the memory clock
}

const toUnit = (value: number) => (value + 0xffff) % 0x10000;  // 0 is none

function stateKinds(column: Column): StateKind[] {
  const kinds: StateKind[] = [];
  while (!column.atEnd) {
    const code = column.take(), resource = toUnit(column.take()), release = releaseNames[column.take()];
    if (code >= 48) throw new ColumnError('it has a state that does not exist');
    if (!release) throw new ColumnError('it has a release that does not exist');
    kinds.push({ code, state: code >> 4, cause: code & 15, resource, release, releaseUnit: toUnit(column.take()) });
  }
  return kinds;
}

export function decodeStates(chunk: Chunk, payload: Uint8Array): StateBlock {
  const [length, kindColumn, layerColumn, instructionColumn, numberColumn, kindList] =
    columnsOf(payload, 6) as [Column, Column, Column, Column, Column, Column];
  const kinds = stateKinds(kindList);
  const count = chunk.records;
  const start = new Float64Array(count + 1), kind = new Uint16Array(count), layer = new Uint16Array(count);
  const instruction = new Uint32Array(count), number = new Uint32Array(count);
  const releases = kinds.map((k) => releaseNames.indexOf(k.release));
  const last = new Float64Array(releaseNames.length);
  let at = chunk.firstCycle;
  for (let i = 0; i < count; ++i) {
    const cycles = length.take(), index = kindColumn.take();
    if (index >= kinds.length) throw new ColumnError('it has a state that is not in its list');
    if (cycles === 0 || cycles > chunk.endCycle - at) throw new ColumnError('its states do not fit its cycles');
    start[i] = at;
    at += cycles;
    kind[i] = index;
    layer[i] = layerColumn.takeDelta();
    instruction[i] = instructionColumn.takeDelta();
    const release = releases[index]!;
    number[i] = last[release] = last[release]! + numberColumn.takeSigned();
  }
  if (at !== chunk.endCycle) throw new ColumnError('its states do not fit its cycles');
  start[count] = at;
  return { count, kinds, start, kind, layer, instruction, number };
}

export function decodeInstructions(chunk: Chunk, payload: Uint8Array): InstructionBlock {
  const c = columnsOf(payload, 9);
  const count = chunk.records;
  const cycles = () => new Float64Array(count);
  const block = {
    count, layer: new Uint16Array(count), instruction: new Uint32Array(count), dispatched: cycles(),
    decoded: cycles(), ready: cycles(), started: cycles(), ended: cycles(), retired: cycles(),
    completedBy: new Uint32Array(count),
  };
  for (let i = 0; i < count; ++i) {
    block.layer[i] = c[0]!.takeDelta();
    block.instruction[i] = c[1]!.takeDelta();
    let at = (block.dispatched[i] = c[2]!.takeDelta());
    at = block.decoded[i] = at + c[3]!.takeSigned();
    at = block.ready[i] = at + c[4]!.takeSigned();
    at = block.started[i] = at + c[5]!.takeSigned();
    at = block.ended[i] = at + c[6]!.takeSigned();
    block.retired[i] = at + c[7]!.takeSigned();
    block.completedBy[i] = c[8]!.takeDelta();
  }
  return block;
}

export function decodeTransfers(chunk: Chunk, payload: Uint8Array): TransferBlock {
  const c = columnsOf(payload, 8);
  const count = chunk.records;
  const block = {
    count, first: chunk.firstNumber, server: new Uint16Array(count), layer: new Uint16Array(count),
    write: new Uint8Array(count), instruction: new Uint32Array(count), address: new Float64Array(count),
    bytes: new Float64Array(count), sent: new Float64Array(count), answered: new Float64Array(count),
  };
  let expected = 0;
  for (let i = 0; i < count; ++i) {
    block.server[i] = toUnit(c[0]!.take());
    block.layer[i] = c[1]!.takeDelta();
    block.write[i] = c[2]!.take() === 0 ? 0 : 1;
    block.instruction[i] = c[3]!.takeDelta();
    block.address[i] = expected + c[4]!.takeSigned();
    block.bytes[i] = c[5]!.take();
    block.sent[i] = c[6]!.takeDelta();
    block.answered[i] = block.sent[i]! + c[7]!.take();
    expected = block.address[i]! + block.bytes[i]!;
  }
  return block;
}

export function decodeTiles(chunk: Chunk, payload: Uint8Array): TileBlock {
  const c = columnsOf(payload, 4);
  const count = chunk.records;
  const block = {
    count, first: chunk.firstNumber, instruction: new Uint32Array(count), requested: new Float64Array(count),
    pushed: new Float64Array(count), completedBy: new Uint32Array(count),
  };
  for (let i = 0; i < count; ++i) {
    block.instruction[i] = c[0]!.takeDelta();
    block.requested[i] = c[1]!.takeDelta();
    block.pushed[i] = block.requested[i]! + c[2]!.take();
    block.completedBy[i] = c[3]!.takeDelta();
  }
  return block;
}

export function decodePasses(chunk: Chunk, payload: Uint8Array): PassBlock {
  const c = columnsOf(payload, 7);
  const count = chunk.records;
  const block = {
    count, first: chunk.firstNumber, layer: new Uint16Array(count), instruction: new Uint32Array(count),
    rows: new Uint32Array(count), shiftStart: new Float64Array(count), shiftEnd: new Float64Array(count),
    streamStart: new Float64Array(count), streamEnd: new Float64Array(count),
  };
  for (let i = 0; i < count; ++i) {
    block.layer[i] = c[0]!.takeDelta();
    block.instruction[i] = c[1]!.takeDelta();
    block.rows[i] = c[2]!.takeDelta();
    block.shiftStart[i] = c[3]!.takeDelta();
    block.shiftEnd[i] = block.shiftStart[i]! + c[4]!.take();
    block.streamStart[i] = block.shiftEnd[i]! + c[5]!.takeSigned();
    block.streamEnd[i] = block.streamStart[i]! + c[6]!.take();
  }
  return block;
}

export function decodeCommands(chunk: Chunk, payload: Uint8Array): CommandBlock {
  const c = columnsOf(payload, 5);
  const count = chunk.records;
  const block = {
    count, operation: new Uint8Array(count), bank: new Uint8Array(count), row: new Uint32Array(count),
    column: new Uint32Array(count), cycle: new Float64Array(count),
  };
  for (let i = 0; i < count; ++i) {
    block.operation[i] = c[0]!.take();
    block.bank[i] = c[1]!.take();
    block.row[i] = c[2]!.takeDelta();
    block.column[i] = c[3]!.takeDelta();
    block.cycle[i] = c[4]!.takeDelta();
  }
  return block;
}
