// SPDX-License-Identifier: Apache-2.0
// Finding states: `cause:raw unit:drain dur>100 layer:conv* matmul`. Words without a colon are looked for in the
// instruction's text and the layer's ONNX nodes.
import { none } from '../format/records';
import { type State, stateOf } from './at_cycle';
import type { Run, Unit } from './run';
import { lastAtOrBefore } from './timeline';

export interface Search {
  readonly unit: RegExp | null;
  readonly cause: RegExp | null;  // or "busy", "idle", "wait"
  readonly layer: RegExp | null;
  readonly longer: number;        // cycles of the unit's clock
  readonly shorter: number;
  readonly words: readonly string[];
}

/** Throws an Error, in words, where a part cannot be understood. */
export function parseSearch(text: string): Search {
  let unit: RegExp | null = null, cause: RegExp | null = null, layer: RegExp | null = null;
  let longer = -Infinity, shorter = Infinity;
  const words: string[] = [];
  const glob = (pattern: string) => new RegExp(`^${pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 'i');
  for (const part of text.split(/\s+/).filter(Boolean)) {
    const named = /^(\w+)([:<>])(.*)$/.exec(part);
    if (!named) words.push(part.toLowerCase());
    else if (named[1] === 'dur' && named[2] !== ':' && /^\d+$/.test(named[3]!)) {
      if (named[2] === '>') longer = Number(named[3]);
      else shorter = Number(named[3]);
    } else if (named[2] === ':' && named[3] && named[1] === 'unit') unit = glob(named[3]);
    else if (named[2] === ':' && named[3] && named[1] === 'cause') cause = glob(named[3]);
    else if (named[2] === ':' && named[3] && named[1] === 'layer') layer = glob(named[3]);
    else throw new Error(`"${part}" is not one of unit:NAME, cause:NAME (or busy, idle, wait), layer:NAME, dur>CYCLES, dur<CYCLES, a word`);
  }
  return { unit, cause, layer, longer, shorter, words };
}

export interface Hit {
  readonly unit: Unit;
  readonly state: State;
  readonly cycle: number;  // core cycle at which it begins
}

function matcher(run: Run, search: Search, text: readonly string[]): (state: State) => boolean {
  const { words } = search;
  const causeOf = (state: State) => [['idle'], ['busy'], ['wait', run.cause(state.kind.cause)?.name ?? '']][state.kind.state]!;
  return (state) => {
    const cycles = state.end - state.start;
    if (cycles <= search.longer || cycles >= search.shorter) return false;
    if (search.cause && !causeOf(state).some((name) => search.cause!.test(name))) return false;
    if (search.layer && !search.layer.test(run.layerWord(state.layer))) return false;
    if (words.length === 0) return true;
    const where = [state.instruction === none ? '' : (text[state.instruction] ?? ''), run.layerWord(state.layer),
                   ...(run.layers[state.layer]?.info.onnx_nodes ?? [])].join(' ').toLowerCase();
    return words.every((word) => where.includes(word));
  };
}

/** The next state that begins after the core cycle `from`, or before it; null where there is none. */
export async function find(run: Run, search: Search, from: number, forward: boolean): Promise<Hit | null> {
  run.requireRecords();
  const text = search.words.length > 0 ? await run.programText() : [];
  const fits = matcher(run, search, text);
  let best: Hit | null = null;
  for (const unit of run.units) {
    if (search.unit && !search.unit.test(unit.name)) continue;
    const hit = await findIn(run, unit, fits, from, forward, best?.cycle ?? null);
    if (hit && (!best || (forward ? hit.cycle < best.cycle : hit.cycle > best.cycle))) best = hit;
  }
  return best;
}

async function findIn(run: Run, unit: Unit, fits: (state: State) => boolean, from: number, forward: boolean,
                      limit: number | null): Promise<Hit | null> {
  const chunks = run.row('states', unit.id).chunks;
  for (let c = forward ? 0 : chunks.length - 1; 0 <= c && c < chunks.length; c += forward ? 1 : -1) {
    const { chunk } = chunks[c]!;
    const first = run.coreCycle(unit, chunk.firstCycle), end = run.coreCycle(unit, chunk.endCycle);
    if (forward ? end <= from : first >= from) continue;
    if (limit !== null && (forward ? first >= limit : end <= limit)) return null;
    const block = await chunks[c]!.load();
    const begin = Math.max(0, lastAtOrBefore(block.start, run.unitCycle(unit, from), block.count));
    for (let i = forward ? begin : Math.min(block.count - 1, begin + 1); 0 <= i && i < block.count; i += forward ? 1 : -1) {
      const cycle = Math.ceil(run.coreCycle(unit, block.start[i]!));
      if (forward ? cycle <= from : cycle >= from) continue;
      const state = stateOf(unit.id, block, i);
      if (fits(state)) return { unit, state, cycle };
    }
  }
  return null;
}
