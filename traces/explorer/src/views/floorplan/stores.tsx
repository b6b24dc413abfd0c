// SPDX-License-Identifier: Apache-2.0
// What holds data on the chip, and how full it is: the unified buffer and the weight FIFO.
import type { Capacities, Floor } from '../../model/floorplan';
import { percent, share, size } from '../../words/figures';

export function Stores(props: { floor: Floor; sizes: Capacities }) {
  const { floor, sizes } = props;
  const part = floor.liveBytes === null || !sizes.bufferBytes ? 0 : Math.min(1, share(floor.liveBytes, sizes.bufferBytes));
  const tiles = sizes.fifoTiles ?? 0, shown = Math.min(tiles, 32), step = 31 / Math.max(shown, 1);
  const held = floor.fifo?.held ?? 0, coming = floor.fifo?.coming ?? 0;
  return (
    <g>
      <rect x="18" y="18" width="44" height="16" rx=".6" class="store" />
      <rect x="18" y={34 - 16 * part} width="44" height={16 * part} rx=".6" class="filling" />
      <rect x="18.5" y="23.6" width="36" height="5.1" rx=".4" class="plate" />
      <text x="19" y="25.3" class="name">unified buffer</text>
      <text x="19" y="27.6" data-field="live">
        {floor.liveBytes === null ? 'the trace does not say how full it is' :
          `${size(floor.liveBytes)} of ${sizes.bufferBytes ? `${size(sizes.bufferBytes)} live (${percent(part)})` : 'live data'}`}
      </text>
      {tiles > 0 && <g>
        <text x="98" y="37.4" text-anchor="end" class="wire-label" data-field="fifo">
          weight FIFO: {held} of {tiles} tiles{coming > 0 ? `, ${coming} coming` : ''}</text>
        {Array.from({ length: shown }, (_, i) => (
          <rect key={i} x={66.5 + i * step} y="33.9" width={Math.max(.3, step - .25)} height="2.1"
                class={i < held ? 'tile held' : i < held + coming ? 'tile coming' : 'tile'} />
        ))}
      </g>}
    </g>
  );
}
