// SPDX-License-Identifier: Apache-2.0
// The drawing: two logarithmic axes, the roofs, a dot for each layer.
import { logAxis } from '../../draw/log_axis';
import { type Point, type Roofline, roofAt } from '../../model/roofline';
import { count, metric, rate, sum } from '../../words/figures';
import { lookOfBound } from './looks';

const width = 900, height = 460, left = 86, right = 40, top = 16, bottom = 52;
const areaOfAll = 22_000;  // square units: what a layer with all of the time would have
const leastRadius = 3.2;

interface Placed { readonly point: Point; readonly x: number; readonly y: number; readonly radius: number }

/** Names of the largest dots, where they meet neither each other nor the edge. */
function names(placed: readonly Placed[], roofs: readonly number[]): { text: string; x: number; y: number }[] {
  const taken = roofs.map((y) => ({ x: width - right - 190, y: y - 24, width: 190 }));
  const list: { text: string; x: number; y: number }[] = [];
  for (const { point, x, y, radius } of [...placed].sort((a, b) => b.radius - a.radius).slice(0, 9)) {
    const text = point.layer.name.length > 22 ? `${point.layer.name.slice(0, 21)}…` : point.layer.name;
    const long = text.length * 7.4;
    for (const [dx, dy] of [[radius + 4, 4], [-radius - 4 - long, 4], [-long / 2, -radius - 5], [-long / 2, radius + 14]] as const) {
      const box = { x: x + dx, y: y + dy, width: long };
      if (box.x < left || box.x + long > width || box.y < top + 10 || box.y > height - bottom - 2) continue;
      if (placed.some((dot) => Math.abs(dot.y - box.y + 4) < dot.radius * .7 && dot.x > box.x && dot.x < box.x + long)) continue;
      if (taken.some((other) => Math.abs(other.y - box.y) < 14 && box.x < other.x + other.width + 4 && other.x < box.x + long + 4)) continue;
      taken.push(box), list.push({ text, ...box });
      break;
    }
  }
  return list;
}

