// SPDX-License-Identifier: Apache-2.0
// The selected unit at the cursor, in words: beside every view.
import { none } from '../format/records';
import { lookOf } from '../draw/palette';
import { releaseWords, stateAt, stateWords } from '../model/at_cycle';
import type { Run } from '../model/run';
import type { Shared, Store } from '../state/state';
import { count } from '../words/figures';
import { useAnswer } from './hooks';
import { goBack, goToCause, stepsBehind, stepState } from './navigate';
import { Swatch } from './swatch';
import { Term } from './term';

export function Inspector(props: { run: Run; store: Store; state: Shared; dark: boolean }) {
  const { run, store, state, dark } = props;
  const unit = run.unit(state.unit);
  const answer = useAnswer(async () => {
    if (!unit || !run.hasRecords) return null;
    const record = await stateAt(run, unit, run.unitCycle(unit, state.cycle));
    const insn = record && record.instruction !== none ? record.instruction : state.insn;
    return { record, insn, text: insn === null ? '' : await run.instructionText(insn) };
  }, [run, unit, state.cycle, state.insn]);
  const record = answer.value?.record ?? null;
  const layer = record ? run.layers[record.layer] : run.layer(state.layer);
  return (
    <aside class="inspector" aria-label="Selection">
      <label class="field">unit{' '}
        <select value={state.unit ?? ''} onChange={(event) => store.set({ unit: event.currentTarget.value || null })}>
          <option value="">none selected</option>
          {run.units.map((u) => <option key={u.name} value={u.name}>{u.name}</option>)}
        </select>
      </label>
      {!unit && <p class="hint">Select a unit to read what it does at the cursor: here, or with a click on the timeline.</p>}
      {unit && !run.hasRecords && <p class="hint">This page has no single states: see the note above.</p>}
      {answer.error && <p class="error" role="alert">{answer.error}</p>}
      {unit && record && <>
        <p class="statement" aria-live="polite">
          <Swatch look={lookOf(record.kind.code, (c) => run.cause(c)?.name ?? '')} dark={dark} />{' '}
          <b data-field="state">{stateWords(run, record.kind)}</b>
        </p>
        <dl class="facts">
          <dt>since cycle</dt><dd data-field="start">{count(record.start)}</dd>
          <dt>for</dt><dd><span data-field="length">{count(record.end - record.start)}</span> cycles
            {unit.memoryClock ? ' of the memory clock' : ''}</dd>
          {record.kind.state !== 1 && <><dt>ended by</dt><dd data-field="ended_by">{releaseWords(run, record)}</dd></>}
          {record.kind.resource !== 0xffff && <><dt>waits for</dt><dd>{run.unitWord(record.kind.resource)}</dd></>}
        </dl>
        {record.kind.state !== 1 && !unit.memoryClock && record.kind.release !== 'own' &&
          <p><button type="button" onClick={() => void goToCause(store, run)}>Go to what ended it <kbd>Enter</kbd></button></p>}
        {record.kind.state === 2 && <Explained run={run} word={run.cause(record.kind.cause)?.name ?? ''} />}
      </>}
      {unit && run.hasRecords && <p class="row">
        <button type="button" onClick={() => void stepState(store, run, false)}>Previous state <kbd>[</kbd></button>
        <button type="button" onClick={() => void stepState(store, run, true)}>Next <kbd>]</kbd></button>
        {stepsBehind() > 0 &&
          <button type="button" onClick={() => goBack(store, run)}>Back <kbd>Backspace</kbd></button>}
      </p>}
      {answer.value?.text && <>
        <h2>Instruction <span data-field="instruction">{answer.value.insn}</span></h2>
        <p class="code">{answer.value.text}</p>
        <p><button type="button" onClick={() => store.set({ insn: answer.value!.insn, view: 'instructions' })}>
          Show it among the others</button></p>
      </>}
      {layer && <>
        <h2>Layer <button type="button" class="link" onClick={() => store.set({ layer: layer.name, view: 'layers' })}>
          {layer.name}</button></h2>
        <dl class="facts">
          <dt>operator</dt><dd>{layer.info.op}, on the {layer.info.where}</dd>
          <dt>ONNX nodes</dt><dd>{layer.info.onnx_nodes.join(', ') || 'none'}</dd>
        </dl>
      </>}
      {unit && <p class="hint">{unit.description} <Term run={run} word={unit.name}>Its account</Term></p>}
    </aside>
  );
}

function Explained(props: { run: Run; word: string }) {
  const cause = props.run.causeNamed(props.word);
  if (!cause) return null;
  return <>
    <p>{cause.definition}</p>
    <p class="formula">{cause.formula}</p>
    <p><b>Try: </b>{cause.advice}</p>
  </>;
}
