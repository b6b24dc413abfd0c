// SPDX-License-Identifier: Apache-2.0
// The passes of a trace as the array's PEs see them: what was recorded of the matrix unit, put to the array's corner.
import { BUSY, type PassBlock, WAIT } from '../format/records';
import { chipOf, numberOf } from './chip';
import type { Run } from './run';
import { lastAtOrBefore } from './timeline';
import { type ArrayDesign, type ArrayKind, type ArrayPass, phasesOf } from './wavefront';

export interface TracedPass extends ArrayPass {
  readonly number: number;
  readonly layer: number;
  readonly instruction: number;
  readonly text: string;         // the instruction
  readonly shiftStart: number;   // as the trace has them, of the matrix unit
  readonly shiftEnd: number;
  readonly streamStart: number;
  readonly streamEnd: number;
  readonly tile: number;         // of the instruction, from 0
  readonly tiles: number;        // that the instruction has
}

export function designOf(run: Run): ArrayDesign {
  const chip = chipOf(run);
  const rows = run.info.array_rows, cols = run.info.array_cols;
  const kind = String(chip.get('core.array.kind')) as ArrayKind;
  const atOnce = kind === 'output_stationary' && chip.get('core.array.drain_phase') === false;
  return { kind, rows, cols, lanes: atOnce ? rows : Math.min(numberOf(run, 'core.array.shift_rows_per_cycle') ?? 1, rows),
           treeRegisters: numberOf(run, 'core.array.tree_registers') ?? 1, idealFill: chip.get('core.array.ideal_fill') === true };
}

/** "m=47" of an instruction's text. */
function field(text: string, name: string): number | null {
  const found = new RegExp(`\\b${name}=(0x[0-9a-f]+|\\d+)`).exec(text);
  return found ? Number(found[1]) : null;
}
const part = (extent: number, size: number, index: number) => Math.max(0, Math.min(size, extent - index * size));

const converted = new WeakMap<PassBlock, readonly TracedPass[]>();
const lookedBack = new WeakMap<PassBlock, readonly TracedPass[]>();  // the first instruction's tiles may be counted from too late

/** Passes whose chunks meet a window of the core clock, in order; those of the nearest chunks where none does. */
export async function arrayPasses(run: Run, from: number, to: number): Promise<readonly TracedPass[]> {
  const matrix = run.unit('matrix');
  if (!matrix) return [];
  const { chunks } = run.row('passes', matrix.id);
  let first = chunks.findIndex(({ chunk }) => chunk.endCycle > from);
  if (first < 0) first = chunks.length - 1;
  let last = first;
  while (last + 1 < chunks.length && chunks[last + 1]!.chunk.firstCycle < to) ++last;
  const text = await run.programText(), design = designOf(run);
  const list: TracedPass[] = [];
  let before: TracedPass | null = null;
  // The chunk before says which tile of its instruction the first pass is.
  for (const chunk of chunks.slice(Math.max(0, first - 1), last + 1)) {
    const block = await chunk.load();
    const cache: WeakMap<PassBlock, readonly TracedPass[]> = before === null && chunk !== chunks[0] ? lookedBack : converted;
    let passes: readonly TracedPass[] | undefined = cache.get(block);
    if (!passes) cache.set(block, passes = ofBlock(run, design, block, text, before));
    before = passes.at(-1) ?? before;
    for (const pass of passes) list.push(pass);
  }
  return list;
}

