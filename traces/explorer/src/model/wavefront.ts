// SPDX-License-Identifier: Apache-2.0
// What each PE of the array does in each cycle, computed from when a pass loads and streams: nothing of it is stored.
// The rules are those of sim/units/matrix (timing/array_timing.h, registers/register_array.h, driven_array.cpp); a
// test holds every PE of small arrays against the register-level arrays.

export type ArrayKind = 'weight_stationary' | 'input_stationary' | 'output_stationary' | 'adder_tree';
export interface ArrayDesign {
  readonly kind: ArrayKind;
  readonly rows: number;
  readonly cols: number;
  readonly lanes: number;          // rows that enter or leave side by side
  readonly treeRegisters: number;  // adder tree: registers from an input to a sum
  readonly idealFill: boolean;     // no way in or out takes time: sums leave in the cycle of their step
}

/** One stationary tile's pass, or where weights stream the part of a pass that uses one weight tile. */
export interface ArrayPass {
  readonly from: number;           // first cycle of its stream at the array's corner
  readonly vectors: number;        // streamed: rows of activations, steps of depth, or columns of weights
  readonly firstVector: number;    // of those that the whole pass streams
  readonly cyclesAVector: number;  // its words, its steps: whichever takes longer
  readonly parts: number;          // steps a vector: 2 where 16-bit activations go a byte at a time
  readonly opens: boolean;         // the stationary operand is swapped in, sums begin
  readonly closes: boolean;        // its sums are done
  readonly loadFrom: number;       // first cycle in which rows of the stationary operand enter, lanes at a time
  readonly loadSteps: number;      // 0: nothing is loaded, or the trace does not say when
  readonly usedRows: number;       // PEs that have work
  readonly usedCols: number;
}

export interface Step {
  readonly vector: number;  // of the pass
  readonly part: number;    // 0: whole or low byte, 1: high byte
  readonly last: boolean;   // the pass's last step
}

/** Cycles until what is at the corner is at this PE: one for each PE to the right and down; a tree has all at once. */
export const skew = (design: ArrayDesign, row: number, col: number) =>
  design.kind === 'adder_tree' || design.idealFill ? 0 : row + col;
/** After the last cycle of the stream. */
export const streamEnd = (pass: ArrayPass) => pass.from + pass.vectors * pass.cyclesAVector;
/** The cycle in which step `step` of its own is at the corner: in the last cycles of those that the vector's words take. */
export function stepCycle(pass: ArrayPass, step: number): number {
  const vector = Math.floor(step / pass.parts);
  return pass.from + (vector + 1) * pass.cyclesAVector - pass.parts + step % pass.parts;
}

/** What is at the corner in a cycle; null: a bubble. */
export function stepAt(pass: ArrayPass, cycle: number): Step | null {
  if (cycle < pass.from || cycle >= streamEnd(pass)) return null;
  const vector = Math.floor((cycle - pass.from) / pass.cyclesAVector);
  const part = (cycle - pass.from) % pass.cyclesAVector - (pass.cyclesAVector - pass.parts);
  if (part < 0) return null;
  return { vector: pass.firstVector + vector, part, last: pass.closes && vector === pass.vectors - 1 && part === pass.parts - 1 };
}
/** What a PE multiplies in a cycle. */
export function workAt(design: ArrayDesign, pass: ArrayPass, row: number, col: number, cycle: number): Step | null {
  return stepAt(pass, cycle - skew(design, row, col));
}
/** Whether the PE takes a stationary operand into its shadow register. */
export function shiftsAt(design: ArrayDesign, pass: ArrayPass, row: number, col: number, cycle: number): boolean {
  const step = cycle - skew(design, row, col) - pass.loadFrom;
  return 0 <= step && step < pass.loadSteps;
}
/** Whether the pass's stationary operand has taken the place of the one before, in a cycle or sooner. */
export function swappedIn(design: ArrayDesign, pass: ArrayPass, row: number, col: number, cycle: number): boolean {
  // Words that take longer than steps: the swap comes with the stream's first cycle, before its first operand.
  return cycle - skew(design, row, col) >= pass.from;
}

