// SPDX-License-Identifier: Apache-2.0
// The frame around every view: which views there are, the cursor, the theme, the keys.
import type { ComponentChildren } from 'preact';
import { useEffect, useErrorBoundary, useRef, useState } from 'preact/hooks';
import type { Run } from '../model/run';
import { type Store, type Theme, useShared } from '../state/state';
import { views } from '../views/index';
import type { Comparison, WhatIf } from '../views/view';
import { count } from '../words/figures';
import { Inspector } from './inspector';
import { handleKey, keyList } from './keys';
import { goTo, step } from './navigate';

function systemTheme(): Theme {
  return window.matchMedia?.('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** A fault of one view leaves the others. */
function Guarded(props: { children: ComponentChildren }) {
  const [error, reset] = useErrorBoundary((fault) => console.error(fault));
  if (!error) return <>{props.children}</>;
  return <div role="alert">
    <p class="error">This view failed, which is a fault of the page: {String((error as Error).message ?? error)}</p>
    <p><button type="button" onClick={reset}>Try again</button></p>
  </div>;
}

export function Shell(props: { runs: readonly Run[]; comparison: Comparison | null; whatIf: WhatIf | null; store: Store;
                               note: string; openFile: () => void }) {
  const { runs, comparison, whatIf, store, note, openFile } = props;
  const run = runs[0]!;
  const state = useShared(store);
  const [system, setSystem] = useState(systemTheme());
  const theme = state.theme ?? system;
  const help = useRef<HTMLDialogElement>(null);
  const cycleField = useRef<HTMLInputElement>(null);
  const view = views.find(({ id }) => id === state.view) ?? views[0]!;

  useEffect(() => {
    const query = window.matchMedia('(prefers-color-scheme: dark)');
    const changed = () => setSystem(systemTheme());
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  useEffect(() => void (document.documentElement.dataset.theme = theme), [theme]);
  useEffect(() => void (document.title = `${run.info.network} on ${run.info.chip}: ${view.title}`), [run, view]);
  const otherTheme = () => store.set({ theme: theme === 'dark' ? 'light' : 'dark' });
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (event.defaultPrevented || help.current?.open) return;
      const actions = {
        help: () => help.current?.showModal(), theme: otherTheme,
        askCycle: () => { cycleField.current?.focus(); cycleField.current?.select(); },
      };
      if (handleKey(event, run, store, views, actions)) event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });

  return (
    <div class="shell">
      <header class="bar">
        <h1 class="title"><b>{run.info.network}</b> on <b>{run.info.chip}</b>, {run.info.precision}, batch {run.info.batch}</h1>
        <div class="cursor" role="group" aria-label="Cursor">
          <button type="button" onClick={() => step(store, run, -1)} aria-label="one cycle back">◀</button>
          <label>cycle <input ref={cycleField} class="cycle" inputMode="numeric" value={state.cycle} size={String(run.cycles).length + 1}
            aria-label="cursor, core cycle" onChange={(event) => {
              const said = Number(event.currentTarget.value.replaceAll(',', ''));
              if (Number.isFinite(said)) goTo(store, run, said);
              event.currentTarget.value = String(store.get().cycle);
            }} onKeyDown={(event) => { if (event.key === 'Enter' || event.key === 'Escape') event.currentTarget.blur(); }} /></label>
          <button type="button" onClick={() => step(store, run, 1)} aria-label="one cycle on">▶</button>
          <span class="of">of {count(run.cycles)}</span>
        </div>
        <div class="tools">
          <button type="button" onClick={openFile}>Open trace</button>
          <button type="button" onClick={otherTheme}>{theme === 'dark' ? 'Light' : 'Dark'} <kbd>t</kbd></button>
          <button type="button" onClick={() => help.current?.showModal()}>Keys <kbd>?</kbd></button>
        </div>
      </header>
      <nav class="views" aria-label="Views">
        {views.map((each) => (
          <button key={each.id} type="button" title={each.about} aria-current={each === view ? 'page' : undefined}
                  onClick={() => store.set({ view: each.id })}>{each.title} <kbd>{each.key}</kbd></button>
        ))}
      </nav>
      {(note || run.shortcoming) && <p class="note" role="status">{[run.shortcoming, note].filter(Boolean).join(' ')}</p>}
      <main class="main" id="main" data-view={view.id}>
        <p class="about">{view.about}</p>
        <Guarded key={view.id}>
          <view.View run={run} other={runs[1] ?? null} comparison={comparison} whatIf={whatIf} store={store} state={state} dark={theme === 'dark'} />
        </Guarded>
      </main>
      <Inspector run={run} store={store} state={state} dark={theme === 'dark'} />
      <dialog ref={help} class="help" aria-label="Keys">
        <h2>Keys</h2>
        <table>
          <tbody>
            {views.map((each) => <tr key={each.id}><th scope="row"><kbd>{each.key}</kbd></th><td>{each.title}: {each.about}</td></tr>)}
            {keyList.map(([key, what]) => <tr key={key}><th scope="row"><kbd>{key}</kbd></th><td>{what}</td></tr>)}
            {view.keys?.map(([key, what]) => <tr key={key}><th scope="row"><kbd>{key}</kbd></th><td>{what} (in this view)</td></tr>)}
          </tbody>
        </table>
        <form method="dialog"><button>Close</button></form>
      </dialog>
    </div>
  );
}
