// SPDX-License-Identifier: Apache-2.0
// The selected instruction: its times, what each stage means, and where it comes from.
import { none } from '../../format/records';
import type { InstructionIndex } from '../../model/instructions';
import { useAnswer } from '../../shell/hooks';
import { goTo } from '../../shell/navigate';
import { count } from '../../words/figures';
import type { ViewProps } from '../view';
import { stages } from './stages';

export function Details(props: ViewProps & { index: InstructionIndex }) {
  const { run, store, state, index, dark } = props;
  const insn = state.insn === null ? null : index.get(state.insn);
  const text = useAnswer(() => run.instructionText(state.insn ?? none), [run, state.insn]);
  if (!insn) return <p class="hint">Select an instruction to see its stages as numbers.</p>;
  const layer = run.layers[insn.layer];
  const unit = run.units[insn.unit]!;
  return (
    <section class="story" aria-label={`Instruction ${insn.index}`}>
      <h2>Instruction {insn.index} <span class="soft">of {unit.name}{layer ? `, layer ${layer.name}` : ''}</span></h2>
      <p class="code">{text.value}</p>
      {layer && <p>ONNX nodes: {layer.info.onnx_nodes.join(', ') || 'none'} (operator {layer.info.op})</p>}
      <div class="scroll">
        <table data-table="stages">
          <thead><tr><th scope="col">stage</th><th scope="col" class="number">from cycle</th><th scope="col" class="number">cycles</th><th scope="col">what it is</th></tr></thead>
          <tbody>{stages.map((stage) => (
            <tr key={stage.name}>
              <th scope="row"><span class="swatch" style={{ background: dark ? stage.dark : stage.light }} aria-hidden="true" /> {stage.name}</th>
              <td class="number">{count(stage.from(insn))}</td>
              <td class="number">{count(stage.to(insn) - stage.from(insn))}</td><td>{stage.means}</td>
            </tr>
          ))}
          <tr><th scope="row">retired</th><td class="number">{count(insn.retired)}</td><td /><td>results usable, tokens signalled
            {insn.completedBy !== none ? `; transfer ${insn.completedBy} brought the last of it` : ''}</td></tr>
          </tbody>
        </table>
      </div>
      <p class="row">
        <button type="button" onClick={() => { store.set({ unit: unit.name, view: 'timeline' }); goTo(store, run, insn.started); }}>
          Show it on the timeline</button>
        <button type="button" onClick={() => {
          const margin = Math.max(4, Math.round((insn.retired - insn.dispatched) * 0.1));
          store.set({ from: insn.dispatched - margin, to: insn.retired + margin, cycle: insn.started, unit: unit.name });
        }}>Fit the window to it</button>
      </p>
    </section>
  );
}
