// SPDX-License-Identifier: Apache-2.0
// CRC-32 as zlib has it (polynomial 0xEDB88320), eight bytes at a time.

const tables: Uint32Array[] = [];
for (let t = 0; t < 8; ++t) {
  const table = new Uint32Array(256);
  for (let i = 0; i < 256; ++i) {
    let value = t === 0 ? i : tables[t - 1]![i]!;
    if (t === 0) for (let bit = 0; bit < 8; ++bit) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    else value = (value >>> 8) ^ tables[0]![value & 255]!;
    table[i] = value;
  }
  tables.push(table);
}
const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
  Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array];

/** The checksum of `bytes`, going on from that of what stands before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let crc = ~before, i = 0;
  for (const whole = bytes.length - 7; i < whole; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = t7[crc & 255]! ^ t6[(crc >>> 8) & 255]! ^ t5[(crc >>> 16) & 255]! ^ t4[crc >>> 24]! ^
          t3[bytes[i + 4]!]! ^ t2[bytes[i + 5]!]! ^ t1[bytes[i + 6]!]! ^ t0[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; ++i) crc = t0[(crc ^ bytes[i]!) & 255]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
