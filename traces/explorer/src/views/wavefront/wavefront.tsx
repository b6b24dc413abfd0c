// SPDX-License-Identifier: Apache-2.0
// The array's PEs at the cursor's cycle, computed from the trace's passes.
import { useMemo } from 'preact/hooks';
import { arrayPasses, designOf, passAt, passesInside, type TracedPass } from '../../model/array_passes';
import type { PeStates } from '../../draw/pe_grid';
import { activePes, type ArrayDesign, leavingAt, phasesOf, shiftsAt, skew, workAt } from '../../model/wavefront';
import { useAnswer } from '../../shell/hooks';
import { goTo } from '../../shell/navigate';
import { Player, playerKeys } from '../../shell/player';
import { useKeys } from '../../shell/view_keys';
import { count, percent, share, sum } from '../../words/figures';
import type { View, ViewProps } from '../view';
import { Grid, tints } from './grid';
import { PassFacts, PeFacts, vectorWord } from './pass_facts';
import { PassTable } from './pass_table';
import { Phases } from './phases';
import './wavefront.css';

const around = 4096;  // cycles to both sides whose passes are read

/** All PEs as far from the corner do the same, so only distances are asked for. */
function statesAt(design: ArrayDesign, inside: readonly TracedPass[], shown: TracedPass, cycle: number): PeStates {
  const { rows, cols } = design, size = rows * cols, far = skew(design, rows - 1, cols - 1);
  const states = { rows, cols, pass: new Int32Array(size).fill(-1), vector: new Int32Array(size), loads: new Uint8Array(size), used: new Uint8Array(size) };
  for (const pass of inside) {
    const vectors = Int32Array.from({ length: far + 1 }, (_, distance) => workAt(design, pass, 0, distance, cycle)?.vector ?? -1);
    const loads = Uint8Array.from({ length: far + 1 }, (_, distance) => (shiftsAt(design, pass, 0, distance, cycle) ? 1 : 0));
    for (let row = 0, pe = 0; row < rows; ++row)
      for (let col = 0; col < cols; ++col, ++pe) {
        const distance = far === 0 ? 0 : row + col;
        if (loads[distance]) states.loads[pe] = 1;
        if (vectors[distance]! >= 0 && row < pass.usedRows && col < pass.usedCols) states.pass[pe] = pass.number, states.vector[pe] = vectors[distance]!;
      }
  }
  for (let row = 0; row < Math.min(rows, shown.usedRows); ++row) states.used.fill(1, row * cols, row * cols + Math.min(cols, shown.usedCols));
  return states;
}

