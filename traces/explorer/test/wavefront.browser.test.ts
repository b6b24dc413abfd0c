// SPDX-License-Identifier: Apache-2.0
// The array on screen, against the simulator's states and against the cells as painted.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { closeBrowser, skipReason } from './browser';
import { callJson, noSimulator, simulate } from './nnpsim';
import { cells, openTraces } from './page';

const skip = { skip: skipReason || noSimulator };
after(closeBrowser);
const plain = (text: string) => Number(text.replaceAll(',', ''));
const shownCycle = async (page: Page) => Number(await page.locator('[data-field=wave]').getAttribute('data-cycle'));

/** Cells whose lower left, where no mark is, has one of the colours of work. */
function painted(page: Page): Promise<number> {
  return page.locator('.pe-grid canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement, { width, height } = canvas, cell = width / 8;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, width, height);
    const tints = [...document.querySelectorAll<HTMLElement>('.legend .tint')].slice(0, 8).map((tint) => tint.style.background);
    let count = 0;
    for (let y = cell - 4; y < height; y += cell)
      for (let x = 3; x < width; x += cell) {
        const at = (Math.floor(y) * width + Math.floor(x)) * 4;
        if (tints.includes(`rgb(${data[at]}, ${data[at + 1]}, ${data[at + 2]})`)) ++count;
      }
    return count;
  });
}

test('as many cells are painted as PEs multiply, cycle by cycle, and the numbers in them are one more each cycle', skip, async () => {
  const { page, faults } = await openTraces([simulate('lenet5', 'edge8').file], 'view=wavefront&cycle=2121');
  await page.locator('[data-field=wave]').waitFor();
  const counts: number[] = [];
  for (let i = 0; i < 16; ++i) {
    const cycle = 2121 + i;
    await page.locator(`[data-field=wave][data-cycle="${cycle}"]`).waitFor();
    const active = plain(await page.locator('[data-field=active]').innerText());
    assert.equal(await painted(page), active, `cycle ${cycle}`);
    counts.push(active);
    const corner = await page.locator('.pe-grid text').evaluateAll((texts) => texts[0]?.textContent ?? null);
    if (active > 0) assert.equal(corner, String(cycle - 2122), `cycle ${cycle}: the row at the corner`);
    await page.keyboard.press('ArrowRight');
  }
  // 8 x 6 PEs with work, a cycle later with each step to the right and down: anti-diagonals of 1, 2, ... 6, 6, 6, 5, ...
  const diagonals = [1, 2, 3, 4, 5, 6, 6, 6, 5, 4, 3, 2, 1];
  const expected = [0, ...diagonals.map((_, i) => diagonals.slice(0, i + 1).reduce((a, b) => a + b, 0))];
  assert.deepEqual(counts, [...expected, 48, 48].slice(0, 16));
  assert.deepEqual(faults, []);
});

test('passes are those of the matrix unit: while one streams, the unit is busy with its instruction', skip, async () => {
  const { file } = simulate('lenet5', 'edge8');
  const { page } = await openTraces([file], 'view=wavefront&cycle=5300');
  await page.locator('[data-table=passes] td').first().waitFor();
  for (const row of await cells(page, 'passes')) {
    const [layer, instruction, start, end] = [row[1], Number(row[2]), plain(row[8]!), plain(row[9]!)];
    for (const cycle of [start, end - 1]) {
      const matrix = callJson('query', file, '--at', String(cycle)).units.find((unit: any) => unit.unit === 'matrix');
      assert.deepEqual([matrix.state, matrix.layer, matrix.instruction], ['busy', layer, instruction], `cycle ${cycle}`);
    }
  }
});

test('keys go from pass to pass and from PE to PE, and the words say what the PE does', skip, async () => {
  const { page } = await openTraces([simulate('lenet5', 'edge8').file], 'view=wavefront&cycle=2125');
  const pe = page.locator('[data-field=pe]');
  await pe.waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await page.waitForFunction(() => document.querySelector('[data-field=pe]')!.textContent!.includes('row 1, column 1'));
  assert.match(await pe.innerText(), /multiplies row 1 of pass 0.*1 \+ 1 = 2 cycles behind/);
  await page.keyboard.press('.');
  await page.locator('[data-field=pass][data-pass="1"]').waitFor();
  const cycle = await shownCycle(page);
  await page.keyboard.press(',');
  await page.locator('[data-field=pass][data-pass="0"]').waitFor();
  assert.ok(await shownCycle(page) < cycle);
});

test('an array of 256 x 256 is painted within a frame\'s time', skip, async () => {
  const { page } = await openTraces([simulate('lenet5', 'tpu_v1').file], 'view=wavefront&cycle=3000');
  await page.locator('[data-field=wave]').waitFor();
  const times: number[] = [];
  for (let i = 0; i < 8; ++i) {
    times.push(await page.evaluate(async () => {
      const before = Number(document.querySelector('[data-field=wave]')!.getAttribute('data-cycle')), start = performance.now();
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
      while (Number(document.querySelector('[data-field=wave]')!.getAttribute('data-cycle')) === before) await new Promise((done) => setTimeout(done));
      return performance.now() - start;
    }));
  }
  const median = times.sort((a, b) => a - b)[4]!;
  console.log(`a step of 256 x 256 PEs: ${median.toFixed(1)} ms`);
  assert.ok(median < 200, `${median} ms`);
});
