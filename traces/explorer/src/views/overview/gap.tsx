// SPDX-License-Identifier: Apache-2.0
// From the lower bound to what was counted, part by part.
import type { LayerBounds } from '../../format/metadata';
import type { Run } from '../../model/run';
import { Term } from '../../shell/term';
import { count, percent, share } from '../../words/figures';
import { gapWords, notParts } from '../../words/gap_parts';
import type { ViewProps } from '../view';

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
              <td class="number">{percent(share(cycles, gap.count!))}</td><td>{gapWords[name] ?? ''}</td></tr>
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