export function Chart(props: { roofline: Roofline; selected: string | null; dark: boolean; select: (layer: string) => void;
                               look: (layer: string | null) => void }) {
  const { roofline, selected, dark, select, look } = props;
  const { points, peaks, bytesPerSecond } = roofline;
  const finite = points.filter(({ bytes }) => bytes > 0);
  const ridges = bytesPerSecond ? peaks.map((peak) => peak.opsPerSecond / bytesPerSecond) : [];
  const xs = logAxis([...finite.map(({ intensity }) => intensity), ...ridges.flatMap((ridge) => [ridge / 4, ridge * 4])]);
  const ys = logAxis([...points.map(({ opsPerSecond }) => opsPerSecond), ...peaks.map(({ opsPerSecond }) => opsPerSecond * 1.3)]);
  const x = (value: number) => left + Math.min(1, Number.isFinite(value) ? xs.at(value) : 1) * (width - left - right);
  const y = (value: number) => height - bottom - ys.at(value) * (height - top - bottom);
  const cycles = sum(points.map((point) => point.cycles));
  const placed: Placed[] = points.map((point) => ({
    point, x: x(point.intensity), y: y(point.opsPerSecond),
    radius: Math.max(leastRadius, Math.sqrt(areaOfAll * point.cycles / cycles / Math.PI)),
  })).sort((a, b) => b.radius - a.radius);
  const chosen = placed.find(({ point }) => point.layer.name === selected);
  return (
    <svg class="roofline" viewBox={`0 0 ${width} ${height}`} role="group" aria-label="Roofline: operations a second over operations a byte">
      {xs.ticks.map((tick) => <g key={`x${tick}`}>
        <path d={`M${x(tick)} ${top}V${height - bottom}`} class="grid" />
        <text x={x(tick)} y={height - bottom + 18} text-anchor="middle">{tick >= 1 ? count(tick) : tick}</text>
      </g>)}
      {ys.ticks.map((tick) => <g key={`y${tick}`}>
        <path d={`M${left} ${y(tick)}H${width - right}`} class="grid" />
        <text x={left - 8} y={y(tick) + 4} text-anchor="end">{metric(tick, 'OPS').replace(/\.0+ /, ' ')}</text>
      </g>)}
      <text x={(left + width - right) / 2} y={height - 8} text-anchor="middle" class="title">arithmetic intensity: operations for each byte of device memory</text>
      {peaks.map((peak) => {
        const ridge = bytesPerSecond ? peak.opsPerSecond / bytesPerSecond : xs.from;
        const first = Math.max(xs.from, ridge);
        const start = bytesPerSecond ? Math.max(xs.from, ys.from / bytesPerSecond) : xs.from;
        return (
          <g key={peak.passes} class="roofs">
            <path d={`M${x(start)} ${y(Math.max(ys.from, roofAt(peak, bytesPerSecond, start)))}L${x(first)} ${y(peak.opsPerSecond)}H${width - right}`} class="roof" />
            <text x={width - right - 4} y={y(peak.opsPerSecond) - 24} text-anchor="end" class="title">
              array, {peak.precision}: {metric(peak.opsPerSecond, 'OPS')}</text>
            {bytesPerSecond && <g>
              <path d={`M${x(ridge)} ${y(peak.opsPerSecond)}V${height - bottom}`} class="ridge" />
              <text x={x(ridge) + 5} y={height - bottom - 6}>ridge: {rate(ridge)} ops/byte</text>
            </g>}
          </g>
        );
      })}
      {bytesPerSecond && <MemoryName x={x} y={y} from={xs.from} low={ys.from} ridge={ridges[0]!} peak={bytesPerSecond} />}
      {chosen && <path d={`M${chosen.x} ${chosen.y}V${y(chosen.point.roof)}`} class="distance" />}
      {placed.map(({ point, x, y, radius }) => {
        const bound = lookOfBound(point.layer.figures!.bounds!.bound_by), colour = dark ? bound.dark : bound.light;
        return (
          <g key={point.layer.name} class={point.layer.name === selected ? 'dot chosen' : 'dot'} role="button" tabindex={0}
             data-layer={point.layer.name} aria-pressed={point.layer.name === selected}
             aria-label={`${point.layer.name}: ${metric(point.opsPerSecond, 'OPS')}, ` +
                         `${point.bytes > 0 ? point.intensity.toPrecision(3) : 'no byte moved, so infinitely many'} operations a byte, ${bound.name}`}
             onClick={() => select(point.layer.name)} onPointerEnter={() => look(point.layer.name)} onPointerLeave={() => look(null)}
             onFocus={() => look(point.layer.name)} onBlur={() => look(null)}
             onKeyDown={(event) => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(), event.stopPropagation(), select(point.layer.name); } }}>
            <path d={bound.shape(x, y, radius)} fill={colour} fill-opacity=".72" stroke={colour} />
          </g>
        );
      })}
      {chosen && <path class="mark" d={lookOfBound(chosen.point.layer.figures!.bounds!.bound_by).shape(chosen.x, chosen.y, chosen.radius + 1.5)} />}
      {names(placed, peaks.map((peak) => y(peak.opsPerSecond))).map(({ text, x, y }) => <text key={text} x={x} y={y} class="dot-name">{text}</text>)}
    </svg>
  );
}

function MemoryName(props: { x: (v: number) => number; y: (v: number) => number; from: number; low: number; ridge: number; peak: number }) {
  const { x, y, from, low, ridge, peak } = props;
  const start = Math.max(from, low / peak);
  if (start >= ridge) return null;
  const middle = start * (ridge / start) ** 0.3;
  const slope = Math.atan2(y(ridge * peak) - y(start * peak), x(ridge) - x(start)) * 180 / Math.PI;
  return <text transform={`translate(${x(middle) - 3} ${y(middle * peak) - 9}) rotate(${slope})`} text-anchor="middle" class="title">
    device memory: {metric(peak, 'B/s')}</text>;
}
