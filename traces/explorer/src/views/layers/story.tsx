// SPDX-License-Identifier: Apache-2.0
// The selected layer: its bound by resource, and what lies between the bound and its turn.
import { Term } from '../../shell/term';
import { count, percent, share } from '../../words/figures';
import { GapTable } from '../overview/gap';
import type { ViewProps } from '../view';

const notResources = ['cycles', 'bound_by', 'dram_bytes'];

export function LayerStory({ run, store, state }: ViewProps) {
  const layer = run.layer(state.layer);
  if (!layer) return <p class="hint">Select a layer to see what bounds it and what its cycles went to.</p>;
  const { figures } = layer;
  const onTimeline = () => store.set({ view: 'timeline', from: figures!.start_cycle!, to: figures!.end_cycle!,
                                       cycle: figures!.start_cycle! });
  return (
    <section class="story" aria-label={`Layer ${layer.name}`}>
      <h2>{layer.name} <span class="soft">{layer.info.op} on the {layer.info.where}</span></h2>
      <p class="row">
        {layer.info.onnx_nodes.length > 0 && <span>ONNX nodes: {layer.info.onnx_nodes.join(', ')}</span>}
        {figures?.start_cycle != null && <button type="button" onClick={onTimeline}>Show it on the timeline</button>}
        <button type="button" onClick={() => store.set({ view: 'instructions', layer: layer.name })}>Show its instructions</button>
      </p>
      {figures?.bounds && figures.gap && figures.bounds.cycles > 0 && <div class="columns">
        <div>
          <h3><Term run={run} word="bound">Lower bound</Term>: {count(figures.bounds.cycles)} cycles</h3>
          <table><tbody>
            {Object.entries(figures.bounds).filter(([name]) => !notResources.includes(name)).map(([name, cycles]) => (
              <tr key={name}><th scope="row"><Term run={run} word={`bound_${name}`}>{name}</Term></th>
                <td class="number">{count(cycles as number)}</td><td>{name === figures.bounds!.bound_by ? 'sets the bound' : ''}</td></tr>
            ))}
          </tbody></table>
        </div>
        <div>
          <h3><Term run={run} word="counted">Its turn</Term>: {count(figures.gap.count!)} cycles,{' '}
            {percent(share(figures.gap.cycles!, figures.gap.count!))} of them above the bound</h3>
          <GapTable run={run} bounds={figures.bounds} gap={figures.gap} />
        </div>
      </div>}
    </section>
  );
}
