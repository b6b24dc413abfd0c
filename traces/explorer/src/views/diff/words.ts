// SPDX-License-Identifier: Apache-2.0
// A change in a sentence.
import type { DiffRow } from '../../model/diff';
import { count, percent, share } from '../../words/figures';
import { gapWords } from '../../words/gap_parts';

/** +1,234, -1,234, 0 */
export const signed = (cycles: number) => (cycles > 0 ? '+' : cycles < 0 ? '-' : '') + count(Math.abs(cycles));
export const partWord = (part: string) => (part === 'bound' ? 'lower bound' : part);
export const partMeans = (part: string) => part === 'bound' ? 'what the work needs at least of the resource that it needs longest' :
  part === 'ahead' ? 'part of the bound that was done before the layer\'s turn (it lessens the turn)' : gapWords[part] ?? '';

/** What most of a change is: the part of its sign with the most cycles. */
export function mainPart(row: DiffRow): [string, number] | null {
  return Object.entries(row.parts).find(([, cycles]) => Math.sign(cycles) === Math.sign(row.change)) ?? null;
}
/** "lower bound +1,234 (90 % of it): set by memory in A, by compute in B" */
export function why(row: DiffRow): string {
  if (!row.a || !row.b) return row.a ? 'only A has this layer' : 'only B has this layer';
  const main = mainPart(row);
  if (!main) return row.change === 0 ? 'no change' : '';
  const [part, cycles] = main;
  const of = share(Math.abs(cycles), Math.abs(row.change));
  const bound = part !== 'bound' ? '' : row.a.boundBy === row.b.boundBy ? `: set by ${row.a.boundBy} in both`
    : `: set by ${row.a.boundBy || 'nothing'} in A, by ${row.b.boundBy || 'nothing'} in B`;
  return `${partWord(part)} ${signed(cycles)}${of <= 1 ? ` (${percent(of)} of it)` : ', other parts went the other way'}${bound}`;
}
