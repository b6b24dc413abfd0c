// SPDX-License-Identifier: Apache-2.0
// The roofline on screen, against `nnpsim run --json`.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, skipReason } from './browser';
import { noSimulator, simulate } from './nnpsim';
import { cells, openTraces } from './page';

const skip = { skip: skipReason || noSimulator };
after(closeBrowser);

test('dots, table and roofs show the run\'s numbers, and the selected layer\'s formulas are filled in', skip, async () => {
  const { file, json } = simulate('lenet5', 'edge8');
  const { page, faults } = await openTraces([file], 'view=roofline');
  await page.locator('[data-table=roofline]').waitFor();
  const layers = json.layers.filter((layer: any) => layer.macs > 0);
  const number = (value: number) => value.toLocaleString('en');
  assert.deepEqual((await cells(page, 'roofline')).map((row) => row.slice(0, 3)), layers.map((layer: any) =>
    [layer.name, number(layer.macs), number(layer.dram_read_bytes + layer.dram_write_bytes)]));
  assert.deepEqual((await page.locator('.dot').evaluateAll((dots) => dots.map((dot) => dot.getAttribute('data-layer')))).sort(),
                   layers.map((layer: any) => layer.name).sort());
  const roofs = await page.locator('[data-field=roofs]').innerText();
  assert.match(roofs, /2 x 8 x 8 cells x 1\.00 GHz = 128 GOPS/);  // edge8: 64 cells at 1 GHz
  assert.match(roofs, /= 19\.2 GB\/s/);                            // one channel of DDR4-2400: 2400 MT/s x 8 bytes
  for (const [key, name] of [['ArrowDown', layers[0].name], ['ArrowDown', layers[1].name], ['ArrowUp', layers[0].name]]) {
    await page.keyboard.press(key);
    await page.locator(`.dot.chosen[data-layer="${name}"]`).waitFor();
    const figures = await page.locator('[data-field=figures]').innerText();
    const layer = layers.find((each: any) => each.name === name);
    assert.ok(figures.includes(`2 x ${number(layer.macs)} MACs = ${number(2 * layer.macs)}`), figures);
    assert.ok(figures.includes(`/ ${number(layer.gap.count + layer.gap.ahead)} cycles`), figures);
  }
  await page.locator(`.dot[data-layer="${layers[2].name}"]`).focus();
  await page.locator(`.dot.chosen[data-layer="${layers[2].name}"]`).waitFor();
  assert.deepEqual(faults, []);
});

test('a dot stands where its numbers say, and its area is its time', skip, async () => {
  const { file, json } = simulate('lenet5', 'edge8');
  const { page } = await openTraces([file], 'view=roofline');
  const dots = await page.locator('.dot path').evaluateAll((paths) => paths.map((path) => {
    const { x, y, width, height } = (path as SVGGraphicsElement).getBBox();
    return { layer: path.parentElement!.getAttribute('data-layer'), x: x + width / 2, y: y + height / 2, width };
  }));
  const of = (name: string) => json.layers.find((layer: any) => layer.name === name);
  const intensity = (name: string) => 2 * of(name).macs / (of(name).dram_read_bytes + of(name).dram_write_bytes);
  const cycles = (name: string) => of(name).gap.count + of(name).gap.ahead;
  const speed = (name: string) => of(name).macs / cycles(name);
  for (const a of dots)
    for (const b of dots) {
      if (intensity(a.layer!) < intensity(b.layer!) * 0.99) assert.ok(a.x < b.x, `${a.layer} left of ${b.layer}`);
      if (speed(a.layer!) < speed(b.layer!) * 0.9) assert.ok(a.y > b.y, `${a.layer} below ${b.layer}`);
    }
  const circles = dots.filter(({ layer }) => of(layer!).bounds.bound_by === 'compute').sort((a, b) => b.width - a.width);
  assert.ok(circles.length >= 2);
  const [big, next] = circles as [typeof dots[0], typeof dots[0]];
  const expected = Math.sqrt(cycles(big.layer!) / cycles(next.layer!));
  assert.ok(Math.abs(big.width / next.width - expected) < 0.02 * expected, `${big.width / next.width} for ${expected}`);
});
