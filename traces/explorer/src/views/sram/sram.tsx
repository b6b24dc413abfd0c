// SPDX-License-Identifier: Apache-2.0
// The unified buffer: how full it is when, and with whose data.
import { useMemo } from 'preact/hooks';
import { bytesOf, chipOf } from '../../model/chip';
import { valueAt } from '../../model/floorplan';
import { heldAt, liveByLayer, nextMove, tenantsOf } from '../../model/sram';
import { useAnswer } from '../../shell/hooks';
import { goTo } from '../../shell/navigate';
import { Term } from '../../shell/term';
import { useKeys } from '../../shell/view_keys';
import { count, percent, share, size } from '../../words/figures';
import type { View, ViewProps } from '../view';
import { AddressMap, LiveChart } from './charts';
import { layerColour } from './looks';
import { HeldTable, PortTable } from './tables';
import './sram.css';

const mostInstructions = 3_000_000;  // whose spans are read
const legendLayers = 14;

function Sram(props: ViewProps) {
  const { run, store, state, dark } = props;
  const counters = useAnswer(() => run.counters(), [run]);
  const answer = useAnswer(async () => (run.info.instructions <= mostInstructions ? tenantsOf(run) : null), [run]);
  const tenants = answer.value ?? null, capacity = bytesOf(chipOf(run).get('core.buffer.size')) ?? 1;
  const counter = counters.value?.find(({ name }) => name === 'buffer.live_bytes');
  const peak = useMemo(() => {
    let best = 0;
    counter?.value.forEach((value, i) => { if (value > counter.value[best]!) best = i; });
    return counter && counter.value.length > 0 ? { cycle: counter.cycle[best]!, bytes: counter.value[best]! } : null;
  }, [counter]);
  const held = useMemo(() => (tenants ? heldAt(tenants, state.cycle) : null), [tenants, state.cycle]);
  const layers = useMemo(() => tenants ? [...liveByLayer(tenants, state.from, state.to, 1)].sort((a, b) => b[1][0]! - a[1][0]!) : [], [tenants, state.from, state.to]);
  const move = (forward: boolean) => {
    const to = tenants && nextMove(tenants, state.cycle, forward);
    if (to !== null) goTo(store, run, to);
  };
  useKeys((event) => {
    switch (event.key) {
      case '.': move(true); return true;
      case ',': move(false); return true;
      case 'm': if (peak) goTo(store, run, peak.cycle); return true;
      default: return false;
    }
  });
  if (counters.error || answer.error) return <p class="error" role="alert">{counters.error || answer.error}</p>;
  if (!counters.value || answer.busy) return <p class="hint" aria-live="polite">Reading the records ...</p>;
  if (!counter || !peak) return <p>This trace does not say how full the unified buffer was.</p>;
  const now = valueAt(counter, state.cycle);
  return (
    <>
      <p class="statement" aria-live="polite">At cycle {count(state.cycle)} <b data-field="live" data-bytes={now}>{size(now)}</b> of {size(capacity)} are{' '}
        <Term run={run} word="live">live</Term> ({percent(share(now, capacity))}). The most in this run: <b data-field="peak" data-bytes={peak.bytes}>{size(peak.bytes)}</b>{' '}
        ({percent(share(peak.bytes, capacity))}) at cycle {count(peak.cycle)}.</p>
      <p class="row">
        <button type="button" onClick={() => goTo(store, run, peak.cycle)}>To the fullest cycle <kbd>m</kbd></button>
        {tenants && <><button type="button" onClick={() => move(false)}>Last change <kbd>,</kbd></button>
          <button type="button" onClick={() => move(true)}>Next change <kbd>.</kbd></button></>}
      </p>
      <LiveChart {...props} tenants={tenants} counter={counter} capacity={capacity} />
      {!tenants && <p class="hint">This trace has only the sum: an older nnpsim wrote it, or it is too long to be cut by layer here.</p>}
      {tenants && held && <>
        <ul class="legend">
          {layers.slice(0, legendLayers).map(([layer]) => <li key={layer}><span class="tint" aria-hidden="true" style={{ background: layerColour(layer, dark) }} /> {run.layerWord(layer) || 'no layer'}</li>)}
          {layers.length > legendLayers && <li>and {layers.length - legendLayers} layers with less</li>}
        </ul>
        <h2>Addresses over time</h2>
        <AddressMap {...props} tenants={tenants} />
        <h2>In the buffer at cycle {count(state.cycle)}</h2>
        <HeldTable {...props} held={held} capacity={capacity} />
      </>}
      <h2>The buffer's ports, whole run</h2>
      <PortTable {...props} />
    </>
  );
}

export const sram: View = {
  id: 'sram', title: 'SRAM', key: '7', keys: [[', .', 'to the last, next cycle in which something comes or goes'], ['m', 'to the fullest cycle']],
  about: 'How full is the unified buffer, with whose data, and for how long?', View: Sram,
};
