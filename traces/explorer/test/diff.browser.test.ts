// SPDX-License-Identifier: Apache-2.0
// Two traces on screen: resnet50 on two chips, against `nnpsim run --json` of both.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, skipReason } from './browser';
import { noSimulator, simulate } from './nnpsim';
import { cells, openTraces, violations } from './page';

const skip = { skip: skipReason || noSimulator };
after(closeBrowser);
const plain = (text: string) => Number(text.replaceAll(',', ''));

test('resnet50 on tpu_v1 and hbm128: every row is the two runs\' own, most changed first, and they sum', skip, async () => {
  const [a, b] = [simulate('resnet50', 'tpu_v1', 'units'), simulate('resnet50', 'hbm128', 'units')];
  const { page, faults } = await openTraces([a.file, b.file], 'view=diff&rows=all');
  await page.locator('[data-table=diff]').waitFor();
  const rows = await cells(page, 'diff');
  const together = rows.pop()!;
  assert.deepEqual(together.slice(1, 4).map(plain), [a.json.cycles, b.json.cycles, b.json.cycles - a.json.cycles]);
  let before = Infinity, sum = 0;
  for (const [name, left, right, change] of rows.map((row) => row.slice(0, 4)) as [string, string, string, string][]) {
    assert.ok(Math.abs(plain(change)) <= before, `${name} stands below a smaller change`);
    before = Math.abs(plain(change));
    sum += plain(change);
    const of = (json: any) => json.layers.find((layer: any) => layer.name === name)?.gap.count;
    if (of(a.json) !== undefined) assert.deepEqual([plain(left), plain(right)], [of(a.json), of(b.json)], name);
  }
  assert.equal(sum, b.json.cycles - a.json.cycles);
  const verdict = await page.locator('[data-field=verdict]').innerText();
  const named = rows.filter(([name]) => a.json.layers.some((layer: any) => layer.name === name)).slice(0, 3);
  for (const row of named) assert.ok(verdict.includes(`${row[0]} (${row[3]}`), `${verdict} names ${row[0]}`);
  const parts = await cells(page, 'parts');
  assert.equal(parts.slice(0, -1).reduce((total, row) => total + plain(row[3]!), 0), b.json.cycles - a.json.cycles);
  const unlike = (await cells(page, 'parity')).filter((row) => row[3] === 'no').map((row) => row[0]);
  assert.deepEqual(unlike, ['chip']);
  assert.deepEqual(faults, []);
});

test('arrows go from change to change, and the parts shown are those of the layer', skip, async () => {
  const { page } = await openTraces([simulate('lenet5', 'edge8').file, simulate('lenet5', 'tiny4', 'units').file], 'view=diff');
  const names = (await cells(page, 'diff')).map((row) => row[0]!).filter((name) => !/ /.test(name) && name !== 'together');
  for (const name of names.slice(0, 3)) {
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: `${name}: the change in parts` }).waitFor();
    const row = (await cells(page, 'diff')).find((each) => each[0] === name)!;
    assert.deepEqual((await cells(page, 'layer-parts')).at(-1)!.slice(1, 4), row.slice(1, 4));
  }
});

test('with one trace the view says how to get two', skip, async () => {
  const { page } = await openTraces([simulate('lenet5', 'edge8').file], 'view=diff');
  await page.getByText('nnpsim report').waitFor();
});

for (const theme of ['light', 'dark'] as const)
  test(`the comparison has no serious fault of accessibility, ${theme}`, skip, async () => {
    const { page } = await openTraces([simulate('lenet5', 'edge8').file, simulate('lenet5', 'tiny4', 'units').file], 'view=diff', { theme });
    assert.deepEqual(await violations(page), []);
  });
