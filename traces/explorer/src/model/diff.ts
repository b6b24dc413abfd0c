// SPDX-License-Identifier: Apache-2.0
// Two runs side by side: what was run alike, then cycles by layer, aligned by name, and each change split into what
// the cycles went to. cycles of a layer = lower bound + parts of its gap - what was done ahead of its turn, so the
// parts of a change sum to it; what lies in no layer's turn is a row of its own, so rows sum to the run.
import type { LayerBounds } from '../format/metadata';
import { chipOf } from './chip';
import type { Run } from './run';

export interface Parity {
  readonly what: string;
  readonly a: string;
  readonly b: string;
  readonly same: boolean;
}
/** What should be alike for a comparison to be about one thing. */
export function parityOf(a: Run, b: Run): Parity[] {
  const facts = (run: Run): [string, string][] => [
    ['network', run.info.network], ['precision', run.info.precision], ['batch', String(run.info.batch)],
    ['seed', String(run.info.seed)], ['simulator', run.info.tool],
    ['layers', run.info.layers.map(({ name }) => name).join(' ')],
    ['MACs', String(run.info.layers.reduce((sum, { macs }) => sum + macs, 0))], ['chip', run.info.chip],
  ];
  const others = facts(b);
  return facts(a).map(([what, value], i) => {
    const other = others[i]![1];
    const short = (text: string) => (what === 'layers' ? String(text.split(' ').length) : text);
    return { what, a: short(value), b: short(other), same: value === other };
  });
}
/** Parameters of the chips that differ; a missing one is "". */
export function chipDifferences(a: Run, b: Run): Parity[] {
  const [left, right] = [chipOf(a), chipOf(b)];
  return [...new Set([...left.keys(), ...right.keys()])].filter((key) => !/^chip\./.test(key) && left.get(key) !== right.get(key))
    .map((what) => ({ what, a: String(left.get(what) ?? ''), b: String(right.get(what) ?? ''), same: false }));
}

/** Cycles by what they went to. "bound": the lower bound; "ahead" is negative. */
export type Parts = Readonly<Record<string, number>>;
export interface Turn {
  readonly cycles: number;
  readonly parts: Parts;       // sum to cycles
  readonly boundBy: string;    // what sets the lower bound; "" where there is none
}
const noTurn: Turn = { cycles: 0, parts: {}, boundBy: '' };

export function turnOf(bounds: LayerBounds | null | undefined, gap: Readonly<Record<string, number>> | null | undefined): Turn {
  if (!bounds || !gap) return noTurn;
  const { count, ahead, cycles: _, ...parts } = gap;
  return { cycles: count!, parts: { bound: bounds.cycles, ...parts, ahead: -ahead! }, boundBy: bounds.cycles > 0 ? bounds.bound_by : '' };
}

export interface DiffRow {
  readonly name: string;       // "" for what lies in no layer's turn
  readonly op: string;
  readonly a: Turn | null;     // null: the other run has no layer of that name
  readonly b: Turn | null;
  readonly change: number;     // cycles of b less those of a
  readonly parts: Parts;       // of the change, largest first; sum to it
}
export function partsOfChange(a: Turn | null, b: Turn | null): Parts {
  const left = a?.parts ?? {}, right = b?.parts ?? {};
  return Object.fromEntries([...new Set([...Object.keys(left), ...Object.keys(right)])]
    .map((part): [string, number] => [part, (right[part] ?? 0) - (left[part] ?? 0)]).filter(([, cycles]) => cycles !== 0)
    .sort((x, y) => Math.abs(y[1]) - Math.abs(x[1])));
}
function row(name: string, op: string, a: Turn | null, b: Turn | null): DiffRow {
  return { name, op, a, b, change: (b?.cycles ?? 0) - (a?.cycles ?? 0), parts: partsOfChange(a, b) };
}

export interface Diff {
  readonly total: DiffRow;
  readonly layers: readonly DiffRow[];  // in the order of the first run, then those that only the second has
  readonly outside: DiffRow;            // in no layer's turn: before the first and after the last
}
/** Null where a trace has no figures. */
export function diffOf(a: Run, b: Run): Diff | null {
  if (!a.figures?.gap || !b.figures?.gap) return null;
  const total = row('', '', turnOf(a.figures.bounds, a.figures.gap), turnOf(b.figures.bounds, b.figures.gap));
  const turn = (run: Run, name: string): Turn | null => {
    const layer = run.layer(name);
    return layer ? turnOf(layer.figures?.bounds, layer.figures?.gap) : null;
  };
  const names = [...new Set([...a.layers, ...b.layers].map(({ name }) => name))];
  const layers = names.map((name) => row(name, (a.layer(name) ?? b.layer(name))!.info.op, turn(a, name), turn(b, name)));
  const rest = (whole: Turn, turns: readonly (Turn | null)[]): Turn => ({
    cycles: turns.reduce((left, each) => left - (each?.cycles ?? 0), whole.cycles),
    parts: Object.fromEntries(Object.entries(whole.parts).map(([part, cycles]) =>
      [part, turns.reduce((left, each) => left - (each?.parts[part] ?? 0), cycles)])),
    boundBy: '',
  });
  const outside = row('', '', rest(total.a!, layers.map((each) => each.a)), rest(total.b!, layers.map((each) => each.b)));
  return { total, layers, outside };
}

export interface UnitChange {
  readonly unit: string;
  readonly word: string;  // busy, idle, or a cause of waiting
  readonly a: number;
  readonly b: number;
}
/** What units were in, for those that both runs have; largest change first. */
export function unitChanges(a: Run, b: Run): UnitChange[] {
  const list: UnitChange[] = [];
  for (const { name, memoryClock } of a.units) {
    const left = a.account(name), right = b.account(name);
    if (!left || !right || memoryClock) continue;
    const words = new Set(['busy', 'idle', ...Object.keys(left.waits), ...Object.keys(right.waits)]);
    for (const word of words) {
      const of = (account: typeof left) => word === 'busy' ? account.busy : word === 'idle' ? account.idle : account.waits[word] ?? 0;
      if (of(left) !== of(right)) list.push({ unit: name, word, a: of(left), b: of(right) });
    }
  }
  return list.sort((x, y) => Math.abs(y.b - y.a) - Math.abs(x.b - x.a));
}
