// SPDX-License-Identifier: Apache-2.0
// Banks over time into a pixel buffer, a lane a bank: open rows as plates, commands as ticks on them.
import type { Banks } from '../model/banks';
import { ACT, PREA, RD, REF, WR } from '../model/banks';

export interface BankInks {
  readonly ground: number;
  readonly open: readonly [number, number];  // rows of even and odd numbers: so that a change of row shows
  readonly read: number;
  readonly write: number;
  readonly activate: number;
  readonly refresh: number;
}
export interface BankPicture {
  readonly width: number;
  readonly lane: number;      // rows of pixels a bank
  readonly gap: number;       // between lanes
  readonly banks: number;
  readonly from: number;      // the window, in the clock of the commands
  readonly to: number;
}
export const pictureHeight = (picture: BankPicture) => picture.banks * (picture.lane + picture.gap);

/** All banks are refreshed at once, or only the one that the command names. */
export function paintBanks(pixels: Uint32Array, picture: BankPicture, banks: Banks, inks: BankInks, refreshesAll: boolean): void {
  const { width, lane, gap, from, to } = picture;
  const x = (cycle: number) => Math.floor((cycle - from) / (to - from) * width);
  pixels.fill(inks.ground);
  const box = (bank: number, left: number, right: number, top: number, height: number, ink: number) => {
    const first = Math.max(0, left), last = Math.min(width, Math.max(left + 1, right));
    for (let y = bank * (lane + gap) + top, end = y + height; y < end; ++y) pixels.fill(ink, y * width + first, y * width + Math.max(first, last));
  };
  for (const row of banks.rows) if (row.bank < picture.banks) box(row.bank, x(row.from), x(row.to), 2, lane - 4, inks.open[Math.abs(row.row) & 1]!);
  const tick = Math.max(1, Math.min(4, Math.floor(width / (to - from) * 0.8)));
  for (const block of banks.blocks)
    for (let i = 0; i < block.count; ++i) {
      const cycle = block.cycle[i]!, bank = block.bank[i]!;
      if (cycle < from || cycle >= to) continue;
      const at = x(cycle);
      switch (block.operation[i]) {
        case RD: box(bank, at, at + tick, 3, Math.floor(lane / 2) - 1, inks.read); break;
        case WR: box(bank, at, at + tick, 3 + Math.floor(lane / 2), Math.ceil(lane / 2) - 5, inks.write); break;
        case ACT: box(bank, at, at + tick, 0, lane, inks.activate); break;
        case REF:
          if (!refreshesAll) box(bank, at, at + tick, 0, lane, inks.refresh);
          else for (let each = 0; each < picture.banks; ++each) box(each, at, at + tick, 0, lane, inks.refresh);
          break;
        case PREA: break;
      }
    }
}
