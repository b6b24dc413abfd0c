// SPDX-License-Identifier: Apache-2.0
// Links between units. To memory and host they are as wide as their bytes in the window; those on the chip light up
// while the unit that drives them works.
import { BUSY, hostLink } from '../../format/records';
import type { Floor } from '../../model/floorplan';
import type { Link } from '../../model/links';
import type { Run } from '../../model/run';
import { size, sum } from '../../words/figures';

const barY = 48, hostBox = [2, 38, 12, 6] as const;
/** Paths on the chip: who drives it, and where it runs; boxes are those of traces/format/floorplan. */
const inside: readonly (readonly [string, string])[] = [
  ['load_dma', 'M26 38V34'], ['store_dma', 'M46 34V38'], ['weight_dma', 'M74 38V36.2'], ['matrix', 'M74 33.8V32'],
  ['matrix', 'M62 26H66'], ['matrix', 'M66 11H62'], ['drain', 'M52 14V18'], ['vector', 'M25 18V14'], ['vector', 'M31 14V18'],
  ['host_dma', 'M14 26H18'],
];

/** 0 B: a hair line; the widest link of the window: 1.6. */
const thickness = (bytes: number, most: number) => (bytes === 0 ? 0.12 : 0.25 + 1.35 * Math.sqrt(bytes / most));

export function Wires(props: { run: Run; floor: Floor; links: readonly Link[] | null }) {
  const { run, floor, links } = props;
  const busy = (name: string) => floor.units.find(({ unit }) => unit.name === name)?.state?.kind.state === BUSY;
  const bytes = (wanted: (link: Link) => boolean) =>
    sum((links ?? []).filter(wanted).map((link) => link.readBytes + link.writtenBytes));
  const memory = run.units.filter((unit) => unit.memoryClock);
  const toMemory = (unit: number) => bytes((link) => link.unit === unit && link.server !== hostLink);
  const host = bytes((link) => link.server === hostLink);
  const most = Math.max(1, host, ...run.units.map((unit) => toMemory(unit.id)));
  const line = (name: string, d: string, amount: number, label: string, x: number, y: number, anchor = 'start') => (
    <g key={name} data-link={name} data-bytes={amount}>
      <path d={d} class={amount > 0 ? 'wire' : 'wire none'} stroke-width={thickness(amount, most)} />
      {links && <text x={x} y={y} text-anchor={anchor} class="wire-label">{label}</text>}
    </g>
  );
  const command = run.unit('command_processor'), hostDma = run.unit('host_dma');
  return (
    <g>
      {inside.map(([name, d], i) => (
        <path key={i} d={d} class={busy(name) ? 'path lit' : 'path'} marker-end={busy(name) ? 'url(#head-lit)' : 'url(#head)'} />
      ))}
      <path d={`M2 ${barY}H97`} class="crossbar" />
      <text x="97" y={barY - .7} text-anchor="end" class="wire-label">memory crossbar</text>
      {run.units.filter(({ kind, name }) => kind === 'dma' && name !== 'host_dma').map((unit) => {
        const [x, y, width, height] = unit.box, amount = toMemory(unit.id);
        const middle = x + width / 2;
        return line(`${unit.name} memory`, `M${middle} ${y + height}V${barY}`, amount, size(amount), middle + 1.3, y + height + 1.35);
      })}
      {command && line('command_processor memory', `M2 ${command.box[1] + 4}H1V${barY - .01}H4`, toMemory(command.id),
                       toMemory(command.id) > 0 ? `fetch ${size(toMemory(command.id))}` : '', 2, barY - .8)}
      {hostDma && toMemory(hostDma.id) > 0 && line('host_dma memory', `M14 30H16V${barY}`, toMemory(hostDma.id), size(toMemory(hostDma.id)), 16.4, 37)}
      {memory.map((unit) => {
        const [x, y, width] = unit.box;
        const amount = bytes((link) => link.server === unit.id);
        return line(unit.name, `M${x + width / 2} ${barY}V${y}`, amount, width >= 9 ? size(amount) : '', x + width / 2 + 1.2, y - .45);
      })}
      <rect x={hostBox[0]} y={hostBox[1]} width={hostBox[2]} height={hostBox[3]} rx=".6" class="store" />
      <text x={hostBox[0] + 1} y={hostBox[1] + 2} class="name">host</text>
      <text x={hostBox[0] + 1} y={hostBox[1] + 4}>over PCIe</text>
      {line('host', `M8 32V${hostBox[1]}`, host, size(host), 9, 35.6)}
    </g>
  );
}
