// SPDX-License-Identifier: Apache-2.0
// A whole trace, with its links: from a wait to what ended it, and to where that came from. The same walk as
// traces/query/trace_graph in C++; a test holds the two against each other.
import { TraceError } from '../format/container';
import { BUSY, none, noUnit, type StateBlock, WAIT } from '../format/records';
import type { BlockOf, RecordKind } from '../format/trace_file';
import { type State, stateOf } from './at_cycle';
import type { Run } from './run';
import { lastAtOrBefore } from './timeline';

/** A point in time on a unit's track: what the unit was in just before `cycle` led to what is looked at. */
export interface Point {
  readonly unit: number;
  readonly cycle: number;
}

/** Blocks of one unit one behind the other; an entry is found by its place over all of them. */
class Row<K extends RecordKind> {
  private firsts: number[] = [];
  readonly count: number;
  constructor(readonly blocks: readonly BlockOf[K][]) {
    let count = 0;
    for (const block of blocks) this.firsts.push(count), (count += block.count);
    this.count = count;
  }
  find(place: number): { block: BlockOf[K]; i: number } | null {
    if (place < 0 || place >= this.count) return null;
    const b = lastAtOrBefore(this.firsts, place);
    return { block: this.blocks[b]!, i: place - this.firsts[b]! };
  }
}

interface UnitRows {
  states: Row<'states'>;
  stateStarts: number[];  // of each block
  instructions: Row<'instructions'>;
  transfers: Row<'transfers'>;
  tiles: Row<'tiles'>;
  passes: Row<'passes'>;
}
interface Sent {
  readonly unit: number;
  readonly server: number;
  readonly sent: number;
}

export class Graph {
  /** End of the core's states: the run's cycles, or how far an incomplete trace goes. */
  readonly end: number;
  private placeUnit: Uint16Array;
  private place: Uint32Array;

  private constructor(readonly run: Run, private rows: readonly UnitRows[]) {
    const damaged = (what: string) => new TraceError(`${run.name} is damaged: ${what}.`);
    const instructions = run.info.instructions;
    let most = 0;
    for (const row of rows)
      for (const block of row.instructions.blocks)
        for (let i = 0; i < block.count; ++i) most = Math.max(most, block.instruction[i]! + 1);
    if (most > instructions) throw damaged(`instruction ${most - 1} of ${instructions}`);
    this.placeUnit = new Uint16Array(most).fill(noUnit);
    this.place = new Uint32Array(most);
    let end = 0;
    for (const [id, row] of rows.entries()) {
      const name = run.units[id]!.name;
      let at = 0;
      for (const block of row.states.blocks) {
        if (block.start[0] !== at) throw damaged(`states of ${name} leave a gap before cycle ${block.start[0]}`);
        at = block.start[block.count]!;
      }
      for (const kind of ['transfers', 'tiles', 'passes'] as const) {
        let number = 0;
        for (const block of row[kind].blocks) {
          if (block.first !== number) throw damaged(`${kind} of ${name} go from number ${number} to ${block.first}`);
          number += block.count;
        }
      }
      let place = 0;
      for (const block of row.instructions.blocks)
        for (let i = 0; i < block.count; ++i) {
          this.placeUnit[block.instruction[i]!] = id;
          this.place[block.instruction[i]!] = place++;
        }
      if (!run.units[id]!.memoryClock) end = Math.max(end, at);
    }
    this.end = end;
  }

  /** Reads all records of the core's units; `progress` is told the part that is there. */
  static async load(run: Run, progress: (part: number) => void = () => {}): Promise<Graph> {
    run.requireRecords();
    const rows: UnitRows[] = [];
    for (const unit of run.units) {
      const load = <K extends RecordKind>(kind: K) => unit.memoryClock ? [] as BlockOf[K][] : run.load(kind, unit.id);
      const states = new Row<'states'>(await load('states'));
      rows.push({
        states, stateStarts: states.blocks.map((block) => block.start[0]!),
        instructions: new Row<'instructions'>(await load('instructions')),
        transfers: new Row<'transfers'>(await load('transfers')), tiles: new Row<'tiles'>(await load('tiles')),
        passes: new Row<'passes'>(await load('passes')),
      });
      progress(rows.length / run.units.length);
    }
    return new Graph(run, rows);
  }

