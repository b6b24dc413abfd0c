// SPDX-License-Identifier: Apache-2.0
// All instructions of a run by their place in the program.
import { noUnit } from '../format/records';
import type { InstructionBlock } from '../format/records';
import type { Run } from './run';

/** One instruction's way through its unit; core cycles. */
export interface Instruction {
  readonly index: number;  // in the program
  readonly unit: number;
  readonly layer: number;
  readonly dispatched: number;  // put into the unit's queue
  readonly decoded: number;     // taken out of it
  readonly ready: number;       // its tokens are there
  readonly started: number;
  readonly ended: number;       // its work
  readonly retired: number;     // results usable, tokens signalled
  readonly completedBy: number; // the transfer whose answer ended it, or none
}

export class InstructionIndex {
  /** Program indices of the instructions that the trace has, ascending. */
  readonly present: Uint32Array;
  private constructor(private unitOf: Uint16Array, private blockOf: Uint32Array, private placeOf: Uint32Array,
                      private blocks: readonly InstructionBlock[]) {
    let count = 0;
    for (const unit of unitOf) if (unit !== noUnit) ++count;
    this.present = new Uint32Array(count);
    let at = 0;
    unitOf.forEach((unit, i) => { if (unit !== noUnit) this.present[at++] = i; });
  }
  static async load(run: Run): Promise<InstructionIndex> {
    run.requireRecords();
    const most = run.info.instructions;
    const units = new Uint16Array(most).fill(noUnit), blocksOf = new Uint32Array(most), places = new Uint32Array(most);
    const blocks: InstructionBlock[] = [];
    for (const unit of run.units)
      for (const block of await run.load('instructions', unit.id)) {
        for (let i = 0; i < block.count; ++i) {
          const index = block.instruction[i]!;
          if (index >= most) continue;
          units[index] = unit.id, blocksOf[index] = blocks.length, places[index] = i;
        }
        blocks.push(block);
      }
    return new InstructionIndex(units, blocksOf, places, blocks);
  }
  get(index: number): Instruction | null {
    const unit = this.unitOf[index];
    if (unit === undefined || unit === noUnit) return null;
    const b = this.blocks[this.blockOf[index]!]!, i = this.placeOf[index]!;
    return {
      index, unit, layer: b.layer[i]!, dispatched: b.dispatched[i]!, decoded: b.decoded[i]!, ready: b.ready[i]!,
      started: b.started[i]!, ended: b.ended[i]!, retired: b.retired[i]!, completedBy: b.completedBy[i]!,
    };
  }
  /** Program indices of those between queue and retirement in [from, to), of this unit and layer where they are given. */
  within(from: number, to: number, unit: number | null, layer: number | null): Uint32Array {
    const list = new Uint32Array(this.present.length);
    let count = 0;
    for (const index of this.present) {
      if (unit !== null && this.unitOf[index] !== unit) continue;
      const b = this.blocks[this.blockOf[index]!]!, i = this.placeOf[index]!;
      if (b.dispatched[i]! < to && b.retired[i]! >= from && (layer === null || b.layer[i] === layer)) list[count++] = index;
    }
    return list.subarray(0, count);
  }
}

const indices = new WeakMap<Run, Promise<InstructionIndex>>();
export function instructionsOf(run: Run): Promise<InstructionIndex> {
  let index = indices.get(run);
  if (!index) indices.set(run, index = InstructionIndex.load(run));
  return index;
}
