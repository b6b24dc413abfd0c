// SPDX-License-Identifier: Apache-2.0
// From the lower bound to what was counted, part by part.
import type { LayerBounds } from '../../format/metadata';
import type { Run } from '../../model/run';
import { Term } from '../../shell/term';
import { count, percent, share } from '../../words/figures';
import type { ViewProps } from '../view';

const notParts = ['count', 'ahead', 'cycles'];
/** As `nnpsim explain NETWORK --layer` has them (host_runtime/cli/bound_text.cpp). */
const words: Record<string, string> = {
  edge_tiles: 'the array streams, but cells in partial tiles have no work, or words come slower than a row a cycle',
  fill_drain: 'weights shift in, sums leave the accumulators, or a pipeline runs empty, and nothing streams meanwhile',
  not_overlapped: 'another resource works for this layer, and the one that bounds it waits until that is done',
  refetch: 'device memory moves bytes a second time, or bytes that no mapping would need',
  refresh: 'device memory refreshes instead of moving data (split as over the whole run)',
  dram: 'device memory opens and closes rows or turns its bus around (split as over the whole run)',
  latency: 'requests are on their way to device memory and back: too few in flight to keep it busy',
  bank_conflict: 'other streams hold the buffer\'s banks',
  vector: 'the vector unit works, at less than its lanes\' rate or while the array waits for it',
  host: 'data cross the host link',
  sync: 'instructions are fetched, dispatched or set up, or a token is on its way',
  later_layers: 'units work for later layers already, which have it ahead',
  unexplained: 'not explained',
};

export function Gap({ run }: ViewProps) {
  const { bounds, gap } = run.figures!;
  return bounds && gap ? <GapTable run={run} bounds={bounds} gap={gap} /> : null;
}

export function GapTable(props: { run: Run; bounds: LayerBounds; gap: Readonly<Record<string, number>> }) {
  const { run, bounds, gap } = props;
  const parts = Object.entries(gap).filter(([name, cycles]) => !notParts.includes(name) && cycles !== 0)
                      .sort((a, b) => b[1] - a[1]);
  return (
    <div class="scroll">
      <table data-table="gap">
        <thead><tr><th scope="col">part</th><th scope="col" class="number">cycles</th><th scope="col" class="number">share</th>
          <th scope="col">what it is</th></tr></thead>
        <tbody>
          <tr><th scope="row"><Term run={run} word="bound">lower bound</Term></th><td class="number">{count(bounds.cycles)}</td>
            <td class="number">{percent(share(bounds.cycles, gap.count!))}</td><td>set by {bounds.bound_by}</td></tr>
          {parts.map(([name, cycles]) => (
            <tr key={name}><th scope="row">{name}</th><td class="number">{count(cycles)}</td>
              <td class="number">{percent(share(cycles, gap.count!))}</td><td>{words[name] ?? ''}</td></tr>
          ))}
          {gap.ahead! > 0 && <tr><th scope="row">ahead</th><td class="number">-{count(gap.ahead!)}</td>
            <td class="number">-{percent(share(gap.ahead!, gap.count!))}</td><td>part of the bound that was done before its turn</td></tr>}
          <tr><th scope="row">counted</th><td class="number">{count(gap.count!)}</td><td class="number">{percent(1)}</td>
            <td>bound and parts together</td></tr>
        </tbody>
      </table>
    </div>
  );
}
