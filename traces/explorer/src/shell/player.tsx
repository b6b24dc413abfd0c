// SPDX-License-Identifier: Apache-2.0
// Play, step, and step back; the cursor is the shared one.
import { useEffect, useState } from 'preact/hooks';
import { step } from './navigate';
import { useKeys } from './view_keys';
import { count } from '../words/figures';
import type { ViewProps } from '../views/view';

const paces = [1, 2, 5, 10, 50, 200, 1000, 10000];  // cycles a second
const frames = 20;                                  // a second, at most

export function Player({ run, store, state, toLast, toNext, what }: ViewProps & { toLast: () => void; toNext: () => void; what: string }) {
  const [playing, setPlaying] = useState(false);
  const pace = paces.includes(Number(state.more.pace)) ? Number(state.more.pace) : 5;
  useEffect(() => {
    if (!playing) return;
    const timer = window.setInterval(() => {
      if (store.get().cycle >= run.cycles - 1) setPlaying(false);
      else step(store, run, Math.max(1, Math.round(pace / frames)));
    }, 1000 / Math.min(pace, frames));
    return () => window.clearInterval(timer);
  }, [playing, pace, run, store]);
  const faster = (by: number) =>
    store.setMore('pace', String(paces[Math.min(paces.length - 1, Math.max(0, paces.indexOf(pace) + by))]!));
  useKeys((event) => {
    switch (event.key) {
      case 'p': setPlaying(!playing); return true;
      case '.': toNext(); return true;
      case ',': toLast(); return true;
      case '+': faster(1); return true;
      case '-': faster(-1); return true;
      default: return false;
    }
  });
  return (
    <div class="row player" role="group" aria-label="Play">
      <button type="button" aria-pressed={playing} onClick={() => setPlaying(!playing)}>{playing ? 'Pause' : 'Play'} <kbd>p</kbd></button>
      <button type="button" onClick={() => step(store, run, -1)}>Step back <kbd>←</kbd></button>
      <button type="button" onClick={() => step(store, run, 1)}>Step <kbd>→</kbd></button>
      <button type="button" onClick={toLast}>Last {what} <kbd>,</kbd></button>
      <button type="button" onClick={toNext}>Next {what} <kbd>.</kbd></button>
      <label>speed{' '}
        <select value={String(pace)} onChange={(event) => store.setMore('pace', event.currentTarget.value)}>
          {paces.map((each) => <option key={each} value={String(each)}>{count(each)} cycle{each === 1 ? '' : 's'} a second</option>)}
        </select>
      </label>
    </div>
  );
}
export const playerKeys = (what: string): readonly (readonly [string, string])[] => [
  ['p', 'play, pause'], [', .', `to the last, next ${what}`], ['+ -', 'play faster, slower'],
];
