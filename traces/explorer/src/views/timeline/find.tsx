// SPDX-License-Identifier: Apache-2.0
// The search field of the timeline.
import { useEffect, useRef, useState } from 'preact/hooks';
import { find, parseSearch } from '../../model/search';
import { goTo } from '../../shell/navigate';
import { count } from '../../words/figures';
import type { ViewProps } from '../view';

export function Find({ run, store, state }: ViewProps) {
  const field = useRef<HTMLInputElement>(null);
  const [answer, setAnswer] = useState('');
  const text = state.more.find ?? '';
  const look = async (forward: boolean) => {
    if (!text.trim()) return;
    try {
      const hit = await find(run, parseSearch(text), store.get().cycle, forward);
      if (!hit) return setAnswer(forward ? 'none from here on' : 'none before');
      store.set({ unit: hit.unit.name });
      goTo(store, run, hit.cycle);
      setAnswer(`${hit.unit.name} at cycle ${count(hit.cycle)}, ${count(hit.state.end - hit.state.start)} cycles`);
    } catch (error) {
      setAnswer(error instanceof Error ? error.message : String(error));
    }
  };
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (/^(INPUT|SELECT)$/.test((event.target as HTMLElement).tagName) || event.ctrlKey || event.altKey) return;
      if (event.key === '/') field.current?.focus();
      else if (event.key === 'n' || event.key === 'N') void look(event.key === 'n');
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });
  return (
    <span class="row" role="search">
      <label>find <input ref={field} value={text} size={26} placeholder="cause:raw unit:drain dur>100" disabled={!run.hasRecords}
        onInput={(event) => { store.setMore('find', event.currentTarget.value || null); setAnswer(''); }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') void look(!event.shiftKey);
          if (event.key === 'Escape') event.currentTarget.blur();
        }} /></label>
      <button type="button" onClick={() => void look(false)} disabled={!text}>Previous <kbd>N</kbd></button>
      <button type="button" onClick={() => void look(true)} disabled={!text}>Next <kbd>n</kbd></button>
      <span class="hint" role="status" data-field="found">{answer}</span>
    </span>
  );
}
