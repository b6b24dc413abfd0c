// SPDX-License-Identifier: Apache-2.0
// Play, step, and step back; the cursor is the shared one.
import { useEffect, useState } from 'preact/hooks';
import { type Floor, lastChange, nextChange } from '../../model/floorplan';
import { goTo, step } from '../../shell/navigate';
import { useKeys } from '../../shell/view_keys';
import { count } from '../../words/figures';
import type { ViewProps } from '../view';

const paces = [1, 2, 5, 10, 50, 200, 1000, 10000];  // cycles a second
const frames = 20;                                  // a second, at most

export function Player({ run, store, state, floor }: ViewProps & { floor: Floor | undefined }) {
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
  const toNext = () => { if (floor) goTo(store, run, nextChange(run, floor)); };
  const toLast = () => void lastChange(run, store.get().cycle).then((cycle) => goTo(store, run, cycle));
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
      <button type="button" onClick={toLast}>Last change <kbd>,</kbd></button>
      <button type="button" onClick={toNext}>Next change <kbd>.</kbd></button>
      <label>speed{' '}
        <select value={String(pace)} onChange={(event) => store.setMore('pace', event.currentTarget.value)}>
          {paces.map((each) => <option key={each} value={String(each)}>{count(each)} cycle{each === 1 ? '' : 's'} a second</option>)}
        </select>
      </label>
    </div>
  );
}
export const playerKeys: readonly (readonly [string, string])[] = [
  ['p', 'play, pause'], [', .', 'to the last, next cycle in which any unit changes'], ['+ -', 'play faster, slower'],
];