function Wavefront(props: ViewProps) {
  const { run, store, state, dark } = props;
  const design = useMemo(() => designOf(run), [run]);
  const window = Math.floor(state.cycle / around);
  const answer = useAnswer(async () => {
    run.requireRecords();
    return arrayPasses(run, (window - 1) * around - design.rows - design.cols, (window + 2) * around);
  }, [run, window]);
  const passes = answer.value ?? [];
  const { cycle } = state;
  const shown = useMemo(() => passAt(design, passes, cycle), [design, passes, cycle]);
  const inside = useMemo(() => passesInside(design, passes, cycle), [design, passes, cycle]);
  const states = useMemo(() => (shown ? statesAt(design, inside, shown, cycle) : null), [design, inside, shown, cycle]);
  const [row, col] = (state.more.pe ?? '0,0').split(',').map(Number) as [number, number];
  const chosen = [Math.min(row || 0, design.rows - 1), Math.min(col || 0, design.cols - 1)] as const;
  const choose = (toRow: number, toCol: number) =>
    store.setMore('pe', `${Math.min(design.rows - 1, Math.max(0, toRow))},${Math.min(design.cols - 1, Math.max(0, toCol))}`);
  useKeys((event) => {
    switch (event.key) {
      case 'ArrowDown': event.shiftKey ? choose(chosen[0], chosen[1] + 1) : choose(chosen[0] + 1, chosen[1]); return true;
      case 'ArrowUp': event.shiftKey ? choose(chosen[0], chosen[1] - 1) : choose(chosen[0] - 1, chosen[1]); return true;
      default: return false;
    }
  });
  if (answer.error) return <p class="error" role="alert">{answer.error}</p>;
  if (!answer.value) return <p class="hint" aria-live="polite">Reading the records ...</p>;
  if (!shown || !states) return <p>No pass went through the array in this run.</p>;
  const at = passes.indexOf(shown);
  const go = (to: number) => goTo(store, run, to);
  const all = design.rows * design.cols, active = sum(inside.map((pass) => activePes(design, pass, cycle)));
  const phase = phasesOf(design, shown).find(({ from, to }) => from <= cycle && cycle < to)?.phase;
  const leaving = inside.flatMap((pass) => leavingAt(design, pass, cycle).filter(({ row, col }) =>
    col < pass.usedCols && (design.kind !== 'output_stationary' || row < pass.usedRows)));
  const nearby = passes.slice(Math.max(0, at - 2), at + 3);
  const words = phase === undefined ? (cycle < shown.from ? `nothing is in the array; pass ${shown.number} streams from cycle ${count(shown.from)} on` : `pass ${shown.number} has left the array`)
    : `pass ${shown.number}, phase ${phase}`;
  return (
    <>
      <Player {...props} what="pass" toNext={() => passes[at + 1] && go((cycle < shown.from ? shown : passes[at + 1]!).from)}
              toLast={() => go((cycle > shown.from ? shown : passes[at - 1] ?? shown).from)} />
      <p class="statement" aria-live="polite" data-field="wave" data-cycle={cycle}>Cycle {count(cycle)}: {words}. <b data-field="active">{count(active)}</b> of {count(all)} PEs
        multiply ({percent(share(active, all))}).</p>
      <div class="wave-side">
        <Grid design={design} states={states} dark={dark} leaving={leaving} chosen={chosen} choose={choose}
              words={`${design.rows} x ${design.cols} PEs at cycle ${cycle}: ${active} multiply, ${words}`} />
        <div class="wave-words">
          <PassFacts run={run} design={design} pass={shown} />
          <PeFacts design={design} passes={inside} row={chosen[0]} col={chosen[1]} cycle={cycle} />
        </div>
      </div>
      <ul class="legend">
        {[0, 1].map((set) => <li key={set}>{tints[dark ? 'dark' : 'light'][set]!.map((colour) => <span key={colour} class="tint" aria-hidden="true" style={{ background: colour }} />)}{' '}
          {set === 0 ? 'multiplies, passes of even numbers' : 'of odd numbers'}</li>)}
        <li>number: the {vectorWord(design)} of the pass that is in the PE</li>
        <li><span class="tint loading" aria-hidden="true" /> takes a weight into its shadow register</li><li><span class="tint unused" aria-hidden="true" /> no work in this pass</li>
        <li>arrow below: a sum leaves</li>
      </ul>
      <h2>This pass over time</h2>
      <p class="hint">Above its phases, below how many PEs multiply in each cycle, those of the passes beside it included. A click sets the cursor.</p>
      <Phases design={design} pass={shown} inside={nearby} cycle={cycle} go={go} />
      <h2>Passes around the cursor, and waits between them</h2>
      <PassTable run={run} passes={passes} shown={shown} dark={dark} go={go} />
      {design.kind === 'input_stationary' && <p class="hint">Loads of activations into the array are not in the trace.</p>}
    </>
  );
}

export const wavefront: View = {
  id: 'wavefront', title: 'PE array', key: '6', keys: [...playerKeys('pass'), ['↑ ↓', 'the PE above, below (with Shift: to the left, right)']],
  about: 'What does each PE of the array do in this cycle, and how does the wave of operands go through it?', View: Wavefront,
};