function ofBlock(run: Run, design: ArrayDesign, block: PassBlock, program: readonly string[], before: TracedPass | null): TracedPass[] {
  const { kind, rows, cols } = design;
  const latency = Math.max(0, (numberOf(run, 'core.buffer.read_latency_cycles') ?? 1) - 1);
  const loads = kind === 'weight_stationary' || kind === 'adder_tree', moves = Math.ceil(rows / design.lanes);
  let tile = before?.tile ?? 0, last = before?.instruction ?? -1;
  return Array.from({ length: block.count }, (_, i): TracedPass => {
    const instruction = block.instruction[i]!, text = program[instruction] ?? '';
    tile = instruction === last ? tile + 1 : 0;
    last = instruction;
    const m = field(text, 'm') ?? block.rows[i]!, k = field(text, 'k') ?? rows, n = field(text, 'n') ?? cols;
    const ofK = Math.max(1, Math.ceil(k / rows)), ofN = kind === 'input_stationary' ? Math.max(1, Math.ceil(n / cols)) : 1;
    const place = kind === 'output_stationary' ? tile : tile % ofN, inAPass = kind === 'output_stationary' ? ofK : ofN;
    const vectors = block.rows[i]!, length = block.streamEnd[i]! - block.streamStart[i]!;
    const cyclesAVector = Math.max(1, Math.floor(length / Math.max(1, vectors)));
    const parts = Math.min(cyclesAVector, /\.a16\b/.test(text) ? 2 : 1);
    const usedK = part(k, rows, kind === 'input_stationary' ? Math.floor(tile / ofN) : tile);
    const late = kind === 'input_stationary' ? 0 : latency;  // weights that stream come without the buffer
    return {
      number: block.first + i, layer: block.layer[i]!, instruction, text, shiftStart: block.shiftStart[i]!,
      shiftEnd: block.shiftEnd[i]!, streamStart: block.streamStart[i]!, streamEnd: block.streamEnd[i]!, tile, tiles: ofK * ofN,
      from: block.streamStart[i]! + late, vectors, firstVector: place * (kind === 'output_stationary' ? rows : kind === 'input_stationary' ? cols : 0),
      cyclesAVector, parts, opens: place === 0, closes: place === inAPass - 1,
      loadFrom: block.shiftStart[i]! + latency, loadSteps: loads && !design.idealFill ? moves : 0,
      usedRows: Math.max(1, kind === 'output_stationary' ? Math.min(rows, m) : usedK),
      usedCols: Math.max(1, Math.min(cols, kind === 'input_stationary' ? m : n)),
    };
  });
}

/** When the last of what a pass brought into the array has left it. */
export const leftBy = (design: ArrayDesign, pass: ArrayPass) => phasesOf(design, pass).at(-1)!.to;
/** The pass that a cycle belongs to: that at the corner; else the last one still inside; else the next one. */
export function passAt(design: ArrayDesign, passes: readonly TracedPass[], cycle: number): TracedPass | null {
  const begun = passes.filter((pass) => pass.from <= cycle);
  const latest = begun.at(-1);
  if (latest && cycle < leftBy(design, latest)) return latest;
  return passes.find((pass) => pass.from > cycle) ?? latest ?? null;
}
/** Passes of which something is in the array: loaded, streamed, or on its way out. */
export function passesInside(design: ArrayDesign, passes: readonly TracedPass[], cycle: number): TracedPass[] {
  return passes.filter((pass) => Math.min(pass.loadSteps > 0 ? pass.loadFrom : pass.from, pass.from) <= cycle &&
    cycle < Math.max(leftBy(design, pass), pass.loadFrom + pass.loadSteps + design.rows + design.cols));
}

export interface Gap {
  readonly cycles: number;
  readonly causes: readonly { readonly word: string; readonly cycles: number }[];
}
/** What the matrix unit was in between the stream before and this one: why the array waited. */
export async function gapBefore(run: Run, before: TracedPass | null, pass: TracedPass): Promise<Gap> {
  const matrix = run.unit('matrix')!, from = before?.streamEnd ?? 0, to = pass.streamStart;
  const sums = new Map<string, number>();
  if (to > from)
    for (const block of await run.load('states', matrix.id, from, to))
      for (let i = Math.max(0, lastAtOrBefore(block.start, from, block.count)); i < block.count && block.start[i]! < to; ++i) {
        const cycles = Math.min(to, block.start[i + 1]!) - Math.max(from, block.start[i]!);
        const kind = block.kinds[block.kind[i]!]!;
        const word = kind.state === WAIT ? (run.cause(kind.cause)?.name ?? '') : kind.state === BUSY ? 'busy' : 'idle';
        if (cycles > 0) sums.set(word, (sums.get(word) ?? 0) + cycles);
      }
  return { cycles: to - from, causes: [...sums].map(([word, cycles]) => ({ word, cycles })) };
}
