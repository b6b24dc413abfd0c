// SPDX-License-Identifier: Apache-2.0
// Banks of one channel over the window, painted; the table below says the same of the cursor's cycle.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { type BankPicture, paintBanks, pictureHeight } from '../../draw/bank_lanes';
import { pixel } from '../../draw/palette';
import { type Banks, refreshesAll, unknownRow } from '../../model/banks';
import type { Unit } from '../../model/run';
import { useSize } from '../../shell/hooks';
import { goTo } from '../../shell/navigate';
import { count } from '../../words/figures';
import type { ViewProps } from '../view';

const lane = 16, gap = 3;
const inks = (dark: boolean) => ({
  ground: pixel(dark ? '#101316' : '#f5f6f8'), open: [pixel(dark ? '#34404d' : '#cfd8e3'), pixel(dark ? '#5a6b7c' : '#a9b8c9')] as const,
  read: pixel(dark ? '#4aa8e0' : '#0072b2'), write: pixel(dark ? '#ff8a3c' : '#d55e00'), activate: pixel(dark ? '#2fc79a' : '#00785a'),
  refresh: pixel(dark ? '#d7a35c' : '#8f5a00'),
});

export function BankLanes({ run, store, state, dark, unit, banks, bank, select }: ViewProps &
                          { unit: Unit; banks: Banks; bank: number; select: (bank: number) => void }) {
  const [sized, { width }] = useSize<HTMLDivElement>();
  const canvas = useRef<HTMLCanvasElement>(null);
  const picture: BankPicture = { width: Math.max(1, Math.floor(width)), lane, gap, banks: banks.banks, from: banks.from, to: banks.to };
  const height = pictureHeight(picture);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || width < 10 || height === 0) return;
    const image = context.createImageData(picture.width, height);
    paintBanks(new Uint32Array(image.data.buffer), picture, banks, inks(dark), refreshesAll(run));
    context.putImageData(image, 0, 0);
    canvas.current!.dataset.window = `${banks.from} ${banks.to}`;
  }, [banks, width, dark]);
  const at = (cycle: number) => (cycle - banks.from) / (banks.to - banks.from) * width;
  const cursor = run.unitCycle(unit, state.cycle);
  const labels = banks.rows.filter((row) => at(Math.min(row.to, banks.to)) - at(Math.max(row.from, banks.from)) > 74).slice(0, 300);
  return (
    <figure class="banks" aria-label={`Banks of ${unit.name}, cycles ${count(banks.from)} to ${count(banks.to)} of the memory clock; the tables below have their rows and commands`}>
      <div class="bank-names">
        {Array.from({ length: banks.banks }, (_, i) => (
          <button key={i} type="button" aria-pressed={i === bank} style={{ height: `${lane + gap}px` }} onClick={() => select(i)}>bank {i}</button>
        ))}
      </div>
      <div class="bank-area" ref={sized} style={{ height: `${height}px` }}>
        <canvas ref={canvas} width={picture.width} height={Math.max(1, height)} style={{ width: `${picture.width}px`, height: `${height}px` }}
                onClick={(event) => {
                  select(Math.min(banks.banks - 1, Math.floor(event.offsetY / (lane + gap))));
                  goTo(store, run, run.coreCycle(unit, banks.from + event.offsetX / picture.width * (banks.to - banks.from)));
                }} />
        {labels.map((row) => (
          <span key={`${row.bank} ${row.from}`} class="row-name" aria-hidden="true" style={{ top: `${row.bank * (lane + gap)}px`,
                left: `${at(Math.max(row.from, banks.from)) + 6}px` }}>{row.row === unknownRow ? 'a row' : `row ${row.row}`}</span>
        ))}
        {cursor >= banks.from && cursor < banks.to && <span class="bank-cursor" style={{ left: `${at(cursor)}px` }} />}
        <span class="bank-chosen" style={{ top: `${bank * (lane + gap) - 1}px`, height: `${lane + 2}px` }} />
      </div>
    </figure>
  );
}
