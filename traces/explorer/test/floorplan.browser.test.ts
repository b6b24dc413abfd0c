// SPDX-License-Identifier: Apache-2.0
// The floorplan on screen, against `nnpsim query --at`.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, skipReason } from './browser';
import { callJson, noSimulator, simulate } from './nnpsim';
import { cells, openTraces } from './page';

const skip = { skip: skipReason || noSimulator };
after(closeBrowser);

test('every unit on the floorplan is in the state of query --at, step by step, and the ring is on what changed', skip, async () => {
  const { file } = simulate('lenet5', 'edge8');
  const { page, faults } = await openTraces([file], 'view=floorplan&cycle=3990');
  const said = (cycle: number) => callJson('query', file, '--at', String(cycle)).units as Record<string, any>[];
  const words = (unit: Record<string, any>) => unit.state === 'wait' ? `wait ${unit.cause}` : unit.state;
  for (const key of ['', 'ArrowRight', 'ArrowRight', '.', '.', ',', 'ArrowLeft', 'Shift+ArrowRight']) {
    const before = Number(await page.locator('[data-field=changed]').getAttribute('data-cycle'));
    if (key) await page.keyboard.press(key);
    if (key) await page.locator(`[data-field=changed]:not([data-cycle="${before}"])`).waitFor();
    const cycle = Number(await page.locator('[data-field=changed]').getAttribute('data-cycle'));
    const units = said(cycle);
    assert.deepEqual(await page.locator('g.unit').evaluateAll((all) => all.map((each) => [each.getAttribute('data-unit'), each.getAttribute('data-state')])),
                     units.map((unit) => [unit.unit, words(unit)]), `cycle ${cycle}`);
    const table = await cells(page, 'floorplan');
    table.forEach((row, i) => {
      assert.equal(row[4], units[i]!.start.toLocaleString('en'), `${row[0]} since, cycle ${cycle}`);
      if (units[i]!.unit !== 'dram0') assert.equal(Number(row[7]), units[i]!.queued, `${row[0]} queued, cycle ${cycle}`);
    });
    if (!key) continue;
    const old = said(before);
    const changed = units.filter((unit, i) => unit.start !== old[i]!.start || words(unit) !== words(old[i]!)).map(({ unit }) => unit);
    assert.deepEqual(await page.locator('g.unit:has(.changed)').evaluateAll((all) => all.map((each) => each.getAttribute('data-unit'))),
                     changed, `${before} to ${cycle}`);
  }
  assert.deepEqual(faults, []);
});

test('bytes over the links are those that memory counted, and a narrower window has fewer', skip, async () => {
  const { file, json } = simulate('lenet5', 'edge8');
  const { page } = await openTraces([file], 'view=floorplan&cycle=100');
  await page.locator('[data-table=links] tbody tr').first().waitFor();
  const bytes = async () => (await cells(page, 'links')).filter((row) => row[1] === 'dram0')
    .reduce((sum, row) => sum + Number(row[2]!.replaceAll(',', '')), 0);
  assert.equal(await bytes(), json.dram.read_bytes);
  await page.evaluate(() => { location.hash = '#view=floorplan&cycle=100&from=0&to=2000'; });
  await page.getByText('Answered in cycles 0 to 2,000').waitFor();
  assert.ok(await bytes() < json.dram.read_bytes);
});

test('play moves the cursor, pause holds it, and a unit is selected by keyboard', skip, async () => {
  const { page } = await openTraces([simulate('lenet5', 'edge8').file], 'view=floorplan&cycle=500&pace=50');
  const cycle = async () => Number(await page.getByLabel('cursor, core cycle').inputValue());
  await page.locator('.player').waitFor();
  await page.evaluate(() => new Promise((heard) => requestAnimationFrame(() => setTimeout(heard))));  // keys are heard behind a frame
  await page.keyboard.press('p');
  await page.waitForFunction(() => Number(document.querySelector<HTMLInputElement>('input.cycle')!.value) > 505);
  await page.keyboard.press('p');
  const held = await cycle();
  await page.waitForTimeout(200);
  assert.equal(await cycle(), held);
  await page.locator('g.unit[data-unit=drain]').focus();
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.inspector select').inputValue(), 'drain');
});
