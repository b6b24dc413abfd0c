// SPDX-License-Identifier: Apache-2.0
// The keys that work in every view.
import type { Run } from '../model/run';
import type { Store } from '../state/state';
import type { View } from '../views/view';
import { goBack, goToCause, pan, step, stepState, zoom } from './navigate';

export const keyList: readonly (readonly [string, string])[] = [
  ['?', 'this list'],
  ['← →', 'cursor a cycle back, on (with Shift: 10, with Ctrl: 100)'],
  ['[ ]', 'to the previous, next change of the selected unit'],
  ['Enter', 'from the selected wait to what ended it; again: on along the chain'],
  ['Backspace', 'back along the chain'],
  ['w s', 'zoom in, out around the cursor'],
  ['a d', 'window left, right'],
  ['Home End', 'cursor to the first, last cycle'],
  ['0', 'the whole run in the window'],
  ['g', 'type a cycle to go to'],
  ['u', 'select the next unit (Shift: the one before)'],
  ['t', 'light or dark'],
  ['Esc', 'select nothing'],
];

export interface KeyActions {
  help(): void;
  theme(): void;
  askCycle(): void;
}

/** Whether the key was one of these. */
export function handleKey(event: KeyboardEvent, run: Run, store: Store, views: readonly View[],
                          actions: KeyActions): boolean {
  const target = event.target as HTMLElement;
  if (event.altKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return false;
  const paces = event.ctrlKey ? 100 : event.shiftKey ? 10 : 1;
  const onButton = /^(BUTTON|A|SUMMARY)$/.test(target.tagName);
  switch (event.key) {
    case 'ArrowLeft': step(store, run, -paces); return true;
    case 'ArrowRight': step(store, run, paces); return true;
  }
  if (event.ctrlKey) return false;
  switch (event.key) {
    case '?': actions.help(); return true;
    case '[': void stepState(store, run, false); return true;
    case ']': void stepState(store, run, true); return true;
    case 'Enter': if (onButton) return false; void goToCause(store, run); return true;
    case 'Backspace': goBack(store, run); return true;
    case 'w': zoom(store, run, 0.5); return true;
    case 's': zoom(store, run, 2); return true;
    case 'a': pan(store, run, -0.25); return true;
    case 'd': pan(store, run, 0.25); return true;
    case 'Home': store.set({ cycle: 0 }), step(store, run, 0); return true;
    case 'End': store.set({ cycle: run.cycles - 1 }), step(store, run, 0); return true;
    case '0': store.set({ from: 0, to: run.cycles }); return true;
    case 'g': actions.askCycle(); return true;
    case 't': actions.theme(); return true;
    case 'Escape':
      if (document.querySelector('.explanation:popover-open')) return false;  // closes that
      store.set({ unit: null, layer: null, insn: null }); return true;
    case 'u': case 'U': {
      const names = run.units.map((unit) => unit.name);
      const at = names.indexOf(store.get().unit ?? '');
      const next = event.shiftKey ? (at <= 0 ? names.length - 1 : at - 1) : (at + 1) % names.length;
      store.set({ unit: names[next]! });
      return true;
    }
  }
  const view = views.find(({ key }) => key === event.key);
  if (!view) return false;
  store.set({ view: view.id });
  return true;
}
