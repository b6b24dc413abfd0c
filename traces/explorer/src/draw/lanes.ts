// SPDX-License-Identifier: Apache-2.0
// Pixel columns into a pixel buffer. No canvas call per event: a lane of a million states costs what its pixels cost.
import { type Look, mix, pixel } from './palette';
import type { StateColumns } from './state_columns';

/** The two pixels of a hatch: waits are striped, everything else is plain. */
export interface Ink {
  readonly plain: number;
  readonly stripe: number;
}
export function inkOf(look: Look, dark: boolean): Ink {
  const colour = dark ? look.dark : look.light;
  return { plain: pixel(colour), stripe: look.hatched ? pixel(mix(colour, dark ? '#000000' : '#ffffff', 0.35)) : pixel(colour) };
}

const mostParts = 48;
const ends = { heights: new Uint16Array(0), inks: new Uint8Array(0), counts: new Uint8Array(0), at: new Uint8Array(0) };

/**
 * Rows [top, top + height) of `pixels`: in each column the parts stand one on the other, the first of `order` at the
 * bottom. Columns of which nothing is known stay as they are.
 */
export function paintLane(pixels: Uint32Array, stride: number, left: number, top: number, height: number,
                          columns: StateColumns, order: readonly number[], inks: ReadonlyMap<number, Ink>): void {
  const { width } = columns;
  const codes = order.filter((code) => columns.shares.has(code));
  const shares = codes.map((code) => columns.shares.get(code)!);
  const plain = Uint32Array.from(codes, (code) => inks.get(code)!.plain);
  const stripe = Uint32Array.from(codes, (code) => inks.get(code)!.stripe);
  if (ends.counts.length < width) {
    ends.heights = new Uint16Array(width * mostParts);
    ends.inks = new Uint8Array(width * mostParts);
    ends.counts = new Uint8Array(width);
    ends.at = new Uint8Array(width);
  }
  const { heights, inks: parts, counts, at } = ends;
  for (let x = 0; x < width; ++x) {  // from the bottom up: where each part ends
    let sum = 0, n = 0, before = 0;
    for (let c = 0; c < codes.length; ++c) {
      const share = shares[c]![x]!;
      if (share <= 0) continue;
      sum += share;
      const end = Math.min(height, Math.round(sum * height));
      if (end === before) continue;
      heights[x * mostParts + n] = end;
      parts[x * mostParts + n] = c;
      before = end;
      ++n;
    }
    if (n > 0 && sum > 0.99) heights[x * mostParts + n - 1] = height;
    counts[x] = n;
    at[x] = 0;
  }
  for (let up = 0; up < height; ++up) {
    const y = top + height - 1 - up;
    let to = y * stride + left;
    for (let x = 0; x < width; ++x, ++to) {
      let part = at[x]!;
      while (part < counts[x]! && heights[x * mostParts + part]! <= up) ++part;
      at[x] = part;
      if (part === counts[x]) continue;
      const c = parts[x * mostParts + part]!;
      pixels[to] = ((x + up) & 7) < 2 ? stripe[c]! : plain[c]!;
    }
  }
}
