// SPDX-License-Identifier: Apache-2.0
// The pass, its phases and one PE in words, with the formulas filled in.
import type { TracedPass } from '../../model/array_passes';
import { type ArrayDesign, depth, drainOf, phasesOf, shiftsAt, streamEnd, wave, workAt } from '../../model/wavefront';
import type { Run } from '../../model/run';
import { Term } from '../../shell/term';
import { count, percent, share } from '../../words/figures';

const flows = {
  weight_stationary: ['weights stay in the PEs', 'rows of activations move right, sums move down', 'row'],
  input_stationary: ['activations stay in the PEs', 'columns of weights move right, sums move down', 'column'],
  output_stationary: ['sums stay in the PEs', 'activations move right, weights move down, a step of depth a cycle', 'step'],
  adder_tree: ['weights stay in the PEs', 'a row of activations reaches all PEs at once, a tree in each column adds', 'row'],
} as const;
export const vectorWord = (design: ArrayDesign) => flows[design.kind][2];

export function PassFacts({ run, design, pass }: { run: Run; design: ArrayDesign; pass: TracedPass }) {
  const { rows, cols } = design, [stays, moves, vector] = flows[design.kind];
  const phases = Object.fromEntries(phasesOf(design, pass).map(({ phase, from, to }) => [phase, to - from]));
  const stream = streamEnd(pass) - pass.from, far = wave(design, pass.usedRows, pass.usedCols).length - 1;
  const work = pass.vectors * pass.parts * pass.usedRows * pass.usedCols, occupied = stream + drainOf(design, pass);
  return (
    <dl class="facts" data-field="pass" data-pass={pass.number}>
      <dt><Term run={run} word={design.kind}>dataflow</Term></dt><dd>{design.kind.replace('_', ' ')}: {stays}; {moves}</dd>
      <dt>pass</dt><dd>tile {pass.tile + 1} of {pass.tiles} of instruction {pass.instruction}, layer {run.layerWord(pass.layer)}</dd>
      <dt>PEs with work</dt><dd class="formula">{pass.usedRows} x {pass.usedCols} of {rows} x {cols} = {percent(share(pass.usedRows * pass.usedCols, rows * cols))}</dd>
      <dt>stream</dt><dd class="formula">{count(pass.vectors)} {vector}{pass.vectors === 1 ? '' : 's'}{pass.cyclesAVector > 1 ? ` x ${pass.cyclesAVector} cycles` : ''} = {count(stream)} cycle{stream === 1 ? '' : 's'}</dd>
      <dt>fill</dt><dd class="formula">{far === 0 ? '0: all PEs have the same in one cycle' :
        `${pass.usedRows} + ${pass.usedCols} - 2 = ${far} cycles${far > stream ? ', longer than the stream: never all PEs at once' : ''}`}</dd>
      <dt>steady</dt><dd class="formula">{count(phases.steady ?? 0)} cycles</dd>
      <dt>drain</dt><dd class="formula">{!pass.closes ? `${drainOf(design, pass)}: the sums stay, the pass goes on with the next tile` : design.idealFill ? '0: this chip\'s array fills and empties in no time' : design.kind === 'adder_tree'
        ? `${depth(design)} registers from an input to a sum` : `${rows} + ${cols} - 1${design.kind === 'output_stationary' ? ` + ${depth(design) - rows - cols + 1} moves down` : ''} = ${depth(design)} cycles`}</dd>
      <dt>PEs' use</dt><dd class="formula">{count(work)} / ({rows} x {cols} x {count(occupied)} cycles) = {percent(share(work, rows * cols * occupied))} of this pass alone; the next one fills while it drains</dd>
    </dl>
  );
}

export function PeFacts(props: { design: ArrayDesign; passes: readonly TracedPass[]; row: number; col: number; cycle: number }) {
  const { design, passes, row, col, cycle } = props;
  const vector = vectorWord(design);
  const at = (when: number) => {
    for (const pass of passes) {
      const work = workAt(design, pass, row, col, when);
      if (work) return { pass, work };
    }
    return null;
  };
  const now = at(cycle), loads = passes.find((pass) => shiftsAt(design, pass, row, col, cycle));
  const distance = design.kind === 'adder_tree' || design.idealFill ? 0 : row + col;
  return (
    <p data-field="pe" aria-live="polite">PE in row {row}, column {col}: {now
      ? `multiplies ${vector} ${now.work.vector} of pass ${now.pass.number}${now.pass.parts > 1 ? `, its ${now.work.part === 0 ? 'low' : 'high'} byte` : ''}` +
        (row < now.pass.usedRows && col < now.pass.usedCols ? '' : ' with a zero: it has no work in this pass')
      : 'has nothing to multiply'}{loads ? `; takes a weight of pass ${loads.number} into its shadow register` : ''}. {distance > 0
      ? `It is ${row} + ${col} = ${distance} cycles behind the corner.` : ''}</p>
  );
}
