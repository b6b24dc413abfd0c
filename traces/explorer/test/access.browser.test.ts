// SPDX-License-Identifier: Apache-2.0
// Accessibility: axe in every view and theme, forced colours, twice the size, and no colour alone.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { busyLook, idleLook, waitLook } from '../src/draw/palette';
import { views } from '../src/views/index';
import { closeBrowser, open, skipReason } from './browser';
import { noSimulator, openRun, simulate } from './nnpsim';
import { violations } from './page';

const skip = { skip: skipReason || noSimulator, timeout: 300_000 };
after(closeBrowser);
const hashOf = (view: string) => `view=${view}&unit=drain&cycle=5240&layer=conv1&insn=59&from=4500&to=6500`;

for (const theme of ['light', 'dark'] as const)
  describe(`axe, ${theme}`, skip, () => {
    for (const view of views)
      test(`finds nothing serious in ${view.id}`, async () => {
        const { page, faults } = await open(simulate('lenet5', 'edge8').page, hashOf(view.id), { theme });
        await page.waitForTimeout(400);
        assert.deepEqual(await violations(page), []);
        assert.deepEqual(faults, []);
        await page.context().close();
      });
  });

describe('a reader', skip, () => {
  test('with forced colours finds the same words', async () => {
    const { page } = await open(simulate('lenet5', 'edge8').page, hashOf('timeline'));
    await page.emulateMedia({ forcedColors: 'active' });
    await page.waitForTimeout(200);
    assert.match(await page.locator('[data-table="window"]').innerText(), /matrix/);
    assert.deepEqual(await violations(page), []);
    await page.context().close();
  });

  test('at twice the size has every view without scrolling sideways', async () => {
    for (const view of views) {
      const { page } = await open(simulate('lenet5', 'edge8').page, hashOf(view.id), { width: 720, height: 450, scale: 2 });
      await page.waitForTimeout(300);
      const { scroll, width } = await page.evaluate(() =>
        ({ scroll: document.documentElement.scrollWidth, width: document.documentElement.clientWidth }));
      assert.ok(scroll <= width, `${view.id}: ${scroll} > ${width}`);
      await page.context().close();
    }
  });

  test('who sees no colours has a hatch for waits and a letter for each cause', async () => {
    const run = await openRun(simulate('lenet5', 'edge8').file);
    const letters = run.info.causes.map(({ name }) => waitLook(name).letter);
    assert.equal(new Set(letters).size, letters.length, letters.join(' '));
    assert.ok(!letters.includes('?'), 'every cause of the simulator has a look of its own');
    assert.ok(run.info.causes.every(({ name }) => waitLook(name).hatched));
    assert.ok(!busyLook.hatched && !idleLook.hatched);
  });
});
