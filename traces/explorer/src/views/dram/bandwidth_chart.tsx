// SPDX-License-Identifier: Apache-2.0
// Bytes over time against what the channels can move at most.
import { ticks } from '../../draw/axis';
import { bytesIn, type ChannelCounters } from '../../model/bandwidth';
import type { Run } from '../../model/run';
import { useSize } from '../../shell/hooks';
import { goTo } from '../../shell/navigate';
import type { Shared, Store } from '../../state/state';
import { count, metric, percent, share, sum } from '../../words/figures';

const height = 150, left = 52, right = 8, top = 20, bottom = 22;

/** A stepped area over a base, bin by bin. */
function area(values: Float64Array, base: Float64Array | null, x: (bin: number) => number, y: (value: number) => number): string {
  let there = '', back = '';
  values.forEach((value, bin) => {
    const low = base ? base[bin]! : 0, [from, to] = [x(bin).toFixed(1), x(bin + 1).toFixed(1)];
    there += `${bin === 0 ? 'M' : 'L'}${from} ${y(low + value).toFixed(1)}H${to}`;
    back = `L${to} ${y(low).toFixed(1)}H${from}${back}`;
  });
  return `${there}${back}z`;
}

export function BandwidthChart(props: { run: Run; store: Store; state: Shared; title: string; channels: readonly ChannelCounters[]; peak: number | null }) {
  const { run, store, state, title, channels, peak } = props;
  const [sized, { width }] = useSize<HTMLDivElement>();
  const { from, to } = state;
  const inner = Math.max(50, width - left - right), bins = Math.max(1, Math.min(Math.floor(inner / 2), 600, to - from));
  const added = (which: 'read' | 'written') => {
    const all = new Float64Array(bins);
    for (const channel of channels) {
      const counter = channel[which];
      if (counter) bytesIn(counter, from, to, bins).forEach((bytes, bin) => (all[bin]! += bytes));
    }
    return all;
  };
  const read = added('read'), written = added('written');
  const perBin = (to - from) / bins, most = Math.max(1e-9, (peak ?? 0) * perBin, ...read.map((bytes, bin) => bytes + written[bin]!));
  const x = (bin: number) => left + bin / bins * inner, y = (bytes: number) => height - bottom - bytes / most / 1.04 * (height - top - bottom);
  const clock = run.info.core_frequency_khz * 1000;
  const at = (cycle: number) => left + (cycle - from) / (to - from) * inner;
  const total = sum([...read]) + sum([...written]);
  return (
    <div class="bandwidth" ref={sized}>
      {width > 0 && <svg width={width} height={height} role="img" aria-label={`${title}: ${metric(total / (to - from) * clock, 'B/s')} on average in the window` +
        (peak ? `, ${percent(share(total, peak * (to - from)))} of the peak` : '')}
        onClick={(event) => goTo(store, run, from + (event.offsetX - left) / inner * (to - from))}>
        <text x={left} y={13} class="title">{title}{peak ? `: ${percent(share(total, peak * (to - from)))} of the peak in this window` : ''}</text>
        {(peak ? [0, 0.5, 1] : [0]).map((part) => <g key={part}>
          <path d={`M${left} ${y(part * (peak ?? 0) * perBin)}H${width - right}`} class={part === 1 ? 'peak' : 'grid'} />
          <text x={left - 6} y={y(part * (peak ?? 0) * perBin) + 4} text-anchor="end">{percent(part).replace('.0', '')}</text>
        </g>)}
        <path d={area(read, null, x, y)} class="read" />
        <path d={area(written, read, x, y)} class="written" />
        {peak && <text x={width - right} y={y(peak * perBin) - 5} text-anchor="end" class="title">peak {metric(peak * clock, 'B/s')}</text>}
        {ticks(from, to, Math.max(2, inner / 110)).map((tick) => <g key={tick}>
          <path d={`M${at(tick)} ${height - bottom}v4`} class="grid" />
          <text x={Math.min(at(tick), width - right - 24)} y={height - 6} text-anchor="middle">{count(tick)}</text>
        </g>)}
        {from <= state.cycle && state.cycle < to && <path d={`M${at(state.cycle)} ${top}V${height - bottom}`} class="cursor-line" />}
      </svg>}
    </div>
  );
}
