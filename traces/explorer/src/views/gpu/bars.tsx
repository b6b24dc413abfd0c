// SPDX-License-Identifier: Apache-2.0
// A row a runner: inferences a second and share of its own peak as bars, and under what conditions they are known.
import { logAxis } from '../../draw/log_axis';
import { checkFailed, timesTheChip } from '../../model/comparison';
import { metric, percent, rate, time } from '../../words/figures';
import type { Comparison, ComparisonRow } from '../view';

export const kindOf = (row: ComparisonRow) => (row.status === 'simulated' ? 'simulated' : row.status === 'measured' ? 'measured' : 'published');

export function Bars(props: { comparison: Comparison; rows: readonly ComparisonRow[]; batch: number; logarithmic: boolean; label: string }) {
  const { comparison, rows, batch, logarithmic, label } = props;
  const most = Math.max(...rows.map((row) => row.throughput_per_s!));
  const axis = logAxis(rows.map((row) => row.throughput_per_s!));
  const part = (value: number) => (logarithmic ? Math.max(0.01, axis.at(value)) : value / most);
  return (
    <div class="gpu-bars" role="list" aria-label={label}>
      <div class="gpu-head" aria-hidden="true"><span>runner</span><span>inferences a second{logarithmic ? ' (logarithmic)' : ''}</span><span>of its own peak</span></div>
      {rows.map((row, i) => {
        const times = timesTheChip(comparison, row, batch), kind = kindOf(row);
        return (
          <div key={i} role="listitem" class={`gpu-row ${kind}`} data-device={row.device} data-runner={row.runner}>
            <div class="gpu-name"><b>{row.device}</b><br />{row.precision}{row.batch === null ? ', any batch' : `, batch ${row.batch}`} <span class={`badge ${kind}`}>{row.status}</span>
              {checkFailed(row) && <> <span class="badge failed">its values failed their check</span></>}</div>
            <div class="gpu-cell"><span class="gpu-bar" style={{ width: `${Math.max(0.3, part(row.throughput_per_s!) * 62)}%` }} />
              <span class="gpu-number" data-value={row.throughput_per_s!}>{rate(row.throughput_per_s!)}{times !== null && row.runner !== 'chip' ? <span class="of"> {times >= 100 ? times.toFixed(0) : times.toPrecision(3)} x the chip</span> : ''}</span></div>
            <div class="gpu-cell">{row.peak_fraction === null ? <span class="of">peak not known</span> : <>
              <span class="gpu-bar share" style={{ width: `${Math.max(0.3, Math.min(1, row.peak_fraction) * 62)}%` }} />
              <span class="gpu-number" data-value={row.peak_fraction}>{percent(row.peak_fraction)}</span></>}</div>
            <p class="gpu-source">{row.latency_s !== null ? `${time(row.latency_s)} for the batch: ` : ''}{row.source}
              {row.peak_operations_per_s ? `. Peak: ${metric(row.peak_operations_per_s, 'OPS')}${row.peak_source ? `, ${row.peak_source}` : ''}` : ''}</p>
          </div>
        );
      })}
    </div>
  );
}
