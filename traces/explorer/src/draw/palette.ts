// SPDX-License-Identifier: Apache-2.0
// One look for each state in every view: a colour, and for waits a hatch and a letter, so that nothing hangs on colour
// alone. Colours are of Okabe and Ito's set for colour-blind readers (jfly.uni-koeln.de/color), by family: blue works,
// orange waits for memory, purple for the link, pink for another unit's data, green for the array itself.
import { BUSY, IDLE, WAIT } from '../format/records';

export interface Look {
  readonly name: string;
  readonly letter: string;
  readonly light: string;
  readonly dark: string;
  readonly hatched: boolean;
}
const wait = (name: string, letter: string, light: string, dark: string): Look =>
  ({ name, letter, light, dark, hatched: true });

const busyLook: Look = { name: 'busy', letter: '', light: '#0072b2', dark: '#4aa8e0', hatched: false };
const idleLook: Look = { name: 'idle', letter: '', light: '#e3e6ea', dark: '#2a2f36', hatched: false };
const waits: Record<string, Look> = Object.fromEntries([
  wait('weight_stall', 'W', '#d55e00', '#ff8a3c'),
  wait('memory', 'M', '#e69f00', '#f2b53a'),
  wait('refresh', 'H', '#8f5a00', '#c8954a'),
  wait('fetch', 'I', '#f3c45f', '#ffd98a'),
  wait('pcie', 'P', '#7a4fa3', '#b48ae0'),
  wait('raw', 'R', '#cc79a7', '#e79cc4'),
  wait('war', 'A', '#a3477c', '#c8679f'),
  wait('sync', 'Y', '#e3b1cd', '#f3cde0'),
  wait('weight_shift', 'S', '#009e73', '#2fc79a'),
  wait('pipeline', 'L', '#5fbf9f', '#8fe0c4'),
  wait('issue', 'U', '#2c6e58', '#5a9e88'),
  wait('bank_conflict', 'B', '#c9bb00', '#f0e442'),
  wait('fifo_full', 'F', '#8a8f98', '#9aa2ad'),
  wait('queue_full', 'Q', '#b3a98f', '#b8ae94'),
].map((look) => [look.name, look]));
const unknownWait = wait('wait', '?', '#555555', '#bbbbbb');

/** Of a cause of waiting, by name. */
export const waitLook = (cause: string): Look => waits[cause] ?? { ...unknownWait, name: cause };
export { busyLook, idleLook };

/** Of a state's code (state x 16 + cause). */
export function lookOf(code: number, causeName: (cause: number) => string): Look {
  if (code >> 4 === BUSY) return busyLook;
  if (code >> 4 === IDLE) return idleLook;
  return code >> 4 === WAIT ? waitLook(causeName(code & 15)) : unknownWait;
}

/** "#rrggbb" as a pixel of ImageData seen as Uint32 (little endian: ABGR). */
export function pixel(colour: string): number {
  const n = parseInt(colour.slice(1), 16);
  return (0xff000000 | ((n & 255) << 16) | (n & 0xff00) | (n >> 16)) >>> 0;
}
/** A colour that is part `part` of `over` on `under`. */
export function mix(under: string, over: string, part: number): string {
  const [a, b] = [parseInt(under.slice(1), 16), parseInt(over.slice(1), 16)];
  const channel = (shift: number) =>
    Math.round(((a >> shift) & 255) * (1 - part) + ((b >> shift) & 255) * part) << shift;
  return `#${(channel(16) | channel(8) | channel(0)).toString(16).padStart(6, '0')}`;
}
/** Black or white, whichever reads better on the colour (WCAG's relative luminance). */
export function inkOn(colour: string): string {
  const n = parseInt(colour.slice(1), 16);
  const linear = (byte: number) => {
    const c = byte / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * linear((n >> 16) & 255) + 0.7152 * linear((n >> 8) & 255) + 0.0722 * linear(n & 255);
  return luminance > 0.179 ? '#000000' : '#ffffff';
}
/** CSS background of a look: the hatch of waits included. */
export function background(look: Look, dark: boolean): string {
  const colour = dark ? look.dark : look.light;
  if (!look.hatched) return colour;
  const stripe = mix(colour, dark ? '#000000' : '#ffffff', 0.3);
  return `repeating-linear-gradient(135deg, ${colour} 0 4px, ${stripe} 4px 6px)`;
}
