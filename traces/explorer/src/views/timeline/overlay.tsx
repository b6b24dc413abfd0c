// SPDX-License-Identifier: Apache-2.0
// What moves without a new picture: the cursor, the selected state, the chain of waits behind it.
import type { Run } from '../../model/run';
import { stateAt, type State } from '../../model/at_cycle';
import { graphOf, isEager } from '../../model/derived';
import { instructionsOf } from '../../model/instructions';
import { useAnswer } from '../../shell/hooks';
import type { Shared } from '../../state/state';
import { axisHeight, laneHeight, layerHeight, type Rows } from './rows';

const mostLinks = 24;

/** The selected unit's state at the cursor, and what stands behind it: each with the cycle at which it is left. */
async function chainFrom(run: Run, name: string | null, cycle: number): Promise<{ state: State; until: number }[]> {
  const unit = run.unit(name);
  if (!unit || !run.hasRecords) return [];
  const state = await stateAt(run, unit, run.unitCycle(unit, cycle));
  if (!state) return [];
  const links = [{ state, until: state.end }];
  if (unit.memoryClock || state.kind.state === 1) return links;
  const graph = await graphOf(run);
  for (let next = graph.before(state, state.end); next && links.length < mostLinks; next = graph.before(next.state, next.until))
    links.push(next);
  return links;
}

export function Overlay(props: { run: Run; rows: Rows; width: number; state: Shared }) {
  const { run, rows, width, state } = props;
  const { from, to, cycle } = state;
  const chain = useAnswer(() => chainFrom(run, state.unit, cycle), [run, state.unit, cycle]);
  const span = useAnswer(async () =>
    state.insn === null || !isEager(run) ? null : (await instructionsOf(run)).get(state.insn), [run, state.insn]);
  const bar = rows.layers.find(({ layer }) => layer.name === state.layer);
  const xOf = (at: number) => (at - from) / (to - from) * width;
  const clipped = (x: number) => Math.min(width + 20, Math.max(-20, x));
  const topOf = (unit: number) => rows.units[unit]?.top ?? 0;
  const heightOf = (unit: number) => rows.units[unit]?.height ?? laneHeight;
  const links = chain.value ?? [];
  const first = links[0];
  const unit = first && run.units[first.state.unit]!;
  const box = first && unit ? {
    left: clipped(xOf(run.coreCycle(unit, first.state.start))), right: clipped(xOf(run.coreCycle(unit, first.state.end))),
    top: topOf(unit.id),
  } : null;
  return (
    <svg class="overlay" width={width} height={rows.height} aria-hidden="true">
      <rect class="cursor-cycle" x={xOf(cycle)} y={0} width={Math.max(1.5, width / (to - from))} height={rows.height} />
      <line class="cursor-line" x1={xOf(cycle)} x2={xOf(cycle)} y1={0} y2={rows.height} />
      {span.value && <rect class="selected-span" x={clipped(xOf(span.value.dispatched))} y={topOf(span.value.unit)}
        width={Math.max(2, clipped(xOf(span.value.retired)) - clipped(xOf(span.value.dispatched)))} height={heightOf(span.value.unit)} />}
      {bar && <rect class="selected" x={clipped(xOf(bar.start))} y={rows.layersTop + bar.row * layerHeight}
        width={Math.max(2, clipped(xOf(bar.end)) - clipped(xOf(bar.start)) - 1)} height={layerHeight - 2} rx={2} />}
      {box && <rect class="selected" x={box.left} y={box.top - 1} width={Math.max(2, box.right - box.left)} height={heightOf(unit!.id) + 2} rx={2} />}
      {links.slice(1).map((link, i) => {
        const before = links[i]!;
        const x1 = clipped(xOf(before.until)), y1 = topOf(before.state.unit) + heightOf(before.state.unit) / 2;
        const x2 = clipped(xOf(link.until)), y2 = topOf(link.state.unit) + heightOf(link.state.unit) / 2;
        return <g key={i}>
          <path class="chain" d={`M ${x1} ${y1} C ${x1 - 14} ${y1}, ${x2 + 14} ${y2}, ${x2} ${y2}`} />
          <circle class="chain-end" cx={x2} cy={y2} r={3} />
        </g>;
      })}
      <rect class="selected-axis" x={xOf(cycle) - 1} y={axisHeight - 6} width={3} height={6} />
    </svg>
  );
}
