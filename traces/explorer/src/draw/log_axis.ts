// SPDX-License-Identifier: Apache-2.0
// A logarithmic axis.

export interface LogAxis {
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  at(value: number): number;  // part of the axis, 0 at `from`, 1 at `to`
}
/** A bit wider than the values, which are positive; others are left out. Ticks at powers of ten, and 2 and 5 times them where few fit. */
export function logAxis(values: readonly number[]): LogAxis {
  const known = values.filter((value) => value > 0 && Number.isFinite(value));
  const from = known.length > 0 ? Math.min(...known) / 1.5 : 1, to = known.length > 0 ? Math.max(...known) * 1.5 : 10;
  const low = Math.log10(from), high = Math.log10(to);
  const steps = high - low < 2.2 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(low); power <= high; ++power)
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= from && tick <= to) ticks.push(tick);
    }
  return { from, to, ticks, at: (value) => (Math.log10(value) - low) / (high - low) };
}
