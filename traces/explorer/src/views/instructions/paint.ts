// SPDX-License-Identifier: Apache-2.0
// The rows that are seen: stages above, and below them what the unit was in for this instruction.
import { ticks } from '../../draw/axis';
import { inkOf } from '../../draw/lanes';
import { lookOf } from '../../draw/palette';
import type { StateBlock } from '../../format/records';
import type { Instruction } from '../../model/instructions';
import type { Run } from '../../model/run';
import { lastAtOrBefore } from '../../model/timeline';
import { count } from '../../words/figures';
import { stages } from './stages';

export const rowHeight = 22, headHeight = 22;

export interface InstructionPicture {
  readonly run: Run;
  readonly instructions: readonly Instruction[];
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly height: number;
  readonly scale: number;
  readonly dark: boolean;
}

function* statesOf(blocks: readonly StateBlock[], insn: Instruction) {
  for (const block of blocks)
    for (let i = Math.max(0, lastAtOrBefore(block.start, insn.decoded, block.count));
         i < block.count && block.start[i]! <= insn.retired; ++i)
      if (block.instruction[i] === insn.index) yield { start: block.start[i]!, end: block.start[i + 1]!, kind: block.kinds[block.kind[i]!]! };
}

/** Some dozens of rows: plain rectangles are fast enough. Returns what must be read for the lower lanes. */
export function paintInstructions(context: CanvasRenderingContext2D, picture: InstructionPicture): (() => Promise<unknown>)[] {
  const { run, instructions, from, to, width, height, scale, dark } = picture;
  const xOf = (cycle: number) => (cycle - from) / (to - from) * width;
  context.save();
  context.scale(scale, scale);
  context.fillStyle = dark ? '#15181c' : '#ffffff';
  context.fillRect(0, 0, width, height);
  context.font = '12px system-ui, "Liberation Sans", Arial, sans-serif';
  context.textBaseline = 'middle';
  const list = ticks(from, to, width / 110);
  for (const tick of list) {
    context.fillStyle = dark ? '#2b3138' : '#eceef1';
    context.fillRect(Math.round(xOf(tick)), headHeight, 1, height);
    context.fillStyle = dark ? '#a9b1bc' : '#565d66';
    const word = count(tick), wide = context.measureText(word).width;
    context.fillText(word, Math.min(Math.max(0, xOf(tick) - wide / 2), width - wide), headHeight / 2);
  }
  const missing: (() => Promise<unknown>)[] = [];
  const bar = (a: number, b: number, y: number, tall: number, colour: string): boolean => {
    const left = Math.max(0, xOf(a)), right = Math.min(width, Math.max(xOf(b), xOf(a) + 1));
    if (right <= left) return false;
    context.fillStyle = colour;
    context.fillRect(left, y, right - left, tall);
    return true;
  };
  instructions.forEach((insn, row) => {
    const top = headHeight + row * rowHeight;
    for (const stage of stages)
      if (stage.to(insn) > stage.from(insn)) bar(stage.from(insn), stage.to(insn), top + 2, 11, dark ? stage.dark : stage.light);
    if (insn.dispatched === insn.retired) bar(insn.retired, insn.retired, top + 2, 11, dark ? '#e9ecf0' : '#17191c');
    const begin = Math.max(from, insn.decoded), end = Math.min(to, insn.retired + 1);
    if (end <= begin) return;
    const blocks = run.now('states', insn.unit, begin, end);
    if (!blocks) {
      missing.push(() => run.load('states', insn.unit, begin, end));
      return;
    }
    for (const state of statesOf(blocks, insn)) {
      if (state.end <= from || state.start >= to || state.kind.state === 0) continue;
      const look = lookOf(state.kind.code, (c) => run.cause(c)?.name ?? '');
      const left = Math.max(0, xOf(state.start)), right = Math.min(width, xOf(state.end));
      bar(state.start, state.end, top + 14, 6, dark ? look.dark : look.light);
      if (look.hatched) {  // stripes, as on the timeline
        context.fillStyle = cssOf(inkOf(look, dark).stripe);
        for (let x = Math.ceil(left / 6) * 6; x < right - 1; x += 6) context.fillRect(x, top + 14, 2, 6);
      }
      if (right - left > 16 && look.letter) {
        context.font = '700 8px ui-monospace, monospace';
        context.fillStyle = dark ? '#000000' : '#ffffff';
        context.fillRect((left + right) / 2 - 4, top + 13.5, 8, 7);
        context.fillStyle = dark ? '#ffffff' : '#000000';
        context.fillText(look.letter, (left + right) / 2 - 2.5, top + 17.5);
        context.font = '12px system-ui, "Liberation Sans", Arial, sans-serif';
      }
    }
  });
  context.restore();
  return missing;
}

function cssOf(pixel: number): string {
  return `rgb(${pixel & 255},${(pixel >> 8) & 255},${(pixel >> 16) & 255})`;
}
