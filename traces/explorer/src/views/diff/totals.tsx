// SPDX-License-Identifier: Apache-2.0
// The runs as wholes, and the change of cycles by what they went to.
import type { Diff, DiffRow } from '../../model/diff';
import type { Run } from '../../model/run';
import { Term } from '../../shell/term';
import { count, percent, rate, share, size, time } from '../../words/figures';
import type { ViewProps } from '../view';
import { partMeans, partWord, signed } from './words';

export function Totals({ run, other }: ViewProps & { other: Run }) {
  const [a, b] = [run.figures!, other.figures!];
  const rows: [string, string, number, number, (value: number) => string][] = [
    ['cycles', 'cycle', a.cycles, b.cycles, count], ['time', 'cycle', a.time_s, b.time_s, time],
    ['inferences/s', 'cycle', a.inferences_per_s, b.inferences_per_s, rate],
    ['useful TOPS', 'useful_tops', a.useful_tops, b.useful_tops, (value) => value.toFixed(2)],
    ['utilization', 'utilization', a.utilization, b.utilization, percent],
    ['device memory read', 'memory_bandwidth', a.dram.read_bytes, b.dram.read_bytes, size],
    ['device memory written', 'memory_bandwidth', a.dram.write_bytes, b.dram.write_bytes, size],
    ['memory bandwidth in use', 'memory_bandwidth', a.dram.bandwidth_utilization, b.dram.bandwidth_utilization, percent],
    ['instructions', 'cycle', a.instructions, b.instructions, count],
  ];
  return (
    <div class="scroll">
      <table data-table="totals">
        <thead><tr><th scope="col">figure</th><th scope="col" class="number">A: {a.chip}</th><th scope="col" class="number">B: {b.chip}</th>
          <th scope="col" class="number">B / A</th></tr></thead>
        <tbody>
          {rows.map(([name, word, left, right, text]) => (
            <tr key={name}><th scope="row">{word === 'cycle' ? name : <Term run={run} word={word}>{name}</Term>}</th>
              <td class="number">{text(left)}</td><td class="number">{text(right)}</td>
              <td class="number">{left > 0 ? `${rate(right / left)} x` : ''}</td></tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The parts of a change as bars to both sides of a middle line, with the numbers of both runs. */
export function PartsTable({ row, name }: { row: DiffRow; name: string }) {
  const parts = Object.entries(row.parts);
  const most = Math.max(1, ...parts.map(([, cycles]) => Math.abs(cycles)));
  return (
    <div class="scroll">
      <table data-table={name}>
        <thead><tr><th scope="col">what the cycles went to</th><th scope="col" class="number">A</th><th scope="col" class="number">B</th>
          <th scope="col" class="number">change</th><th scope="col">fewer | more</th><th scope="col">what it is</th></tr></thead>
        <tbody>
          {parts.map(([part, cycles]) => (
            <tr key={part}><th scope="row" class="nowrap">{partWord(part)}</th>
              <td class="number">{count(row.a?.parts[part] ?? 0)}</td><td class="number">{count(row.b?.parts[part] ?? 0)}</td>
              <td class="number">{signed(cycles)}</td>
              <td><Bar part={cycles / most} /></td><td class="means">{partMeans(part)}</td></tr>
          ))}
          <tr class="sum"><th scope="row">together</th><td class="number">{count(row.a?.cycles ?? 0)}</td><td class="number">{count(row.b?.cycles ?? 0)}</td>
            <td class="number">{signed(row.change)}</td><td></td><td></td></tr>
        </tbody>
      </table>
    </div>
  );
}
/** -1 to 1. */
export function Bar({ part }: { part: number }) {
  const width = `${Math.abs(part) * 50}%`;
  return <span class="change-bar" aria-hidden="true"><span class={part > 0 ? 'more' : 'fewer'}
    style={part > 0 ? { left: '50%', width } : { right: '50%', width }} /></span>;
}

export function Sentence({ diff, run, other }: { diff: Diff; run: Run; other: Run }) {
  const [a, b] = [run.figures!, other.figures!];
  const ratio = b.time_s / a.time_s;
  const most = [...diff.layers].sort((x, y) => Math.abs(y.change) - Math.abs(x.change)).filter(({ change }) => change !== 0).slice(0, 3);
  const [part, cycles] = Object.entries(diff.total.parts)[0] ?? ['', 0];
  return (
    <p class="verdict" data-field="verdict">
      {ratio === 1 ? 'Both runs take the same time' : ratio > 1 ? `B (${b.chip}) takes ${rate(ratio)} times as long as A (${a.chip})`
        : `B (${b.chip}) is ${rate(1 / ratio)} times as fast as A (${a.chip})`}
      {': '}{time(b.time_s)} for {time(a.time_s)}, {signed(diff.total.change)} cycles.
      {part && ` The largest part of that is ${partWord(part)} (${signed(cycles)}).`}
      {most.length > 0 && ` Most changed: ${most.map(({ name, change }) => `${name} (${signed(change)}, ${percent(share(Math.abs(change), Math.abs(diff.total.change)))})`).join(', ')}.`}
    </p>
  );
}
