// SPDX-License-Identifier: Apache-2.0
// The one state that all views share: cursor, window, selection, theme. The URL's hash mirrors it, so that a link
// shows what its writer saw; lessons write such links, so the keys stay as they are.
import { useEffect, useState } from 'preact/hooks';

export type Theme = 'light' | 'dark';
export interface Shared {
  readonly view: string;            // id of a view
  readonly cycle: number;           // the cursor: a core cycle, 0 <= cycle < run.cycles
  readonly from: number;            // the window [from, to) in core cycles; to > from
  readonly to: number;
  readonly unit: string | null;     // selected, by name
  readonly layer: string | null;    // by name
  readonly insn: number | null;     // index in the program
  readonly theme: Theme | null;     // null: as the system has it
  readonly more: Readonly<Record<string, string>>;  // a view's own keys; others are kept as they are
}

const known = ['view', 'cycle', 'from', 'to', 'unit', 'layer', 'insn', 'theme'];

/** Whole, not negative; null for anything else. */
function whole(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** `#view=timeline&cycle=1234&from=0&to=5000&unit=matrix&layer=conv1&insn=12&theme=dark` as what it says. */
export function fromHash(hash: string): Partial<Shared> {
  const words = new URLSearchParams(hash.replace(/^#/, ''));
  const said: { -readonly [K in keyof Shared]?: Shared[K] } = {};
  const view = words.get('view'), theme = words.get('theme');
  const cycle = whole(words.get('cycle')), from = whole(words.get('from')), to = whole(words.get('to'));
  if (view) said.view = view;
  if (cycle !== null) said.cycle = cycle;
  if (from !== null) said.from = from;
  if (to !== null) said.to = to;
  said.unit = words.get('unit') || null;
  said.layer = words.get('layer') || null;
  said.insn = whole(words.get('insn'));
  if (theme === 'light' || theme === 'dark') said.theme = theme;
  said.more = Object.fromEntries([...words].filter(([key]) => !known.includes(key)));
  return said;
}

export function toHash(state: Shared): string {
  const words = new URLSearchParams();
  words.set('view', state.view);
  words.set('cycle', String(state.cycle));
  words.set('from', String(state.from));
  words.set('to', String(state.to));
  if (state.unit !== null) words.set('unit', state.unit);
  if (state.layer !== null) words.set('layer', state.layer);
  if (state.insn !== null) words.set('insn', String(state.insn));
  if (state.theme !== null) words.set('theme', state.theme);
  for (const [key, value] of Object.entries(state.more)) words.set(key, value);
  return `#${words}`;
}

export class Store {
  private state: Shared;
  private listeners = new Set<(state: Shared) => void>();
  constructor(private cycles: number, first: Partial<Shared> = {}) {
    this.state = { view: 'overview', cycle: 0, from: 0, to: cycles, unit: null, layer: null, insn: null, theme: null,
                   more: {} };
    this.set(first);
  }
  get(): Shared { return this.state; }

  /** Changes what `change` names; cursor and window are kept inside the run. */
  set(change: Partial<Shared>): void {
    const wanted = { ...this.state, ...change };
    const last = Math.max(1, this.cycles);
    const cycle = Math.min(Math.max(0, Math.floor(wanted.cycle)), last - 1);
    const from = Math.min(Math.max(0, Math.floor(wanted.from)), last - 1);
    const to = Math.min(Math.max(from + 1, Math.ceil(wanted.to)), last);
    const next: Shared = { ...wanted, cycle, from, to };
    const keys = Object.keys(next) as (keyof Shared)[];
    if (keys.every((key) => next[key] === this.state[key])) return;
    this.state = next;
    for (const listener of this.listeners) listener(next);
  }
  /** Sets one of a view's own keys; null takes it away. */
  setMore(key: string, value: string | null): void {
    const { [key]: _, ...others } = this.state.more;
    this.set({ more: value === null ? others : { ...others, [key]: value } });
  }
  subscribe(listener: (state: Shared) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }
}

/** The window, no wider than the run, with `cycle` in it: moved where it would not be. */
export function windowWith(state: Shared, cycle: number, cycles: number): { from: number; to: number } {
  const { from, to } = state;
  if (from <= cycle && cycle < to) return { from, to };
  const width = to - from;
  const start = Math.max(0, Math.min(cycles - width, cycle - Math.floor(width / 2)));
  return { from: start, to: start + width };
}

/** Keeps the URL's hash and the store alike, whichever changes; the result ends that. */
export function mirrorInHash(store: Store): () => void {
  let pending: number | undefined;
  let seen = location.hash;  // another one was typed meanwhile, and its event is on the way
  const write = () => {
    if (pending !== undefined) return;
    pending = window.setTimeout(() => {
      pending = undefined;
      if (location.hash !== seen) return;
      const hash = toHash(store.get());
      if (hash !== seen) history.replaceState(null, '', hash);
      seen = location.hash;
    }, 100);  // a browser refuses more than some hundred changes in half a minute
  };
  const stop = store.subscribe(write);
  write();
  const changed = () => {
    seen = location.hash;
    store.set(fromHash(seen));
  };
  window.addEventListener('hashchange', changed);
  return () => {
    stop();
    clearTimeout(pending);
    window.removeEventListener('hashchange', changed);
  };
}

/** Draws the component again with every change. */
export function useShared(store: Store): Shared {
  const [state, setState] = useState(store.get());
  useEffect(() => {
    setState(store.get());
    return store.subscribe(setState);
  }, [store]);
  return state;
}
