// SPDX-License-Identifier: Apache-2.0
// The unified buffer over time: how full, by layer; and which addresses, by layer.
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { ticks } from '../../draw/axis';
import { cutAxis } from '../../draw/cut_axis';
import { pixel } from '../../draw/palette';
import { paintTenants } from '../../draw/tenant_map';
import type { Counter } from '../../format/series';
import { valueAt } from '../../model/floorplan';
import { liveByLayer, type Tenants, usedAddresses } from '../../model/sram';
import { useSize } from '../../shell/hooks';
import { goTo } from '../../shell/navigate';
import { count, size } from '../../words/figures';
import type { ViewProps } from '../view';
import { layerColour } from './looks';

const height = 190, mapHeight = 220, left = 74, right = 10, top = 18, bottom = 22;

export function LiveChart({ run, store, state, dark, tenants, counter, capacity }: ViewProps &
                          { tenants: Tenants | null; counter: Counter; capacity: number }) {
  const [sized, { width }] = useSize<HTMLDivElement>();
  const { from, to } = state, inner = Math.max(50, width - left - right), bins = Math.max(1, Math.min(Math.floor(inner / 2), 500, to - from));
  const layers = useMemo(() => (tenants ? [...liveByLayer(tenants, from, to, bins)].sort((a, b) => a[0] - b[0]) : []), [tenants, from, to, bins]);
  const most = Math.max(1, counterMost(counter, from, to));
  const full = Math.min(capacity, most * 1.5) === capacity ? capacity : most * 1.15;  // a nearly empty buffer is drawn larger
  const x = (bin: number) => left + bin / bins * inner, y = (bytes: number) => height - bottom - Math.min(1, bytes / full) * (height - top - bottom);
  const base = new Float64Array(bins);
  const areas = layers.map(([layer, values]) => {
    let there = '', back = '';
    for (let bin = 0; bin < bins; ++bin) {
      const low = base[bin]!, high = base[bin] = low + values[bin]!, [a, b] = [x(bin).toFixed(1), x(bin + 1).toFixed(1)];
      there += `${bin === 0 ? 'M' : 'L'}${a} ${y(high).toFixed(1)}H${b}`;
      back = `L${b} ${y(low).toFixed(1)}H${a}${back}`;
    }
    return { layer, d: `${there}${back}z` };
  });
  const at = (cycle: number) => left + (cycle - from) / (to - from) * inner;
  return (
    <div class="sram-chart" ref={sized}>
      {width > 0 && <svg width={width} height={height} role="img"
        aria-label={`Live bytes of the unified buffer, at most ${size(most)} in the window of ${size(capacity)}`}
        onClick={(event) => goTo(store, run, from + (event.offsetX - left) / inner * (to - from))}>
        {[0, 0.5, 1].map((part) => <g key={part}>
          <path d={`M${left} ${y(full * part)}H${width - right}`} class={part === 1 && full === capacity ? 'capacity' : 'grid'} />
          <text x={left - 6} y={y(full * part) + 4} text-anchor="end">{size(full * part)}</text>
        </g>)}
        <text x={left} y="12" class="title">live bytes by the layer that wrote them{full === capacity ? `; the line: all ${size(capacity)}` : `; the buffer has ${size(capacity)}, far above this picture`}</text>
        {areas.map(({ layer, d }) => <path key={layer} d={d} fill={layerColour(layer, dark)} />)}
        {!tenants && <path d={stepsOf(counter, from, to, at, y)} class="total" />}
        {ticks(from, to, Math.max(2, inner / 110)).map((tick) => <text key={tick} x={Math.min(at(tick), width - right - 24)} y={height - 6} text-anchor="middle">{count(tick)}</text>)}
        {from <= state.cycle && state.cycle < to && <path d={`M${at(state.cycle)} ${top}V${height - bottom}`} class="cursor-line" />}
      </svg>}
    </div>
  );
}
export function counterMost(counter: Counter, from: number, to: number): number {
  let most = valueAt(counter, from);
  for (let i = 0; i < counter.cycle.length; ++i) if (counter.cycle[i]! >= from && counter.cycle[i]! < to) most = Math.max(most, counter.value[i]!);
  return most;
}
function stepsOf(counter: Counter, from: number, to: number, x: (cycle: number) => number, y: (bytes: number) => number): string {
  let d = `M${x(from)} ${y(valueAt(counter, from))}`;
  for (let i = 0; i < counter.cycle.length; ++i) {
    if (counter.cycle[i]! < from || counter.cycle[i]! >= to) continue;
    d += `H${x(counter.cycle[i]!).toFixed(1)}V${y(counter.value[i]!).toFixed(1)}`;
  }
  return `${d}H${x(to)}`;
}

export function AddressMap({ run, store, state, dark, tenants }: ViewProps & { tenants: Tenants }) {
  const [sized, { width }] = useSize<HTMLElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const { from, to } = state, inner = Math.max(50, Math.floor(width - left - right));
  const parts = useMemo(() => cutAxis(usedAddresses(tenants), mapHeight, 16, 14), [tenants]);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || width < 10) return;
    const image = context.createImageData(inner, mapHeight), inks = new Map<number, number>();
    const inkOf = (layer: number) => inks.get(layer) ?? (inks.set(layer, pixel(layerColour(layer, dark))), inks.get(layer)!);
    paintTenants(new Uint32Array(image.data.buffer), inner, mapHeight, tenants, { from, to, parts }, pixel(dark ? '#101316' : '#ffffff'), inkOf);
    context.putImageData(image, 0, 0);
    canvas.current!.dataset.window = `${from} ${to}`;
  }, [tenants, from, to, width, dark, parts]);
  const at = left + (state.cycle - from) / (to - from) * inner;
  return (
    <figure class="sram-map" ref={sized} aria-label={`Addresses of the unified buffer over cycles ${count(from)} to ${count(to)}, in the colour of the layer that wrote them; the table below has those at the cursor`}>
      {parts.map((part, i) => <span key={part.begin}>
        <span class="map-label" style={{ top: `${part.from - 1}px` }}>{address(part.begin)}</span>
        {part.to - part.from > 34 && <span class="map-label" style={{ top: `${part.to - 17}px` }}>{address(part.end)}</span>}
        {i + 1 < parts.length && <span class="map-cut" style={{ top: `${part.to + 9}px`, left: `${left}px` }}>never used: {size(parts[i + 1]!.begin - part.end)}</span>}
      </span>)}
      <canvas ref={canvas} width={inner} height={mapHeight} style={{ marginLeft: `${left}px` }}
              onClick={(event) => goTo(store, run, from + event.offsetX / inner * (to - from))} />
      {from <= state.cycle && state.cycle < to && <span class="bank-cursor" style={{ left: `${at}px` }} />}
    </figure>
  );
}
const address = (value: number) => `0x${value.toString(16)}`;
