// SPDX-License-Identifier: Apache-2.0
// The chip at the cursor's cycle.
import { useRef } from 'preact/hooks';
import { capacities, changedUnits, type Floor, floorAt, lastChange, nextChange } from '../../model/floorplan';
import { linkBytes, transfersMeeting } from '../../model/links';
import { useAnswer } from '../../shell/hooks';
import { goTo } from '../../shell/navigate';
import { Player, playerKeys } from '../../shell/player';
import { Term } from '../../shell/term';
import { count } from '../../words/figures';
import type { View, ViewProps } from '../view';
import { Stores } from './stores';
import { UnitBox } from './unit_box';
import { LinkTable, UnitTable } from './unit_table';
import { Wires } from './wires';
import './floorplan.css';

const mostTransfers = 3_000_000;  // read for the links of one window

function Floorplan(props: ViewProps) {
  const { run, store, state, dark } = props;
  const answer = useAnswer(() => floorAt(run, state.cycle), [run, state.cycle]);
  const tooMany = transfersMeeting(run, state.from, state.to) > mostTransfers;
  const links = useAnswer(async () => (tooMany ? null :
    { from: state.from, to: state.to, list: await linkBytes(run, state.from, state.to) }), [run, state.from, state.to]);
  const sizes = capacities(run);
  const floor = answer.value;
  // What was shown before this cycle: changes are marked against it.
  const shown = useRef<{ before: Floor | null; now: Floor | null }>({ before: null, now: null });
  if (floor && floor !== shown.current.now) shown.current = { before: shown.current.now, now: floor };
  const before = shown.current.before;
  if (answer.error) return <p class="error" role="alert">{answer.error}</p>;
  if (!floor) return <p class="hint" aria-live="polite">Reading the records ...</p>;
  const changed = changedUnits(before, floor);
  return (
    <>
      <Player {...props} what="change" toNext={() => goTo(store, run, nextChange(run, floor))}
              toLast={() => void lastChange(run, store.get().cycle).then((cycle) => goTo(store, run, cycle))} />
      <p aria-live="polite" class="what-changed" data-field="changed" data-cycle={floor.cycle}>
        Cycle {count(floor.cycle)}. {before === null ? 'Step, and what changes gets a ring.'
          : changed.size === 0 ? `No unit changed its state since cycle ${count(before.cycle)}.`
            : `In another state than at cycle ${count(before.cycle)}: ${[...changed].join(', ')}.`}
      </p>
      <div class="scroll">
        <svg class="floorplan" viewBox="0 0 100 60" role="group" aria-label={`The chip at cycle ${floor.cycle}`}>
          <defs>
            <pattern id="hatch" width="1.2" height="1.2" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <rect width=".4" height="1.2" fill={dark ? '#000' : '#fff'} opacity=".35" />
            </pattern>
            {['head', 'head-lit'].map((id) => (
              <marker key={id} id={id} viewBox="0 0 4 4" refX="3.6" refY="2" markerWidth="1.3" markerHeight="1.3"
                      markerUnits="userSpaceOnUse" orient="auto">
                <path d="M0 0L4 2L0 4z" class={id} />
              </marker>
            ))}
          </defs>
          <Stores floor={floor} sizes={sizes} />
          <Wires run={run} floor={floor} links={links.value?.list ?? null} />
          {floor.units.map((at) => (
            <UnitBox key={at.unit.name} run={run} at={at} changed={changed.has(at.unit.name)} dark={dark}
                     selected={state.unit === at.unit.name} queueDepth={sizes.queue}
                     select={() => store.set({ unit: state.unit === at.unit.name ? null : at.unit.name })} />
          ))}
        </svg>
      </div>
      <ul class="legend">
        <li>Colour and letter: what the unit does. Hatched: it waits.</li>
        <li><span class="ring" aria-hidden="true" /> changed since the cycle shown before</li>
        <li>Small squares: <Term run={run} word="queue">instructions in the queue</Term>{sizes.queue ? `, of ${sizes.queue}` : ''}</li>
        <li>Thickness of links to memory and host: bytes in the window, cycles {count(state.from)} to {count(state.to)}</li>
        <li>Arrows on the chip are lit while their unit works</li>
      </ul>
      <UnitTable {...props} floor={floor} changed={changed} />
      <h2>Bytes over each link in the window</h2>
      {links.value && <p class="hint" data-field="window">Answered in cycles {count(links.value.from)} to {count(links.value.to)}.</p>}
      <p class="hint"><kbd>w</kbd> <kbd>s</kbd> <kbd>a</kbd> <kbd>d</kbd> change the window.</p>
      {tooMany && <p>The window has too many transfers to add up here: make it narrower.</p>}
      {links.value && <LinkTable {...props} links={links.value.list} />}
    </>
  );
}

export const floorplan: View = {
  id: 'floorplan', title: 'Floorplan', key: '5', keys: playerKeys('cycle in which any unit changes'),
  about: 'What does every unit of the chip do in this cycle, and what changes in the next?', View: Floorplan,
};
