// SPDX-License-Identifier: Apache-2.0
// Columns of numbers of varying length: seven bits a byte, lowest first.

/** What is wrong inside a chunk; whoever knows its place adds that. */
export class ColumnError extends Error {}

/**
 * One column being read. Numbers are JavaScript's: exact below 2^53, which cycles, bytes and indices are; the
 * difference of two numbers modulo 2^64 is exact where it is as small.
 */
export class Column {
  private before = 0;
  constructor(private bytes: Uint8Array, private at: number, private end: number) {}

  get atEnd(): boolean {
    return this.at === this.end;
  }
  take(): number {
    const { bytes } = this;
    let at = this.at;
    if (at >= this.end) throw new ColumnError('a column ends early');
    let byte = bytes[at++]!;
    if (byte < 128) {
      this.at = at;
      return byte;
    }
    let value = byte & 127, scale = 128;
    do {
      if (at >= this.end) throw new ColumnError('a column ends early');
      byte = bytes[at++]!;
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte >= 128 && scale < 2 ** 70);
    if (byte >= 128) throw new ColumnError('a number is too long');
    this.at = at;
    return value;
  }
  takeSigned(): number {
    const value = this.take();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
  takeDelta(): number {
    return (this.before += this.takeSigned());
  }
}

/** The `count` columns of a payload that begins at `from`. */
export function columnsOf(payload: Uint8Array, count: number, from = 0): Column[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  let at = from + 4 + 4 * count;
  if (payload.length < at || view.getUint32(from, true) !== count) throw new ColumnError('its columns are others');
  const columns: Column[] = [];
  for (let i = 0; i < count; ++i) {
    const end = at + view.getUint32(from + 4 + 4 * i, true);
    if (end > payload.length) throw new ColumnError('a column is longer than the chunk');
    columns.push(new Column(payload, at, end));
    at = end;
  }
  return columns;
}
