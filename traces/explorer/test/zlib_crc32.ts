// SPDX-License-Identifier: Apache-2.0
// zlib's own CRC-32, out of the tail of a gzip stream (RFC 1952: the 4 bytes before the last 4).
import { gzipSync } from 'node:zlib';

export function crc32(bytes: Uint8Array): number {
  const packed = gzipSync(bytes);
  return packed.readUInt32LE(packed.length - 8);
}
