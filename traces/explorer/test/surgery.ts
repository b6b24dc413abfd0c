// SPDX-License-Identifier: Apache-2.0
// Traces whose records are wrong though every checksum is right: what a faulty writer would make.
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { crc32 } from '../src/format/crc32';

/**
 * The file with the raw payload of one chunk in `parts` changed by `change`, and no index: readers walk it. `choose` picks a
 * chunk by its type.
 */
export function operated(file: Uint8Array, choose: (type: number, nth: number) => boolean,
                         change: (payload: Uint8Array) => void): Uint8Array {
  const pieces: Uint8Array[] = [file.subarray(0, 16)];
  const seen = new Map<number, number>();
  for (let at = 16; at + 48 <= file.length && String.fromCharCode(...file.subarray(at, at + 4)) === 'CHNK';) {
    const head = new Uint8Array(file.subarray(at, at + 48)), view = new DataView(head.buffer);
    const type = view.getUint16(4, true), packed = view.getUint32(16, true);
    const payload = file.subarray(at + 48, at + 48 + packed);
    at += 48 + packed;
    if (type === 12) break;
    const nth = seen.get(type) ?? 0;
    seen.set(type, nth + 1);
    if (!choose(type, nth)) {
      pieces.push(head, payload);
      continue;
    }
    const raw = new Uint8Array(inflateRawSync(payload));
    change(raw);
    const repacked = deflateRawSync(raw);
    view.setUint32(12, raw.length, true);
    view.setUint32(16, repacked.length, true);
    view.setUint32(44, crc32(repacked, crc32(head.subarray(0, 44))), true);
    pieces.push(head, repacked);
  }
  return new Uint8Array(Buffer.concat(pieces));
}