/** Cycles from a step at the corner until the sum of (row, col) stands at the edge; rows count where sums stay. */
export function travel(design: ArrayDesign, row: number, col: number): number {
  if (design.idealFill) return 0;
  if (design.kind === 'adder_tree') return design.treeRegisters;
  if (design.kind !== 'output_stationary') return design.rows + col;
  return 1 + row + col + Math.floor((design.rows - 1 - row) / design.lanes) * (1 + design.lanes);
}
/** Columns in which a sum of the pass stands at the edge in a cycle: the row of the sum, or its vector. */
export function leavingAt(design: ArrayDesign, pass: ArrayPass, cycle: number): { col: number; row: number }[] {
  const list: { col: number; row: number }[] = [];
  for (let col = 0; col < design.cols; ++col) {
    if (design.kind !== 'output_stationary') {
      const step = stepAt(pass, cycle - travel(design, 0, col));
      if (step) list.push({ col, row: step.vector });
      continue;
    }
    for (let row = 0; row < design.rows; ++row)
      if (stepAt(pass, cycle - travel(design, row, col))?.last) list.push({ col, row });
  }
  return list;
}
/** Cycles from the last step until the last sum stands at the edge. */
export function depth(design: ArrayDesign): number {
  if (design.idealFill) return 0;
  if (design.kind === 'adder_tree') return design.treeRegisters;
  const moves = Math.ceil(design.rows / design.lanes);
  return design.rows + design.cols - 1 + (design.kind === 'output_stationary' ? moves - 1 : 0);
}

/** Cycles from the end of a stream until its last sum stands at the edge; where the pass goes on, until its wave is through. */
export function drainOf(design: ArrayDesign, pass: ArrayPass): number {
  return pass.closes ? depth(design) : wave(design, pass.usedRows, pass.usedCols).length - 1;
}

/** PEs by their distance from the corner: count[d] of them see in a cycle what the corner saw d cycles before. */
export function wave(design: ArrayDesign, rows: number, cols: number): number[] {
  if (design.kind === 'adder_tree' || design.idealFill) return [rows * cols];
  const counts = new Array<number>(Math.max(1, rows + cols - 1)).fill(0);
  for (let d = 0; d < rows + cols - 1; ++d) counts[d] = Math.min(d, rows - 1, cols - 1, rows + cols - 2 - d) + 1;
  return counts;
}
/** How many of the PEs with work multiply in a cycle; `counts` is their wave. */
export function activePes(design: ArrayDesign, pass: ArrayPass, cycle: number,
                          counts = wave(design, pass.usedRows, pass.usedCols)): number {
  if (cycle < pass.from || cycle >= streamEnd(pass) + counts.length) return 0;
  return counts.reduce((sum, count, distance) => sum + (stepAt(pass, cycle - distance) ? count : 0), 0);
}

export type Phase = 'before' | 'load' | 'ready' | 'fill' | 'steady' | 'drain' | 'after';
export interface PhaseSpan {
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
}
/**
 * Load; fill: the wave's front is on its way through the PEs that have work; steady: every one of them has work as fast
 * as vectors come; drain: nothing enters any more, until the last sum stands at the edge. A stream shorter than the way
 * through never is steady: it drains where it would.
 */
export function phasesOf(design: ArrayDesign, pass: ArrayPass): PhaseSpan[] {
  const far = wave(design, pass.usedRows, pass.usedCols).length - 1;
  const end = streamEnd(pass), full = Math.min(pass.from + far, end);
  const loadFrom = pass.loadSteps > 0 ? pass.loadFrom : pass.from, loadEnd = loadFrom + pass.loadSteps;
  const last = end + drainOf(design, pass);
  const spans: PhaseSpan[] = [
    { phase: 'load', from: loadFrom, to: Math.min(loadEnd, pass.from) }, { phase: 'ready', from: loadEnd, to: pass.from },
    { phase: 'fill', from: pass.from, to: full }, { phase: 'steady', from: full, to: end }, { phase: 'drain', from: end, to: last },
  ];
  return spans.filter(({ from, to }) => to > from);
}
