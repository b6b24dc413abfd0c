// SPDX-License-Identifier: Apache-2.0
// The pass over time: its phases, and how many PEs multiply in each cycle.
import { useMemo } from 'preact/hooks';
import { ticks } from '../../draw/axis';
import type { TracedPass } from '../../model/array_passes';
import { activePes, type ArrayDesign, phasesOf, wave } from '../../model/wavefront';
import { useSize } from '../../shell/hooks';
import { count } from '../../words/figures';

const height = 150, bar = 24, left = 62, right = 10;

export function Phases(props: { design: ArrayDesign; pass: TracedPass; inside: readonly TracedPass[]; cycle: number; go: (cycle: number) => void }) {
  const { design, pass, inside, cycle, go } = props;
  const [sized, { width }] = useSize<HTMLDivElement>();
  const spans = phasesOf(design, pass);
  const from = pass.from - Math.min(pass.from, Math.max(4, design.rows / 2)), to = spans.at(-1)!.to + 2;
  const inner = Math.max(40, width - left - right), x = (at: number) => left + (at - from) / (to - from) * inner;
  const all = design.rows * design.cols, y = (active: number) => height - 22 - active / all * (height - 22 - bar - 14);
  const line = useMemo(() => {
    const points = Math.min(to - from, Math.max(1, Math.floor(inner))), pieces: string[] = [];
    const waves = inside.map((each) => wave(design, each.usedRows, each.usedCols));
    for (let i = 0; i < points; ++i) {
      const at = from + Math.floor(i / points * (to - from)), next = from + Math.floor((i + 1) / points * (to - from));
      const active = Math.min(all, inside.reduce((sum, each, n) => sum + activePes(design, each, at, waves[n]), 0));
      pieces.push(`${i === 0 ? 'M' : 'L'}${x(at).toFixed(1)} ${y(active).toFixed(1)}H${x(next).toFixed(1)}`);
    }
    return pieces.join('');
  }, [design, pass.number, width]);
  return (
    <div class="phases" ref={sized}>
      {width > 0 && <svg width={width} height={height} role="img"
        aria-label={`Phases of the pass: ${spans.map((span) => `${span.phase} ${span.to - span.from} cycles`).join(', ')}`}
        onClick={(event) => go(Math.floor(from + (event.offsetX - left) / inner * (to - from)))}>
        {spans.filter((span) => span.to > from).map((span) => {
          const start = Math.max(x(span.from), left), long = x(span.to) - start;
          return <g key={span.phase} class={`phase ${span.phase}`}>
            <rect x={start} y="2" width={Math.max(0, long - 1)} height={bar - 4} />
            {long > 74 && <text x={start + 5} y="17">{span.phase} {count(span.to - span.from)}</text>}
          </g>;
        })}
        {[0, 0.5, 1].map((part) => <g key={part}>
          <path d={`M${left} ${y(all * part)}H${width - right}`} class="grid" />
          <text x={left - 6} y={y(all * part) + 4} text-anchor="end">{count(all * part)}</text>
        </g>)}
        <path d={line} class="active-line" />
        {ticks(from, to, inner / 90).map((tick) => <text key={tick} x={x(tick)} y={height - 5} text-anchor="middle">{count(tick)}</text>)}
        {cycle >= from && cycle < to && <rect x={x(cycle)} y="0" width={Math.max(2, x(cycle + 1) - x(cycle))} height={height - 20} class="cycle-now" />}
      </svg>}
    </div>
  );
}
