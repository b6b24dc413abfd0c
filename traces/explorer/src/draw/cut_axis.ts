// SPDX-License-Identifier: Apache-2.0
// An axis of which long unused stretches are cut out: a few pixels stand for each.

export interface CutPart {
  readonly begin: number;  // values
  readonly end: number;
  readonly from: number;   // pixels
  readonly to: number;
}
/** Parts get pixels in proportion to their length, but at least `least`; `cut` pixels lie between two of them. */
export function cutAxis(ranges: readonly { begin: number; end: number }[], pixels: number, cut: number, least: number): CutPart[] {
  const all = ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
  const free = pixels - cut * Math.max(0, ranges.length - 1) - least * ranges.length;
  let at = 0;
  return ranges.map(({ begin, end }) => {
    const from = at, to = from + least + Math.max(0, free) * (end - begin) / Math.max(1, all);
    at = to + cut;
    return { begin, end, from, to };
  });
}
/** The pixel of a value that lies in one of the parts. */
export function onCutAxis(parts: readonly CutPart[], value: number): number {
  const part = parts.find(({ end }) => value <= end) ?? parts[parts.length - 1];
  return part ? part.from + (value - part.begin) / (part.end - part.begin) * (part.to - part.from) : 0;
}
