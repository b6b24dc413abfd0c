// SPDX-License-Identifier: Apache-2.0
// Where a trace's bytes come from: a file that was dropped, memory, or base64 blocks inside the page.

export interface ByteSource {
  readonly name: string;
  readonly size: number;
  /** Bytes [from, to); throws where the source ends before. */
  read(from: number, to: number): Promise<Uint8Array>;
}

/** A Blob or File; only what is asked for is read. */
export function blobSource(blob: Blob, name: string): ByteSource {
  return {
    name,
    size: blob.size,
    read: async (from, to) => new Uint8Array(await blob.slice(from, to).arrayBuffer()),
  };
}

export function bytesSource(bytes: Uint8Array, name: string): ByteSource {
  return { name, size: bytes.length, read: async (from, to) => bytes.subarray(from, to) };
}

/**
 * Base64 texts of `blockBytes` bytes each (the last one shorter), a multiple of 3. A block is decoded when it is
 * first asked for.
 */
export function base64Source(blocks: (() => string)[], blockBytes: number, size: number, name: string): ByteSource {
  const decoded: (Uint8Array | undefined)[] = [];
  const block = (i: number) => (decoded[i] ??= decodeBase64(blocks[i]!()));
  return {
    name,
    size,
    async read(from, to) {
      const first = Math.floor(from / blockBytes), last = Math.floor((to - 1) / blockBytes);
      if (first === last) return block(first).subarray(from - first * blockBytes, to - first * blockBytes);
      const bytes = new Uint8Array(to - from);
      for (let i = first; i <= last; ++i) {
        const start = Math.max(from, i * blockBytes), end = Math.min(to, (i + 1) * blockBytes);
        bytes.set(block(i).subarray(start - i * blockBytes, end - i * blockBytes), start - from);
      }
      return bytes;
    },
  };
}

export function decodeBase64(text: string): Uint8Array {
  const builtIn = (Uint8Array as unknown as { fromBase64?: (text: string) => Uint8Array }).fromBase64;
  if (builtIn) return builtIn(text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; ++i) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
