// SPDX-License-Identifier: Apache-2.0
// The first page: what bounds the run, and where its cycles went.
import { Term } from '../../shell/term';
import { count, percent, rate, size, time } from '../../words/figures';
import type { View, ViewProps } from '../view';
import { Accounting } from './accounting';
import { Gap } from './gap';
import { PathTable } from './path_table';
import { ToTry } from './to_try';
import { Waits } from './waits';

function Facts({ run }: ViewProps) {
  const { info, figures } = run;
  const tile = (word: string, title: string, value: string, small: string) => (
    <div class="tile" key={title}>
      <Term run={run} word={word}>{title}</Term>
      <span class="big" data-field={title}>{value}</span>
      <span class="small">{small}</span>
    </div>
  );
  return (
    <div class="tiles">
      {tile('cycle', 'cycles', count(run.cycles), `core clock ${info.core_frequency_khz / 1000} MHz`)}
      {tile('cycle', 'time', time(figures?.time_s ?? run.seconds(run.cycles)), 'doorbell to interrupt')}
      {figures && <>
        {tile('cycle', 'inferences/s', rate(figures.inferences_per_s), `batch ${info.batch}`)}
        {tile('useful_tops', 'useful TOPS', figures.useful_tops.toFixed(2), `${count(figures.macs)} MACs`)}
        {tile('utilization', 'utilization', percent(figures.utilization), `array of ${info.array_rows} x ${info.array_cols}`)}
        {tile('memory_bandwidth', 'memory bandwidth', percent(figures.dram.bandwidth_utilization),
              `${size(figures.dram.read_bytes)} read, ${size(figures.dram.write_bytes)} written`)}
      </>}
    </div>
  );
}

function Origin({ run }: ViewProps) {
  const { info } = run;
  const rows: [string, string][] = [
    ['network', `${info.network}, ${count(info.layers.length)} layers`],
    ['chip', `${info.chip}: ${info.chip_description}`],
    ['chip hash', info.chip_hash],
    ['precision', info.precision], ['batch', String(info.batch)], ['seed', String(info.seed)],
    ['instructions', count(info.instructions)],
    ['trace', `${run.name}, level ${info.level}, ${count(run.file.recordCount)} records, ${size(run.file.source.size)}`],
    ['written by', info.tool],
    ...(run.checks ?? []).map((check): [string, string] =>
      [`check: ${check.reference}`, check.status + (check.compared ? `, ${count(check.compared)} values compared` : '') +
        (check.reason ? ` (${check.reason})` : '')]),
  ];
  return (
    <dl class="facts">
      {rows.map(([what, value]) => [<dt key={what}>{what}</dt>, <dd key={`${what} value`}>{value}</dd>])}
    </dl>
  );
}

function Overview(props: ViewProps) {
  const { run } = props;
  const complete = run.summary?.complete ?? false;
  return (
    <>
      <p class="verdict" data-field="verdict">
        {complete ? run.summary!.verdict : 'The run did not end: what is there is shown up to where it stopped.'}
      </p>
      <Facts {...props} />
      <h2>Where each unit's cycles went</h2>
      <Accounting {...props} />
      <h2>The longest waits</h2>
      <Waits {...props} />
      {run.hasRecords && <>
        <h2><Term run={run} word="critical_path">The critical path</Term></h2>
        <PathTable {...props} />
      </>}
      {run.figures?.gap && <>
        <h2><Term run={run} word="gap">What lies between this run and its lower bound</Term></h2>
        <Gap {...props} />
      </>}
      <h2>What to try</h2>
      <ToTry {...props} />
      <h2>What was run</h2>
      <Origin {...props} />
    </>
  );
}

export const overview: View = {
  id: 'overview', title: 'Overview', key: '1',
  about: 'What bounds this run, and where did its cycles go?', View: Overview,
};
