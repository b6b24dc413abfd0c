// SPDX-License-Identifier: Apache-2.0
// Numbers as the command line writes them (host_runtime/cli/figures.cpp): the same rounding everywhere.

function fourDigits(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : size >= 10 ? 2 : 3);
}

/** 667,256 */
export function count(value: number): string {
  return Math.round(value).toFixed(0).replace(/\B(?=(\d{3})+$)/g, ',');
}
/** 57.4 % */
export function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}
/** 28.0 MiB */
export function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let unit = 0;
  while (bytes >= 1024 && unit < 4) (bytes /= 1024), ++unit;
  return unit === 0 ? `${bytes.toFixed(0)} B` : `${bytes.toFixed(1)} ${units[unit]}`;
}
/** 953.2 us */
export function time(seconds: number): string {
  if (seconds >= 1 || seconds === 0) return `${fourDigits(seconds)} s`;
  if (seconds >= 1e-3) return `${fourDigits(seconds * 1e3)} ms`;
  if (seconds >= 1e-6) return `${fourDigits(seconds * 1e6)} us`;
  return `${fourDigits(seconds * 1e9)} ns`;
}
/** 1,049 or 12.34, of something a second. */
export function rate(perSecond: number): string {
  return perSecond >= 1000 ? count(perSecond) : fourDigits(perSecond);
}
export const share = (part: number, whole: number) => (whole > 0 ? part / whole : 0);
export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
/** 64.0 GOPS: powers of 1000. */
export function metric(value: number, unit: string): string {
  const powers = ['', 'k', 'M', 'G', 'T', 'P'];
  let power = 0;
  while (Math.abs(value) >= 1000 && power < 5) (value /= 1000), ++power;
  return `${value === 0 ? '0' : Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)} ${powers[power]}${unit}`;
}
