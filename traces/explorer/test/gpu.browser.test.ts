// SPDX-License-Identifier: Apache-2.0
// Bars beside GPUs: numbers are those of the comparison, lengths are in proportion to them, conditions stand beside.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { closeBrowser, skipReason } from './browser';
import { noSimulator, simulate } from './nnpsim';
import { cells, openTraces, violations } from './page';

const skip = { skip: skipReason || noSimulator };
after(closeBrowser);
const comparison = JSON.parse(readFileSync('test/data/compare.json', 'utf8'));

test('each batch shows its rows with their figures and conditions, bars in proportion', skip, async () => {
  const { page, faults } = await openTraces([simulate('resnet50', 'tpu_v1', 'units').file], 'view=gpu', {}, comparison);
  for (const batch of [1, 8, 64]) {
    const list = page.getByRole('list', { name: `At batch ${batch}` });
    await list.waitFor();
    const shown = await list.locator('.gpu-row').evaluateAll((rows) => rows.map((row) => ({
      device: row.getAttribute('data-device'), source: row.querySelector('.gpu-source')!.textContent,
      values: [...row.querySelectorAll('[data-value]')].map((each) => Number(each.getAttribute('data-value'))),
      widths: [...row.querySelectorAll('.gpu-bar')].map((each) => each.getBoundingClientRect().width),
    })));
    const expected = comparison.rows.filter((row: any) => row.batch === batch && row.throughput_per_s !== null);
    assert.equal(shown.length, expected.length);
    const longest = Math.max(...shown.map(({ widths }) => widths[0]!)), most = Math.max(...expected.map((row: any) => row.throughput_per_s));
    for (const row of shown) {
      const own = expected.find((each: any) => each.device === row.device && each.throughput_per_s === row.values[0]);
      assert.ok(own, `${row.device} ${row.values[0]}`);
      assert.equal(row.values[1], own.peak_fraction);
      assert.ok(row.source!.includes(own.source), row.device!);
      assert.ok(Math.abs(row.widths[0]! / longest - own.throughput_per_s / most) < 0.02, `${row.device}: ${row.widths[0]} of ${longest}`);
    }
    assert.ok((await list.locator('.badge.failed').count()) === (batch === 1 ? 1 : 0));
    await page.keyboard.press('ArrowDown');
  }
  assert.equal((await cells(page, 'gpu')).length, comparison.rows.filter((row: any) => row.throughput_per_s !== null).length);
  await page.keyboard.press('l');
  await page.getByText('inferences a second (logarithmic)').first().waitFor();
  assert.deepEqual(faults, []);
});

test('another network\'s comparison is said to be one, and a page without any says how to get it', skip, async () => {
  const { file } = simulate('lenet5', 'edge8');
  const wrong = await openTraces([file], 'view=gpu', {}, comparison);
  await wrong.page.getByText('This comparison is of resnet50 on tpu_v1').waitFor();
  const none = await openTraces([file], 'view=gpu');
  await none.page.getByText('nnpsim compare lenet5').waitFor();
});

for (const theme of ['light', 'dark'] as const)
  test(`bars have no serious fault of accessibility, ${theme}`, skip, async () => {
    const { page } = await openTraces([simulate('lenet5', 'edge8').file], 'view=gpu', { theme }, comparison);
    assert.deepEqual(await violations(page), []);
  });
