// SPDX-License-Identifier: Apache-2.0
// Instructions as rows over time: the staircase of a pipeline, with each instruction's layer and waits.
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Instruction, instructionsOf } from '../../model/instructions';
import { useAnswer, useSize } from '../../shell/hooks';
import { zoom } from '../../shell/navigate';
import { lastAtOrBefore } from '../../model/timeline';
import { count } from '../../words/figures';
import type { View, ViewProps } from '../view';
import { Details } from './details';
import { headHeight, paintInstructions, rowHeight } from './paint';
import { stages } from './stages';

const mostPixels = 8_000_000;  // of a scrolled height that browsers still take

function Instructions(props: ViewProps) {
  const { run, store, state, dark } = props;
  const index = useAnswer(() => instructionsOf(run), [run]);
  const text = useAnswer(() => run.programText(), [run]);
  const [sized, { width, height }] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const scroller = useRef<HTMLDivElement | null>(null);
  const [scrolled, setScrolled] = useState(0);
  const [read, setRead] = useState(0);
  const [error, setError] = useState('');
  const { from, to } = state;
  const unit = run.unit(state.more.of ?? null), layer = run.layer(state.layer);
  const byLayer = layer !== null && state.more.bylayer === '1';

  const list = useMemo(() => index.value?.within(from, to, unit?.id ?? null, byLayer ? layer.id : null) ?? new Uint32Array(0),
                       [index.value, from, to, unit, byLayer, layer]);
  const shown = Math.max(1, Math.floor((height - headHeight) / rowHeight));
  const total = list.length * rowHeight;
  const stretch = total > mostPixels ? mostPixels / total : 1;  // of the scroll bar, where rows are too many for it
  const first = Math.max(0, Math.min(list.length - shown, Math.round(scrolled / stretch / rowHeight)));
  const visible: Instruction[] = useMemo(() =>
    [...list.subarray(first, first + shown)].map((i) => index.value!.get(i)!), [list, first, shown, index.value]);
  const widthOfRows = Math.max(10, width - 330);

  const attach = useCallback((element: HTMLDivElement | null) => { scroller.current = element; sized(element); }, [sized]);
  const showRow = (place: number) => {
    const element = scroller.current;
    if (!element || place < 0) return;
    if (place >= first && place < first + shown - 1) return;
    element.scrollTop = Math.max(0, (place - Math.floor(shown / 2)) * rowHeight * stretch);
  };
  const placeOf = (insn: number) => lastAtOrBefore(list, insn);
  useEffect(() => { if (list.length > 0) showRow(placeOf(state.insn ?? list[0]!)); }, [list, state.insn, shown]);

  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element || widthOfRows < 20) return;
    let dropped = false;
    const scale = Math.min(2, window.devicePixelRatio || 1);
    const tall = headHeight + shown * rowHeight;
    element.width = Math.round(widthOfRows * scale);
    element.height = Math.round(tall * scale);
    const begin = performance.now();
    const missing = paintInstructions(element.getContext('2d', { alpha: false })!, {
      run, instructions: visible, from, to, width: widthOfRows, height: tall, scale, dark,
    });
    element.dataset.paintMs = (performance.now() - begin).toFixed(2);
    if (missing.length > 0)
      Promise.all(missing.map((load) => load())).then(() => { if (!dropped) setRead((n) => n + 1); },
        (fault: unknown) => { if (!dropped) setError(fault instanceof Error ? fault.message : String(fault)); });
    return () => { dropped = true; };
  }, [run, visible, from, to, widthOfRows, shown, dark, read]);

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const pace = { ArrowUp: -1, ArrowDown: 1, PageUp: -shown, PageDown: shown }[event.key];
      if (pace === undefined || list.length === 0 || /^(INPUT|SELECT)$/.test((event.target as HTMLElement).tagName)) return;
      const { insn } = store.get();  // of this moment: keys may come faster than pictures
      const at = insn === null ? (pace > 0 ? -1 : list.length) : placeOf(insn);
      select(list[Math.max(0, Math.min(list.length - 1, at + pace))]!);
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });
  const select = (insn: number) => {
    const found = index.value?.get(insn);
    store.set({ insn, ...(found ? { unit: run.unitWord(found.unit) } : {}) });
  };

  const problem = error || index.error;
  if (problem) return <p class="error" role="alert">{problem}</p>;
  return (
    <>
      <p class="row controls">
        <label>unit <select value={unit?.name ?? ''} onChange={(event) => store.setMore('of', event.currentTarget.value || null)}>
          <option value="">all</option>
          {run.units.filter((each) => !each.memoryClock).map((each) => <option key={each.name}>{each.name}</option>)}
        </select></label>
        <label><input type="checkbox" checked={byLayer} disabled={!layer}
          onChange={(event) => store.setMore('bylayer', event.currentTarget.checked ? '1' : null)} />{' '}
          {layer ? `only layer ${layer.name}` : 'only the selected layer'}</label>
        <button type="button" onClick={() => zoom(store, run, 0.5)}>Zoom in <kbd>w</kbd></button>
        <button type="button" onClick={() => zoom(store, run, 2)}>Zoom out <kbd>s</kbd></button>
        <span class="hint" data-field="shown">{count(list.length)} of {count(run.info.instructions)} instructions are between queue and
          retirement in cycles {count(from)} to {count(to)}</span>
      </p>
      <ul class="legend">
        {stages.map((stage) => <li key={stage.name}><span class="swatch" style={{ background: dark ? stage.dark : stage.light }} aria-hidden="true" />{' '}
          {stage.name}</li>)}
        <li>below: what its unit was in for it, in the colours of the timeline</li>
      </ul>
      {index.busy && <p class="hint" aria-live="polite">Reading the records ...</p>}
      <div class="instruction-list" ref={attach} tabIndex={0} role="grid"
           aria-label="Instructions" aria-rowcount={list.length} onScroll={(event) => setScrolled(event.currentTarget.scrollTop)}>
        <div class="instruction-space" style={{ height: `${Math.max(height, headHeight + total * stretch)}px` }} role="presentation">
          <div class="instruction-window" style={{ height: `${headHeight + shown * rowHeight}px` }} role="rowgroup">
            {visible.map((insn, i) => (
              <div key={insn.index} class="instruction" role="row" aria-rowindex={first + i + 1} aria-selected={state.insn === insn.index}
                   style={{ top: `${headHeight + i * rowHeight}px`, height: `${rowHeight}px` }} onClick={() => select(insn.index)}>
                <span role="gridcell" class="number insn">{insn.index}</span>
                <span role="gridcell" class="name">{run.unitWord(insn.unit)}</span>
                <span role="gridcell" class="name" title={text.value?.[insn.index]}>{run.layerWord(insn.layer) || nameOf(text.value?.[insn.index])}</span>
                <span role="gridcell" class="visually-hidden">{stages.map((s) => `${s.name} ${s.to(insn) - s.from(insn)}`).join(', ')} cycles</span>
              </div>
            ))}
            <canvas ref={canvas} style={{ left: '330px', width: `${widthOfRows}px`, height: `${headHeight + shown * rowHeight}px` }} aria-hidden="true" />
            <div class="cursor-mark" style={{ left: `${330 + Math.max(-2, Math.min(widthOfRows, (state.cycle - from) / (to - from) * widthOfRows))}px` }}
                 hidden={state.cycle < from || state.cycle >= to} aria-hidden="true" />
          </div>
        </div>
      </div>
      {index.value && <Details {...props} index={index.value} />}
    </>
  );
}

/** "matrix.conv.set1 a=0 ..." as "matrix.conv". */
const nameOf = (text: string | undefined) => (text ?? '').split(' ')[0] ?? '';

export const instructions: View = {
  id: 'instructions', title: 'Instructions', key: '4', View: Instructions,
  about: 'How did each instruction go through its unit, and what did it wait for?',
  keys: [['↑ ↓', 'the instruction above, below'], ['PageUp PageDown', 'a screenful']],
};