  /** End of what is known of a unit. */
  known(unit: number): number {
    const last = this.rows[unit]!.states.blocks.at(-1);
    return last ? last.start[last.count]! : 0;
  }
  /** The block and place of the state that covers `cycle`; cycle < known(unit). */
  stateAt(unit: number, cycle: number): { block: StateBlock; i: number } {
    const row = this.rows[unit]!;
    const block = row.states.blocks[lastAtOrBefore(row.stateStarts, cycle)]!;
    return { block, i: lastAtOrBefore(block.start, cycle, block.count) };
  }
  state(unit: number, cycle: number): State {
    const { block, i } = this.stateAt(unit, cycle);
    return stateOf(unit, block, i);
  }

  /** Unit and place in order of retirement. */
  placeOf(instruction: number): { unit: number; place: number } | null {
    if (instruction >= this.place.length || this.placeUnit[instruction] === noUnit) return null;
    return { unit: this.placeUnit[instruction]!, place: this.place[instruction]! };
  }
  instructions(unit: number): Row<'instructions'> { return this.rows[unit]!.instructions; }

  private transfer(unit: number, number: number): Sent | null {
    const found = number === none ? null : this.rows[unit]!.transfers.find(number);
    if (!found) return null;
    return { unit, server: found.block.server[found.i]!, sent: found.block.sent[found.i]! };
  }

  /** A SIGNAL retires behind what is in flight: then the instruction before it is what took the time. */
  private heldBy(instruction: number) {
    const at = this.placeOf(instruction);
    if (!at) return null;
    const row = this.rows[at.unit]!.instructions;
    let { place } = at;
    let found = row.find(place)!;
    while (place > 0) {
      const { block, i } = found;
      const before = row.find(place - 1)!;
      const held = block.started[i] === block.ended[i] && block.retired[i]! > block.ended[i]! &&
                   block.completedBy[i] === none && before.block.retired[before.i] === block.retired[i];
      if (!held) break;
      --place;
      found = before;
    }
    return { unit: at.unit, ...found };
  }

  private lastTransfer(state: State): Sent | null {
    const { release, releaseUnit } = state.kind;
    if (release === 'transfer') return this.transfer(state.unit, state.number);
    if (release === 'tile_arrived' && this.rows[releaseUnit]) {
      const tile = this.rows[releaseUnit]!.tiles.find(state.number);
      return tile && this.transfer(releaseUnit, tile.block.completedBy[tile.i]!);
    }
    if (release === 'retired') {
      const span = this.heldBy(state.number);
      return span && this.transfer(span.unit, span.block.completedBy[span.i]!);
    }
    return null;
  }

  /** The memory channel or link whose answer ended it, or noUnit. */
  serverOf(state: State): number { return this.lastTransfer(state)?.server ?? noUnit; }

  /** Where to go on looking for the reason why this wait ended no earlier; null for the unit's own timer. */
  origin(state: State): Point | null {
    const transfer = this.lastTransfer(state);
    if (transfer) return { unit: transfer.unit, cycle: transfer.sent + 1 };
    const { release, releaseUnit } = state.kind;
    switch (release) {
      case 'retired': {
        const span = this.heldBy(state.number);
        return span && { unit: span.unit, cycle: span.block.ended[span.i]! };
      }
      case 'dispatched': case 'decoded': {
        const at = this.placeOf(state.number);
        if (!at) return null;
        const { block, i } = this.rows[at.unit]!.instructions.find(at.place)!;
        if (release === 'decoded') return { unit: at.unit, cycle: block.decoded[i]! };
        return this.rows[releaseUnit] ? { unit: releaseUnit, cycle: block.dispatched[i]! + 1 } : null;
      }
      case 'tile_arrived': {
        const tile = this.rows[releaseUnit]?.tiles.find(state.number);
        return tile ? { unit: releaseUnit, cycle: tile.block.pushed[tile.i]! } : null;
      }
      case 'tile_taken': {
        const pass = this.rows[releaseUnit]?.passes.find(state.number);
        return pass ? { unit: releaseUnit, cycle: pass.block.shiftEnd[pass.i]! } : null;
      }
      default: return null;
    }
  }

  /** One step of the chain behind a wait; null at its root. `until`: the state is looked at just before this. */
  before(state: State, until: number): { state: State; until: number } | null {
    if (state.kind.state === BUSY || state.end !== until) return null;
    const next = this.origin(state);
    if (!next || next.cycle === 0 || next.cycle > until || next.unit >= this.rows.length ||
        this.run.units[next.unit]!.memoryClock || this.known(next.unit) < next.cycle ||
        (next.unit === state.unit && next.cycle === until)) return null;
    return { state: this.state(next.unit, next.cycle - 1), until: next.cycle };
  }
}

export const isWait = (state: State) => state.kind.state === WAIT;
