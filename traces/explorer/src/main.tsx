// SPDX-License-Identifier: Apache-2.0
// The page: shows the traces that it brings along, or one that is dropped on it.
import { render } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { blobSource } from './format/source';
import { TraceFile } from './format/trace_file';
import { Run } from './model/run';
import { embeddedReport, type Report } from './shell/report';
import { Shell } from './shell/shell';
import { fromHash, mirrorInHash, type Shared, Store } from './state/state';
import { size } from './words/figures';
import './style.css';

interface Shown extends Report {
  readonly store: Store;
}

function App() {
  const [shown, setShown] = useState<Shown | null>(null);
  const [problem, setProblem] = useState('');
  const [ready, setReady] = useState(false);
  const [dragged, setDragged] = useState(false);
  const stopMirror = useRef(() => {});
  const picker = useRef<HTMLInputElement>(null);

  const show = (report: Report, first: Partial<Shared>) => {
    const store = new Store(report.runs[0]!.cycles, first);
    stopMirror.current();
    stopMirror.current = mirrorInHash(store);
    setShown({ ...report, store });
    setProblem('');
  };
  const failed = (error: unknown) => setProblem(error instanceof Error ? error.message : String(error));
  useEffect(() => {
    embeddedReport(document).then((report) => report && show(report, fromHash(location.hash))).catch(failed).finally(() => setReady(true));
  }, []);

  /** A file of the run that is shown takes its place, with its checks; another one is a page of its own. */
  const open = async (files: readonly File[]) => {
    try {
      const opened = await Promise.all(files.slice(0, 2).map(async (file) => TraceFile.open(blobSource(file, file.name))));
      const [first] = opened;
      if (!first) return;
      const at = shown?.runs.findIndex((run) => run.missingBytes > 0 && run.info.chip_hash === first.info.chip_hash &&
        run.info.network === first.info.network && run.cycles === (first.summary?.cycles ?? -1)) ?? -1;
      if (shown && at >= 0 && opened.length === 1) {
        const runs = shown.runs.map((run, i) => i === at ? new Run(first, files[0]!.name, run.checks) : run);
        show({ ...shown, runs }, shown.store.get());  // the hash may lag behind
      } else {
        const { view, theme } = shown?.store.get() ?? {};
        show({ runs: opened.map((file, i) => new Run(file, files[i]!.name)), comparison: null, whatIf: null },
             shown ? { view: view!, theme: theme! } : fromHash(location.hash));
      }
    } catch (error) {
      failed(error);
    }
  };
  useEffect(() => {
    const over = (event: DragEvent) => { event.preventDefault(); setDragged(true); };
    const leave = (event: DragEvent) => { if (!event.relatedTarget) setDragged(false); };
    const drop = (event: DragEvent) => {
      event.preventDefault();
      setDragged(false);
      void open([...(event.dataTransfer?.files ?? [])]);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  });

  const missing = shown?.runs.find((run) => run.missingBytes > 0);
  const note = missing ? `This page has the figures of ${missing.name} only, as the whole trace has ` +
    `${size(missing.missingBytes)}: drop the file here, or open it, to see single cycles.` : '';
  return (
    <>
      {shown && <Shell key={shown.runs[0]!.name} runs={shown.runs} comparison={shown.comparison} whatIf={shown.whatIf} store={shown.store} note={note}
                       openFile={() => picker.current?.click()} />}
      {!shown && ready && !problem && <main class="empty">
        <h1>nnpsim trace explorer</h1>
        <p>Drop a trace (<code>.npt</code>) here, or two to compare. <code>nnpsim run NETWORK --trace FILE.npt</code> writes one.</p>
        <p><button type="button" onClick={() => picker.current?.click()}>Open trace</button></p>
      </main>}
      {problem && <div class={shown ? 'problem over' : 'problem'} role="alert">
        <h1>This trace cannot be shown</h1>
        <p>{problem}</p>
        <p class="row">
          {shown && <button type="button" onClick={() => setProblem('')}>Back</button>}
          <button type="button" onClick={() => picker.current?.click()}>Open another trace</button>
        </p>
      </div>}
      <input ref={picker} type="file" accept=".npt" multiple hidden aria-label="trace file"
             onChange={(event) => { void open([...(event.currentTarget.files ?? [])]); event.currentTarget.value = ''; }} />
      {dragged && <div class="drop" aria-hidden="true">Drop the trace</div>}
    </>
  );
}

render(<App />, document.getElementById('app')!);
