// SPDX-License-Identifier: Apache-2.0
// One picture of the timeline: states and counters as pixels, and a few hundred words at most.
import { ticks } from '../../draw/axis';
import { type Ink, inkOf, paintLane } from '../../draw/lanes';
import { inkOn, type Look, lookOf, mix, pixel } from '../../draw/palette';
import { columnsFromBlocks, columnsFromLevel, levelFor, type StateColumns } from '../../draw/state_columns';
import { BUSY, WAIT } from '../../format/records';
import type { Counter } from '../../format/series';
import type { CriticalPath } from '../../model/critical_path';
import type { Run, Unit } from '../../model/run';
import { lastAtOrBefore } from '../../model/timeline';
import { count } from '../../words/figures';
import { axisHeight, counterHeight, laneHeight, layerHeight, type Rows } from './rows';

export interface Picture {
  readonly run: Run;
  readonly rows: Rows;
  readonly from: number;   // core cycles
  readonly to: number;
  readonly width: number;  // CSS pixels
  readonly scale: number;  // device pixels a CSS pixel
  readonly dark: boolean;
  readonly path: CriticalPath | null;
}
const colours = {
  light: { ground: '#ffffff', empty: '#f5f6f8', ink: '#17191c', soft: '#565d66', line: '#c9ced6', mark: '#d1006c', area: '#4f79a8', layer: ['#d8e6f3', '#e8ddf0'] },
  dark: { ground: '#15181c', empty: '#1e2329', ink: '#e9ecf0', soft: '#a9b1bc', line: '#3b434d', mark: '#ff6fb5', area: '#6f9bcc', layer: ['#27415a', '#43335a'] },
};
const pathHeight = 5, mostWords = 400;
const font = '12px system-ui, "Liberation Sans", Arial, sans-serif';

/** What is missing for the sharp picture; each call reads it. */
export type Missing = () => Promise<unknown>;

/** The unit's columns as sharp as what is read allows; what would be sharper is put into `missing`. */
function columnsOf(run: Run, unit: Unit, from: number, to: number, width: number, missing: Missing[]): StateColumns | null {
  const ratio = unit.memoryClock ? run.info.memory_frequency_khz / run.info.core_frequency_khz : 1;
  const start = from * ratio, end = to * ratio;
  const levels = run.levels(unit.id);
  const wanted = levelFor(levels, (end - start) / width);
  if (wanted < 0 && run.hasRecords) {
    const blocks = run.now('states', unit.id, start, end);
    if (blocks) return columnsFromBlocks(blocks, start, end, width);
    missing.push(() => run.load('states', unit.id, start, end));
  }
  const level = levels[Math.max(0, wanted)];
  if (!level) {
    const blocks = run.now('states', unit.id, start, end);
    if (blocks) return columnsFromBlocks(blocks, start, end, width);
    if (run.hasRecords) missing.push(() => run.load('states', unit.id, start, end));
    return null;
  }
  if (level.level) return columnsFromLevel(level.level, start, end, width);
  missing.push(() => level.load());
  const coarser = levels.slice(Math.max(0, wanted)).find(({ level: there }) => there);
  return coarser ? columnsFromLevel(coarser.level!, start, end, width) : null;
}

/** The part of each column in which the path is in each unit. */
function pathColumns(path: CriticalPath, units: number, from: number, to: number, width: number): Float32Array[] {
  const shares = Array.from({ length: units }, () => new Float32Array(width));
  const scale = width / (to - from);
  for (let i = Math.max(0, lastAtOrBefore(path.start, from, path.count)); i < path.count && path.start[i]! < to; ++i) {
    const columns = shares[path.unit[i]!];
    const left = Math.max(0, (path.start[i]! - from) * scale), right = Math.min(width, (path.start[i + 1]! - from) * scale);
    if (!columns || right <= left) continue;
    const x = Math.floor(left), last = Math.min(width - 1, Math.floor(right));
    if (x === last) columns[x]! += right - left;
    else {
      columns[x]! += x + 1 - left;
      if (last > x + 1) columns.fill(1, x + 1, last);
      columns[last]! += right - last;
    }
  }
  return shares;
}

