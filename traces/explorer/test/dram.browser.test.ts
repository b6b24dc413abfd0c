// SPDX-License-Identifier: Apache-2.0
// Device memory on screen, against `nnpsim run --json` and the trace's own commands.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { closeBrowser, skipReason } from './browser';
import { noSimulator, openRun, simulate } from './nnpsim';
import { cells, openTraces } from './page';

const skip = { skip: skipReason || noSimulator };
after(closeBrowser);
const plain = (text: string) => Number(text.replaceAll(',', ''));

test('bytes, bus time and row hits are those of run --json', skip, async () => {
  const { file, json } = simulate('lenet5', 'tiny4');
  const { page, faults } = await openTraces([file], 'view=dram&unit=dram1&cycle=6000');
  await page.locator('[data-table=banks]').waitFor();
  const bytes = await page.locator('[data-table=channels] [data-bytes]').evaluateAll((all) => all.map((each) => Number(each.getAttribute('data-bytes'))));
  assert.equal(bytes[0]! + bytes[2]!, json.dram.read_bytes);
  assert.equal(bytes[1]! + bytes[3]!, json.dram.write_bytes);
  const bus = await cells(page, 'bus');
  for (const row of bus.slice(0, -1)) assert.equal(plain(row[1]!), json.dram.bus_cycles[row[0]!], row[0]);
  assert.equal(plain(bus.at(-1)![1]!), Object.values(json.dram.bus_cycles as Record<string, number>).reduce((a, b) => a + b, 0));
  const rows = await page.locator('[data-field=rows]').innerText();
  for (const key of ['row_hits', 'row_misses', 'row_conflicts', 'refreshes']) assert.ok(rows.includes(json.dram[key].toLocaleString('en')), `${key}: ${rows}`);
  assert.deepEqual(faults, []);
});

test('a bank\'s open row is that of its last ACT that no PRE has closed', skip, async () => {
  const { file } = simulate('lenet5', 'tiny4');
  const { page } = await openTraces([file], 'view=dram&unit=dram0&cycle=6000&from=5000&to=8000');
  const run = await openRun(file), unit = run.unit('dram0')!;
  const [block] = await run.load('commands', unit.id);
  for (const cycle of [5003, 5500, 6321, 7100]) {
    await page.evaluate((at) => { location.hash = `#view=dram&unit=dram0&cycle=${at}&from=5000&to=8000`; }, cycle);
    await page.waitForFunction((at) => document.querySelector<HTMLInputElement>('input.cycle')!.value === String(at), cycle);
    const now = run.unitCycle(unit, cycle), open = new Map<number, number>();
    for (let i = 0; i < block!.count && block!.cycle[i]! <= now; ++i)
      if (block!.operation[i] === 0) open.set(block!.bank[i]!, block!.row[i]!);
      else if (block!.operation[i] === 1) open.delete(block!.bank[i]!);
      else if (block!.operation[i] === 2) open.clear();
    const shown = (await cells(page, 'banks')).map((row) => [Number(row[0]), row[1]]);
    for (const [bank, words] of shown)
      assert.equal(words, open.has(bank as number) ? `row ${open.get(bank as number)} open` : 'closed', `bank ${bank}, cycle ${cycle}`);
  }
});

test('keys go from command to command and from bank to bank, and the picture is painted', skip, async () => {
  const { page } = await openTraces([simulate('lenet5', 'tiny4').file], 'view=dram&cycle=1700&from=1500&to=3500&bank=3');
  await page.locator('[data-table=banks]').waitFor();
  for (const key of ['.', '.', ',']) {
    const before = await page.getByLabel('cursor, core cycle').inputValue();
    await page.keyboard.press(key);
    await page.waitForFunction((old) => document.querySelector<HTMLInputElement>('input.cycle')!.value !== old, before);
    await page.locator('[data-table=commands] tr[aria-current=true]').first().waitFor();
  }
  await page.keyboard.press('ArrowDown');
  await page.locator('.bank-names button[aria-pressed=true]', { hasText: 'bank 4' }).waitFor();
  const colours = await page.locator('.banks canvas').evaluate((canvas) => {
    const { width, height } = canvas as HTMLCanvasElement;
    const pixels = new Uint32Array((canvas as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height).data.buffer);
    return new Set(pixels).size;
  });
  assert.ok(colours >= 6, `${colours} colours: ground, two of rows, ACT, RD, WR, refresh`);
});

test('a trace without commands says how to get them, and an ideal memory has no banks', skip, async () => {
  const { page } = await openTraces([simulate('lenet5', 'edge8', 'units').file], 'view=dram');
  await page.getByText('--trace-level full').waitFor();
  const ideal = await openTraces([simulate('lenet5', 'gemmini16', 'units').file], 'view=dram');
  await ideal.page.getByText('This memory is an ideal one').waitFor();
});
