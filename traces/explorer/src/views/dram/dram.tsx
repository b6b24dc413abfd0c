// SPDX-License-Identifier: Apache-2.0
// Device memory: how much it moved when, and which rows its banks had open.
import { banksIn, commandCycle, commandsMeeting } from '../../model/banks';
import { channelCounters, channelPeak } from '../../model/bandwidth';
import { useAnswer } from '../../shell/hooks';
import { goTo } from '../../shell/navigate';
import { Term } from '../../shell/term';
import { useKeys } from '../../shell/view_keys';
import { count } from '../../words/figures';
import type { View, ViewProps } from '../view';
import { BandwidthChart } from './bandwidth_chart';
import { BankLanes } from './bank_lanes';
import { BankTable, BusTable, ChannelTable, CommandTable } from './tables';
import './dram.css';

const mostCommands = 2_000_000;  // read for one window
const mostCharts = 4;

function Dram(props: ViewProps) {
  const { run, store, state } = props;
  const memory = run.units.filter((unit) => unit.memoryClock);
  const unit = memory.find(({ name }) => name === state.unit) ?? memory[0];
  const counters = useAnswer(() => channelCounters(run), [run]);
  const commands = unit ? run.row('commands', unit.id).count : 0;
  const [from, to] = unit ? [run.unitCycle(unit, state.from), run.unitCycle(unit, state.to)] : [0, 1];
  const tooMany = unit !== undefined && commandsMeeting(run, unit, from, to) > mostCommands;
  const banks = useAnswer(async () => (unit && commands > 0 && !tooMany ? banksIn(run, unit, from, to) : null), [run, unit, from, to]);
  const shown = banks.value && banks.value.banks > 0 ? banks.value : null;
  const bank = Math.min(Number(state.more.bank) || 0, (shown?.banks ?? 1) - 1);
  const select = (to: number) => store.setMore('bank', String(to));
  const toCommand = (forward: boolean) => {
    if (!shown || !unit) return;
    const cycle = commandCycle(run, unit, shown, state.cycle, forward);
    if (cycle !== null) goTo(store, run, cycle);
  };
  useKeys((event) => {
    if (!shown) return false;
    switch (event.key) {
      case 'ArrowDown': select(Math.min(shown.banks - 1, bank + 1)); return true;
      case 'ArrowUp': select(Math.max(0, bank - 1)); return true;
      case '.': toCommand(true); return true;
      case ',': toCommand(false); return true;
      default: return false;
    }
  });
  if (!unit) return <p>This chip has no device memory.</p>;
  const channels = counters.value ?? [], peak = channelPeak(run);
  const step = channels[0]?.read?.unit.replace('bytes per', '').trim() ?? '';
  const single = memory.length > mostCharts ? channels.filter(({ name }) => name === unit.name) : memory.length > 1 ? channels : [];
  return (
    <>
      {memory.length > 1 && <p class="row"><label>channel{' '}
        <select value={unit.name} onChange={(event) => store.set({ unit: event.currentTarget.value })}>
          {memory.map(({ name }) => <option key={name} value={name}>{name}</option>)}
        </select></label></p>}
      {counters.error && <p class="error" role="alert">{counters.error}</p>}
      {channels.length > 0 && <BandwidthChart {...props} title={memory.length > 1 ? `all ${memory.length} channels` : unit.name} channels={channels}
                                             peak={peak === null ? null : peak * memory.length} />}
      {single.map((channel) => <BandwidthChart key={channel.name} {...props} title={channel.name} channels={[channel]} peak={peak} />)}
      <ul class="legend">
        <li><span class="key-read" aria-hidden="true" /> read</li><li><span class="key-written" aria-hidden="true" /> written</li>
        <li>cycles of the core clock; <kbd>w</kbd> <kbd>s</kbd> <kbd>a</kbd> <kbd>d</kbd> change the window, a click sets the cursor</li>
        {step && <li>the trace sums bytes over {step}</li>}
      </ul>
      {channels.length > 0 && <ChannelTable {...props} channels={channels} peak={peak} />}
      {run.figures && <><h2>Where the data bus's time went, whole run</h2><BusTable {...props} /></>}
      {commands === 0 && run.figures && Object.values(run.figures.dram.bus_cycles).some((cycles) => cycles > 0) &&
        <p class="hint">This trace has no memory commands: write it with <code>--trace-level full</code> to see banks and rows here.</p>}
      {commands > 0 && <>
        <h2>{unit.name}: <Term run={run} word="bank">banks</Term> and their rows in the window</h2>
        {tooMany && <p>The window has too many commands to draw one by one: make it narrower with <kbd>w</kbd>.</p>}
        {banks.error && <p class="error" role="alert">{banks.error}</p>}
        {banks.value && !shown && <p>No command on this channel in the window.</p>}
        {shown && <>
          <p data-field="commands">In cycles {count(shown.from)} to {count(shown.to)} of the memory clock: {count(shown.counts[3]!)} reads and {count(shown.counts[4]!)} writes
            of a burst, {count(shown.afterActivate)} of them first in a row just opened; activates: {count(shown.counts[0]!)}, refreshes: {count(shown.counts[5]!)}.</p>
          <BankLanes {...props} unit={unit} banks={shown} bank={bank} select={select} />
          <ul class="legend">
            <li><span class="key-open even" aria-hidden="true" /><span class="key-open odd" aria-hidden="true" /> a row is open (two tints: even and odd numbers)</li>
            <li><span class="key-tick act" aria-hidden="true" /> ACT: a row opens</li><li><span class="key-tick rd" aria-hidden="true" /> RD, upper half</li>
            <li><span class="key-tick wr" aria-hidden="true" /> WR, lower half</li><li><span class="key-tick ref" aria-hidden="true" /> REF: refresh</li>
          </ul>
          <div class="side-by-side">
            <div><h3>Commands around the cursor</h3><CommandTable {...props} unit={unit} banks={shown} /></div>
            <div><h3>Banks at the cursor</h3><BankTable {...props} unit={unit} banks={shown} bank={bank} /></div>
          </div>
        </>}
      </>}
    </>
  );
}

export const dram: View = {
  id: 'dram', title: 'DRAM', key: '8', keys: [['↑ ↓', 'the bank before, after'], [', .', 'to the last, next command']],
  about: 'How near did device memory come to its peak, when, and what did its banks do?', View: Dram,
};