/** The largest value in each column, 0..1 of the counter's largest. */
function counterColumns(counter: Counter, from: number, to: number, width: number): { heights: Float32Array; most: number } {
  const heights = new Float32Array(width);
  const scale = width / (to - from);
  let most = 0;
  const { cycle, value } = counter;
  for (let i = Math.max(0, lastAtOrBefore(cycle, from)); i < cycle.length && cycle[i]! < to; ++i) {
    const left = Math.floor(Math.max(0, (cycle[i]! - from) * scale));
    const next = i + 1 < cycle.length ? cycle[i + 1]! : to;
    if (next <= from) continue;
    const right = Math.min(width, Math.max(left + 1, Math.ceil((next - from) * scale)));
    for (let x = left; x < right; ++x) if (value[i]! > heights[x]!) heights[x] = value[i]!;
    if (cycle[i]! < to) most = Math.max(most, value[i]!);
  }
  if (most > 0) for (let x = 0; x < width; ++x) heights[x]! /= most;
  return { heights, most };
}

const images = new WeakMap<CanvasRenderingContext2D, ImageData>();
/** A buffer of the canvas's size, the same one each time. */
function imageOf(context: CanvasRenderingContext2D, width: number, height: number): ImageData {
  let image = images.get(context);
  if (!image || image.width !== width || image.height !== height) images.set(context, image = context.createImageData(width, height));
  return image;
}

/** Code order of stacks: work below, waits above it, nothing on top. */
function orderOf(columns: StateColumns): number[] {
  const rank = (code: number) => (code >> 4 === BUSY ? 0 : code >> 4 === WAIT ? 1 : 2);
  return [...columns.shares.keys()].sort((a, b) => rank(a) - rank(b) || a - b);
}

export interface Painted {
  readonly missing: readonly Missing[];
  readonly most: readonly number[];  // of each counter in the window
}
export function paint(context: CanvasRenderingContext2D, picture: Picture): Painted {
  const { run, rows, from, to, dark, path, scale } = picture;
  const width = Math.max(1, Math.round(picture.width * scale)), height = Math.round(rows.height * scale);
  const colour = dark ? colours.dark : colours.light;
  const image = imageOf(context, width, height);
  const pixels = new Uint32Array(image.data.buffer);
  pixels.fill(pixel(colour.ground));
  const missing: Missing[] = [];
  const inks = new Map<number, Ink>(), looks = new Map<number, Look>();
  const causeName = (cause: number) => run.cause(cause)?.name ?? '';
  const onPath = path ? pathColumns(path, run.units.length, from, to, width) : null;
  const marks = Array.from({ length: 17 }, (_, i) => pixel(mix(colour.ground, colour.mark, i === 0 ? 0 : 0.35 + 0.65 * i / 16)));

  for (const { unit, top, height: tall } of rows.units) {
    const y = Math.round(top * scale), laneRows = Math.round(tall * scale);
    const columns = columnsOf(run, unit, from, to, width, missing);
    const empty = pixel(colour.empty);
    pixels.fill(empty, y * width, (y + laneRows) * width);
    if (columns) {
      for (const code of columns.shares.keys())
        if (!inks.has(code)) looks.set(code, lookOf(code, causeName)), inks.set(code, inkOf(looks.get(code)!, dark));
      paintLane(pixels, width, 0, y, laneRows, columns, orderOf(columns), inks);
    }
    const shares = onPath?.[unit.id];
    if (shares) {
      const first = y + laneRows - Math.round(pathHeight * scale);
      const edge = pixel(colour.ground);
      for (let row = first - Math.round(scale); row < y + laneRows; ++row)
        for (let x = 0; x < width; ++x)
          if (shares[x]! > 0) pixels[row * width + x] = row < first ? edge : marks[Math.max(1, Math.min(16, Math.round(shares[x]! * 16)))]!;
    }
  }
  const most: number[] = [];
  for (const { counter, top } of rows.counters) {
    const { heights, most: highest } = counterColumns(counter, from, to, width);
    most.push(highest);
    const base = Math.round((top + counterHeight) * scale), tall = Math.round((counterHeight - 4) * scale);
    const area = pixel(colour.area), line = pixel(colour.line);
    for (let row = 0; row < tall; ++row) {
      const at = (base - 1 - row) * width, least = (row + 0.5) / tall;
      for (let x = 0; x < width; ++x) if (heights[x]! >= least) pixels[at + x] = area;
    }
    pixels.fill(line, base * width, (base + 1) * width);
  }
  context.putImageData(image, 0, 0);
  context.save();
  context.scale(scale, scale);
  words(context, picture, looks);
  context.restore();
  return { missing, most };
}

