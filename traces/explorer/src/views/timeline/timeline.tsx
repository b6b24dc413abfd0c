// SPDX-License-Identifier: Apache-2.0
// Units over time: what each did in every cycle, from the whole run down to one cycle.
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { isEager, pathOf } from '../../model/derived';
import { useAnswer, useSize } from '../../shell/hooks';
import { pan, zoom } from '../../shell/navigate';
import { Term } from '../../shell/term';
import { counterWords } from '../../words/counters';
import { count, time } from '../../words/figures';
import type { View, ViewProps } from '../view';
import { Find } from './find';
import { Overlay } from './overlay';
import { type Missing, paint } from './paint';
import { counterHeight, laneHeight, layerHeight, mostWideChannels, rowsOf } from './rows';
import { WindowTable } from './window_table';

function Timeline(props: ViewProps) {
  const { run, store, state, dark } = props;
  const [sized, { width }] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const [read, setRead] = useState(0);  // counts what came in, so that the picture is painted again
  const [error, setError] = useState('');
  const [most, setMost] = useState<readonly number[]>([]);
  const counters = useAnswer(() => run.counters(), [run]);
  const wantsPath = run.hasRecords && (state.more.path ?? (isEager(run) ? '1' : '0')) === '1';
  const path = useAnswer(async () => (wantsPath ? pathOf(run) : null), [run, wantsPath]);
  const unfolded = state.more.channels === '1';
  const rows = useMemo(() => rowsOf(run, counters.value ?? [], state.unit, unfolded), [run, counters.value, state.unit, unfolded]);
  const { from, to } = state;
  const scale = Math.min(2, window.devicePixelRatio || 1);

  useLayoutEffect(() => {
    const element = canvas.current;
    if (!element || width < 10) return;
    let dropped = false;
    const frame = requestAnimationFrame(() => {
      const begin = performance.now();
      const { missing, most } = paint(element.getContext('2d', { alpha: false })!,
                            { run, rows, from, to, width, scale, dark, path: path.value ?? null });
      element.dataset.paintMs = (performance.now() - begin).toFixed(2);
      setMost((old) => (old.length === most.length && old.every((value, i) => value === most[i]) ? old : most));
      element.dataset.window = `${from} ${to}`;
      element.dataset.sharp = String(missing.length === 0);
      void readAll(missing, () => !dropped && setRead((n) => n + 1), (words) => !dropped && setError(words));
    });
    return () => { dropped = true; cancelAnimationFrame(frame); };
  }, [run, rows, from, to, width, scale, dark, path.value, read]);

  const cycleAt = (event: MouseEvent) => {
    const box = canvas.current!.getBoundingClientRect();
    return from + (event.clientX - box.left) / box.width * (to - from);
  };
  const dragged = useRef<{ x: number; from: number; to: number; moved: boolean } | null>(null);
  const down = (event: PointerEvent) => {
    if (event.button !== 0) return;
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    dragged.current = { x: event.clientX, from, to, moved: false };
  };
  const move = (event: PointerEvent) => {
    const drag = dragged.current;
    if (!drag) return;
    if (Math.abs(event.clientX - drag.x) > 3) drag.moved = true;
    if (!drag.moved) return;
    const cycles = Math.round((drag.x - event.clientX) / width * (drag.to - drag.from));
    const start = Math.max(0, Math.min(run.cycles - (drag.to - drag.from), drag.from + cycles));
    store.set({ from: start, to: start + drag.to - drag.from });
  };
  const up = (event: PointerEvent) => {
    const drag = dragged.current;
    dragged.current = null;
    if (!drag || drag.moved) return;
    const y = event.clientY - canvas.current!.getBoundingClientRect().top;
    const row = rows.units.find(({ top, height }) => top <= y && y < top + height);
    const at = cycleAt(event);
    const layer = rows.layers.find((bar) => rows.layersTop + bar.row * layerHeight <= y &&
      y < rows.layersTop + (bar.row + 1) * layerHeight && bar.start <= at && at < bar.end);
    store.set({ cycle: at, ...(row ? { unit: row.unit.name } : {}), ...(layer ? { layer: layer.layer.name } : {}) });
  };
  useEffect(() => {
    const element = canvas.current?.parentElement;
    const wheel = (event: WheelEvent) => {
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        pan(store, run, Math.sign(event.deltaX || event.deltaY) * 0.1);
      } else if (event.ctrlKey || event.metaKey) {
        zoom(store, run, event.deltaY > 0 ? 1.25 : 0.8, cycleAt(event));
      } else return;
      event.preventDefault();
    };
    element?.addEventListener('wheel', wheel, { passive: false });
    return () => element?.removeEventListener('wheel', wheel);
  });

  const folded = rows.units.find(({ height }) => height < laneHeight);
  return (
    <>
      <p class="row controls">
        <button type="button" onClick={() => zoom(store, run, 0.5)}>Zoom in <kbd>w</kbd></button>
        <button type="button" onClick={() => zoom(store, run, 2)}>Zoom out <kbd>s</kbd></button>
        <button type="button" onClick={() => store.set({ from: 0, to: run.cycles })}>Whole run <kbd>0</kbd></button>
        {run.layer(state.layer)?.figures?.start_cycle != null && <button type="button" onClick={() => {
          const { start_cycle: start, end_cycle: end } = run.layer(state.layer)!.figures!;
          store.set({ from: start!, to: end!, cycle: start! });
        }}>Layer {state.layer}</button>}
        <label><input type="checkbox" checked={wantsPath} disabled={!run.hasRecords}
          onChange={(event) => store.setMore('path', event.currentTarget.checked ? '1' : '0')} />{' '}
          <Term run={run} word="critical_path">critical path</Term> {path.busy && wantsPath ? '(reading the records ...)' : ''}
          <span class="path-key" aria-hidden="true" /></label>
        {run.memoryChannels.length > mostWideChannels && <label><input type="checkbox" checked={unfolded}
          onChange={(event) => store.setMore('channels', event.currentTarget.checked ? '1' : null)} /> all memory channels</label>}
        <span class="hint">{count(to - from)} cycles ({time(run.seconds(to - from))}) across; Ctrl + wheel zooms, drag moves, a click selects</span>
      </p>
      {run.hasRecords && <p class="row controls"><Find {...props} /></p>}
      {(error || counters.error || path.error) && <p class="error" role="alert">{error || counters.error || path.error}</p>}
      <figure class="timeline" aria-label={`Timeline of ${run.units.length} units, cycles ${count(from)} to ${count(to)}; the table below has its numbers`}>
        <div class="lane-names" style={{ height: `${rows.height}px` }}>
          {rows.layers.length > 0 && <span class="lane-name small" style={{ top: `${rows.layersTop}px` }}>layers</span>}
          {folded && <span class="lane-name small" style={{ top: `${folded.top}px` }}>
            {run.memoryChannels.length} memory channels,<br />{run.memoryChannels[0]!.name} on top</span>}
          {rows.units.map(({ unit, top, height }) => height === laneHeight && (
            <button key={unit.name} type="button" class="lane-name" aria-pressed={state.unit === unit.name}
                    style={{ top: `${top}px`, height: `${height}px` }}
                    onClick={() => store.set({ unit: state.unit === unit.name ? null : unit.name })}>{unit.name}</button>
          ))}
          {rows.counters.map(({ counter, top }, i) => (
            <span key={counter.name} class="lane-name small" style={{ top: `${top}px`, height: `${counterHeight}px` }}>
              {counter.name}<br />up to {count(most[i] ?? 0)} {counter.unit.replace('bytes per', 'B per')}
            </span>
          ))}
        </div>
        <div class="lanes" ref={sized}>
          <canvas ref={canvas} width={Math.max(1, Math.round(width * scale))} height={Math.round(rows.height * scale)}
                  style={{ width: `${width}px`, height: `${rows.height}px` }}
                  onPointerDown={down} onPointerMove={move} onPointerUp={up} onDblClick={(event) => zoom(store, run, 0.25, cycleAt(event))} />
          {width > 10 && <Overlay run={run} rows={rows} width={width} state={state} />}
        </div>
      </figure>
      <details>
        <summary>What the rows mean</summary>
        <dl class="facts">
          <dt>layers</dt><dd>from a layer's first instruction at work to its last result; layers overlap</dd>
          <dt>units</dt><dd>in each column work stands below, waits above it, nothing on top; one state where a state is wider than a pixel</dd>
          {rows.counters.map(({ counter }) => [<dt key={counter.name}>{counter.name}</dt>, <dd key={`${counter.name} words`}>{counterWords(counter.name)}</dd>])}
        </dl>
      </details>
      <WindowTable {...props} />
    </>
  );
}

async function readAll(missing: readonly Missing[], came: () => void, failed: (words: string) => void): Promise<void> {
  if (missing.length === 0) return;
  try {
    await Promise.all(missing.map((read) => read()));
    came();
  } catch (error) {
    failed(error instanceof Error ? error.message : String(error));
  }
}

export const timeline: View = {
  id: 'timeline', title: 'Timeline', key: '2', View: Timeline,
  about: 'What did every unit do in every cycle, and which chain of work and waits made the run so long?',
  keys: [['/', 'find states: unit:NAME, cause:NAME (or busy, idle, wait), layer:NAME with *, dur>CYCLES, words of instructions or ONNX nodes'],
         ['n N', 'the next, previous one found'], ['Ctrl + wheel', 'zoom at the pointer'], ['Shift + wheel', 'window left, right']],
};
