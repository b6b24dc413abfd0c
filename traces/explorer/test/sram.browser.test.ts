// SPDX-License-Identifier: Apache-2.0
// The unified buffer on screen: its sums are the counter's and the accounts', keys go to changes.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, skipReason } from './browser';
import { noSimulator, openRun, simulate } from './nnpsim';
import { valueAt } from '../src/model/floorplan';
import { cells, openTraces } from './page';

const skip = { skip: skipReason || noSimulator };
after(closeBrowser);
const plain = (text: string) => Number(text.replaceAll(',', ''));

test('live bytes are the counter\'s, the table sums to them, and ports are the units\' accounts', skip, async () => {
  const { file, json } = simulate('lenet5', 'edge8');
  const counter = (await (await openRun(file)).counters()).find(({ name }) => name === 'buffer.live_bytes')!;
  const { page, faults } = await openTraces([file], 'view=sram&cycle=5000');
  const live = page.locator('[data-field=live]');
  await live.waitFor();
  for (const key of ['', '.', '.', 'm', ',']) {
    const before = await page.getByLabel('cursor, core cycle').inputValue();
    if (key) await page.keyboard.press(key);
    if (key) await page.waitForFunction((old) => document.querySelector<HTMLInputElement>('input.cycle')!.value !== old, before);
    const cycle = Number(await page.getByLabel('cursor, core cycle').inputValue());
    assert.equal(Number(await live.getAttribute('data-bytes')), valueAt(counter, cycle), `cycle ${cycle}`);
    assert.equal(plain(await page.locator('[data-field=held]').innerText()), valueAt(counter, cycle), `cycle ${cycle}`);
    if (key === 'm') assert.equal(valueAt(counter, cycle), Math.max(...counter.value));
  }
  for (const row of await cells(page, 'ports')) {
    const { busy, waits } = json.units[row[0]!];
    assert.deepEqual([plain(row[2]!), plain(row[4]!)], [busy, waits.bank_conflict ?? 0], row[0]);
  }
  const colours = await page.locator('.sram-map canvas').evaluate((element) => {
    const canvas = element as HTMLCanvasElement;
    return new Set(new Uint32Array(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size;
  });
  assert.ok(colours > 3, `${colours} colours`);
  assert.deepEqual(faults, []);
});
