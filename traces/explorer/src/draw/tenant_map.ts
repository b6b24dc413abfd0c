// SPDX-License-Identifier: Apache-2.0
// The buffer's addresses over time into a pixel buffer: who has what.
import { type CutPart, onCutAxis } from './cut_axis';
import type { Tenants } from '../model/sram';

export function paintTenants(pixels: Uint32Array, width: number, height: number, tenants: Tenants, window: { from: number; to: number; parts: readonly CutPart[] },
                             ground: number, inkOf: (layer: number) => number): void {
  pixels.fill(ground);
  const { from, to, parts } = window;
  for (let i = 0; i < tenants.count; ++i) {
    if (tenants.end[i]! <= from || tenants.start[i]! >= to) continue;
    const left = Math.max(0, Math.floor((tenants.start[i]! - from) / (to - from) * width));
    const right = Math.min(width, Math.max(left + 1, Math.floor((tenants.end[i]! - from) / (to - from) * width)));
    const top = Math.floor(onCutAxis(parts, tenants.begin[i]! + 1e-6));
    const bottom = Math.min(height, Math.max(top + 1, Math.floor(onCutAxis(parts, tenants.begin[i]! + tenants.bytes[i]!))));
    const ink = inkOf(tenants.layer[i]!);
    for (let y = top; y < bottom; ++y) pixels.fill(ink, y * width + left, y * width + right);
  }
}
