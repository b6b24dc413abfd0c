// SPDX-License-Identifier: Apache-2.0
// The array's PEs in one cycle into a pixel buffer.

export interface PeInks {
  readonly ground: number;
  readonly line: number;
  readonly unused: number;
  readonly loading: number;
  readonly work: readonly (readonly number[])[];  // by pass, then by vector: neighbours differ
}
/** Of each PE, row by row. `pass` and `vector` of what it multiplies, -1: nothing. */
export interface PeStates {
  readonly rows: number;
  readonly cols: number;
  readonly pass: Int32Array;
  readonly vector: Int32Array;
  readonly loads: Uint8Array;
  readonly used: Uint8Array;
}
export const cellSize = (rows: number, cols: number, most: number) => Math.max(1, Math.min(44, Math.floor(most / Math.max(rows, cols))));

export function paintPes(pixels: Uint32Array, cell: number, states: PeStates, inks: PeInks): void {
  const width = states.cols * cell, border = cell >= 6 ? 1 : 0;
  for (let row = 0, pe = 0; row < states.rows; ++row)
    for (let col = 0; col < states.cols; ++col, ++pe) {
      const pass = states.pass[pe]!, palette = inks.work[pass & 1]!;
      const ink = pass >= 0 ? palette[states.vector[pe]! % palette.length]! : inks.ground;
      for (let y = 0; y < cell; ++y) {
        let at = (row * cell + y) * width + col * cell;
        for (let x = 0; x < cell; ++x, ++at) {
          if (border && (x === cell - 1 || y === cell - 1)) pixels[at] = inks.line;
          else if (states.loads[pe] && (cell < 6 ? pass < 0 : x >= cell - 1 - cell / 3 && y < cell / 3)) pixels[at] = inks.loading;
          else if (pass < 0 && !states.used[pe] && (x + y) % 6 < (cell < 6 ? 6 : 2)) pixels[at] = inks.unused;
          else pixels[at] = ink;
        }
      }
    }
}
