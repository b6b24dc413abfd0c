// SPDX-License-Identifier: Apache-2.0
// The chip's parameters, by their path in its file: "core.buffer.size". Traces carry them resolved, every key with a
// value.
import type { Run } from './run';

export type Parameter = string | number | boolean;

/** What models/chips/parameters writes: [section] and `key = value`, one a line. */
export function parametersOf(toml: string): Map<string, Parameter> {
  const found = new Map<string, Parameter>();
  let section = '';
  for (const line of toml.split('\n')) {
    const head = /^\[(.+)\]$/.exec(line.trim());
    if (head) section = head[1]!;
    const pair = /^(\w+) = (.*)$/.exec(line.trim());
    if (pair) found.set(section ? `${section}.${pair[1]}` : pair[1]!, valueOf(pair[2]!));
  }
  return found;
}
function valueOf(text: string): Parameter {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^".*"$/.test(text)) return text.slice(1, -1);
  return /^-?[\d.]+(e[-+]?\d+)?$/i.test(text) ? Number(text) : text;
}

const byteUnits: Record<string, number> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40,
                                            KB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12 };
/** "64 KiB" as 65536; null where it is no quantity of bytes. */
export function bytesOf(value: Parameter | undefined): number | null {
  const words = /^([\d.]+) ?([KMGT]?i?B)$/.exec(String(value ?? ''));
  const unit = words && byteUnits[words[2]!];
  return unit ? Number(words[1]) * unit : null;
}

const chips = new WeakMap<Run, Map<string, Parameter>>();
export function chipOf(run: Run): Map<string, Parameter> {
  let chip = chips.get(run);
  if (!chip) chips.set(run, chip = parametersOf(run.info.chip_toml));
  return chip;
}
export function numberOf(run: Run, path: string): number | null {
  const value = chipOf(run).get(path);
  return typeof value === 'number' ? value : null;
}

/**
 * Bytes that device memory moves at most in a core cycle, over all channels: what `bounds` of `nnpsim run` divides by.
 * Null where the run has no bounds, or moves nothing.
 */
export function peakBytesPerCycle(run: Run): number | null {
  for (const bounds of [run.figures?.bounds, ...run.layers.map(({ figures }) => figures?.bounds)]) {
    const bytes = Number(bounds?.dram_bytes ?? 0), cycles = Number(bounds?.memory ?? 0);
    if (bytes > 0 && cycles > 0) return bytes / cycles;
  }
  return null;
}
