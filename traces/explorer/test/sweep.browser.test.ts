// SPDX-License-Identifier: Apache-2.0
// Every view of runs on chips of every kind: other arrays, many memory channels, reals, host layers, traces of each level.
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { views } from '../src/views/index';
import { count } from '../src/words/figures';
import { closeBrowser, open, skipReason } from './browser';
import { noSimulator, simulate } from './nnpsim';

const skip = { skip: skipReason || noSimulator, timeout: 300_000 };
after(closeBrowser);

const runs: [string, string, 'summary' | 'units' | 'full'][] = [
  ['lenet5', 'edge8', 'summary'], ['lenet5', 'tiny4', 'units'], ['gpt2_tiny', 'fp32ref', 'full'], ['gru_tiny', 'gemmini16', 'units'],
  ['lenet5', 'nvdla_small', 'full'], ['lenet5', 'hbm128', 'units'], ['bert_tiny', 'hbm128', 'units'], ['mobilenet_tiny', 'scalesim', 'units'],
];

describe('a run of', skip, () => {
  for (const [network, chip, level] of runs)
    test(`${network} on ${chip}, level ${level}, is shown by every view without a fault`, async () => {
      const { page: file, json } = simulate(network, chip, level, ['--timing-only', '--check', 'none']);
      const { page, faults } = await open(file, `view=overview&unit=matrix&cycle=${Math.floor(json.cycles / 2)}&layer=${encodeURIComponent(json.layers[0].name)}`);
      assert.equal((await page.locator('[data-field="cycles"]').innerText()).trim(), count(json.cycles));
      for (const { id, key } of views) {
        await page.keyboard.press(key);
        await page.locator(`#main[data-view="${id}"]`).waitFor();
        await page.waitForTimeout(250);
        assert.equal(await page.locator('.error', { hasText: 'fault of the page' }).count(), 0, id);
      }
      assert.deepEqual(faults, []);
      await page.context().close();
    });
});
