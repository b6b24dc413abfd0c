// SPDX-License-Identifier: Apache-2.0
// The array drawn: a cell a PE, in the colour of the vector that it multiplies, with its number where there is room.
import { useLayoutEffect, useRef } from 'preact/hooks';
import { cellSize, paintPes, type PeStates } from '../../draw/pe_grid';
import { inkOn, pixel } from '../../draw/palette';
import type { ArrayDesign } from '../../model/wavefront';

export const tints = {
  light: [['#0072b2', '#3d95c8', '#7ab7dc', '#b4d7ed'], ['#00785a', '#3f9a82', '#7cbcab', '#b6dad0']],
  dark: [['#8ccbf0', '#5aaede', '#2f8cc2', '#1c6494'], ['#8fe3c8', '#52bf9f', '#2a957a', '#166b56']],
} as const;
const most = 560;

export function Grid(props: { design: ArrayDesign; states: PeStates; dark: boolean; leaving: readonly { col: number; row: number }[];
                              chosen: readonly [number, number] | null; choose: (row: number, col: number) => void; words: string }) {
  const { design, states, dark, leaving, chosen, choose, words } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  const cell = cellSize(design.rows, design.cols, most), width = design.cols * cell, height = design.rows * cell;
  const colours = tints[dark ? 'dark' : 'light'];
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const image = context.createImageData(width, height);
    paintPes(new Uint32Array(image.data.buffer), cell, states, {
      ground: pixel(dark ? '#101316' : '#ffffff'), line: pixel(dark ? '#3b434d' : '#c9ced6'), unused: pixel(dark ? '#2a2f36' : '#dfe3e8'),
      loading: pixel(dark ? '#ff8a3c' : '#d55e00'), work: colours.map((set) => set.map(pixel)),
    });
    context.putImageData(image, 0, 0);
  }, [states, dark, width, height]);
  const numbered = cell >= 20;
  const edges = new Map(leaving.map((sum) => [sum.col, sum.row]));
  return (
    <figure class="pe-figure" aria-label={words}>
      <div class="pe-grid" style={{ width: `${width}px` }}>
        <canvas ref={canvas} width={width} height={height} onClick={(event) => choose(Math.floor(event.offsetY / cell), Math.floor(event.offsetX / cell))} />
        <svg width={width} height={height + 26} aria-hidden="true" style={{ fontSize: `${Math.min(15, cell * 0.45)}px` }}>
          {numbered && Array.from(states.pass, (pass, pe) => pass >= 0 && (
            <text key={pe} x={(pe % design.cols + .47) * cell} y={(Math.floor(pe / design.cols) + .62) * cell} text-anchor="middle"
                  fill={inkOn(colours[pass & 1]![states.vector[pe]! % 4]!)}>{states.vector[pe]}</text>
          ))}
          {Array.from(edges, ([col, row]) => <g key={col} class="leaves">
            <path d={`M${(col + .5) * cell} ${height + 2}v6m-3 -3l3 3l3 -3`} />
            {numbered && <text x={(col + .5) * cell} y={height + 22} text-anchor="middle">{row}</text>}
          </g>)}
          {chosen && <rect x={chosen[1] * cell} y={chosen[0] * cell} width={cell} height={cell} class="chosen-pe" />}
        </svg>
      </div>
      <figcaption class="hint">sums that leave below: {leaving.length === 0 ? 'none in this cycle' : leaving.length}</figcaption>
    </figure>
  );
}