/** Axis, layers, and the names of states that are wide enough. */
function words(context: CanvasRenderingContext2D, picture: Picture, looks: ReadonlyMap<number, Look>): void {
  const { run, rows, from, to, width, dark } = picture;
  const colour = dark ? colours.dark : colours.light;
  const xOf = (cycle: number) => (cycle - from) / (to - from) * width;
  context.font = font;
  context.textBaseline = 'middle';

  context.fillStyle = colour.line;
  const list = ticks(from, to, width / 110);
  for (const tick of list) context.fillRect(Math.round(xOf(tick)), axisHeight - 6, 1, 6);
  if (to - from <= width / 8)  // single cycles can be told apart
    for (let cycle = from; cycle <= to; ++cycle) context.fillRect(Math.round(xOf(cycle)), axisHeight - 3, 1, 3);
  context.fillStyle = colour.soft;
  for (const tick of list) {
    const word = count(tick), x = xOf(tick), wide = context.measureText(word).width;
    context.fillText(word, Math.min(Math.max(0, x - wide / 2), width - wide), axisHeight / 2 - 2);
  }

  for (const { layer, row, start, end } of rows.layers) {
    const left = Math.max(0, xOf(start)), right = Math.min(width, xOf(end));
    if (right <= 0 || left >= width) continue;
    const top = rows.layersTop + row * layerHeight;
    context.fillStyle = colour.layer[layer.id % 2]!;
    context.fillRect(left, top, Math.max(1, right - left - 1), layerHeight - 2);
    context.fillStyle = colour.ink;
    fitted(context, layer.name, left, right, top + layerHeight / 2 - 1);
  }

  let left = mostWords;
  for (const { unit, top, height } of rows.units) {
    if (height < laneHeight) continue;
    const ratio = unit.memoryClock ? run.info.memory_frequency_khz / run.info.core_frequency_khz : 1;
    const blocks = run.hasRecords ? run.now('states', unit.id, from * ratio, to * ratio) : undefined;
    if (!blocks || (to - from) * ratio > width * 32) continue;
    const wide = 26 / width * (to - from) * ratio;  // cycles that have room for a word
    for (const block of blocks)
      for (let i = Math.max(0, lastAtOrBefore(block.start, from * ratio, block.count));
           i < block.count && block.start[i]! < to * ratio && left > 0; ++i) {
        if (block.start[i + 1]! - block.start[i]! < wide) continue;
        const kind = block.kinds[block.kind[i]!]!, look = looks.get(kind.code);
        if (!look || kind.state === 0) continue;
        const a = Math.max(0, xOf(block.start[i]! / ratio)), b = Math.min(width, xOf(block.start[i + 1]! / ratio));
        if (b - a < 22) continue;
        const name = kind.state === BUSY ? run.layerWord(block.layer[i]!) || 'busy' : look.name;
        --left;
        const base = dark ? look.dark : look.light;
        context.fillStyle = base;
        const text = shortened(context, name, b - a - 8);
        if (!text) continue;
        const textWidth = context.measureText(text).width, x = (a + b - textWidth) / 2;
        context.fillRect(x - 2, top + 5, textWidth + 4, laneHeight - 13);
        context.fillStyle = inkOn(base);
        context.fillText(text, x, top + laneHeight / 2 - 1);
      }
  }
}

function shortened(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  for (let keep = text.length - 1; keep >= 4; --keep)
    if (context.measureText(`${text.slice(0, keep)}…`).width <= room) return `${text.slice(0, keep)}…`;
  return '';
}
function fitted(context: CanvasRenderingContext2D, text: string, left: number, right: number, y: number): void {
  if (right - left < 22) return;
  const word = shortened(context, text, right - left - 8);
  if (word) context.fillText(word, left + 4, y);
}
