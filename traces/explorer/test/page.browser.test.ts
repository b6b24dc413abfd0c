// SPDX-License-Identifier: Apache-2.0
// The page in a real browser: its numbers are the simulator's, everything goes by keyboard, nothing leaves it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { busyLook, idleLook, mix, waitLook } from '../src/draw/palette';
import { views } from '../src/views/index';
import { count, percent, rate, share, time } from '../src/words/figures';
import { blank, closeBrowser, open, skipReason } from './browser';
import { call, callJson, noSimulator, pageOf, scratch, simulate } from './nnpsim';
import { operated } from './surgery';
import { random } from './random';
import { pathToFileURL } from 'node:url';
import { writeFileSync } from 'node:fs';

const skip = { skip: skipReason || noSimulator, timeout: 180_000 };
after(closeBrowser);

const text = async (page: Page, selector: string) => (await page.locator(selector).first().innerText()).trim();
const field = (page: Page, name: string) => text(page, `[data-field="${name}"]`);
const cells = (page: Page, table: string) => page.locator(`[data-table="${table}"] tbody tr`).evaluateAll((rows) =>
  rows.map((row) => [...row.children].map((cell) => (cell as HTMLElement).innerText.trim())));
/** Waits until the link says so. */
async function linkSays(page: Page, expected: Record<string, string | number>): Promise<void> {
  const words = Object.entries(expected).map(([key, value]) => [key, String(value)] as const);
  await page.waitForFunction((list) => {
    const hash = new URLSearchParams(location.hash.slice(1));
    return list.every(([key, value]) => hash.get(key) === value);
  }, words, { timeout: 5000 }).catch(() => assert.fail(`${page.url()} should say ${JSON.stringify(expected)}`));
}
/** Waits until the first of these elements has a text like that. */
async function says(page: Page, selector: string, pattern: RegExp): Promise<void> {
  await page.waitForFunction(([where, source, flags]) =>
    new RegExp(source!, flags).test((document.querySelector(where!) as HTMLElement | null)?.innerText ?? ''),
    [selector, pattern.source, pattern.flags], { timeout: 10_000 })
    .catch(async () => assert.match(await text(page, selector), pattern));
}
const settled = (page: Page) => page.waitForTimeout(150);

describe('numbers', skip, () => {
  test('of the overview are those of run --json', async () => {
    const { page: file, json } = simulate('lenet5', 'edge8');
    const { page, faults } = await open(file, 'view=overview');
    assert.equal(await field(page, 'cycles'), count(json.cycles));
    assert.equal(await field(page, 'time'), time(json.time_s));
    assert.equal(await field(page, 'inferences/s'), rate(json.inferences_per_s));
    assert.equal(await field(page, 'useful TOPS'), json.useful_tops.toFixed(2));
    assert.equal(await field(page, 'utilization'), percent(json.utilization));
    assert.equal(await field(page, 'memory bandwidth'), percent(json.dram.bandwidth_utilization));

    await page.locator('summary').click();
    const heads = await page.locator('[data-table="accounting"] thead th').allInnerTexts();
    for (const row of await cells(page, 'accounting')) {
      const account = json.units[row[0]!];
      for (const [i, head] of heads.entries()) {
        if (i === 0) continue;
        const expected = head === 'cycles' || head === 'sum of the parts' ? account.cycles
          : head === 'busy' || head === 'idle' ? account[head] : (account.waits[head] ?? 0);
        assert.equal(row[i], count(expected), `${row[0]} ${head}`);
      }
    }
    const parts = Object.fromEntries((await cells(page, 'gap')).map((row) => [row[0], row[1]]));
    assert.equal(parts['lower bound'], count(json.bounds.cycles));
    assert.equal(parts['counted'], count(json.gap.count));
    for (const [name, cycles] of Object.entries(json.gap as Record<string, number>))
      if (parts[name]) assert.equal(parts[name], count(cycles), name);
    for (const row of await cells(page, 'waits')) {
      const cause = row[1]!.split(/\s+/).at(-1)!;
      assert.equal(row[2], count(json.units[row[0]!].waits[cause]), row.join(' '));
    }
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('of the critical path are those of query --critical-path', async () => {
    const { page: file, file: trace } = simulate('lenet5', 'edge8');
    const { page } = await open(file, 'view=overview');
    const { path, cycles } = callJson('query', trace, '--critical-path');
    const sums = new Map<string, [number, number]>();
    for (const piece of path) {
      const key = `${piece.unit}|${piece.state === 'busy' ? 'works' : piece.cause}|${piece.resource}`;
      const [sum, pieces] = sums.get(key) ?? [0, 0];
      sums.set(key, [sum + piece.cycles, pieces + 1]);
    }
    await page.locator('[data-table="path"]').waitFor();
    const rows = await cells(page, 'path');
    assert.ok(rows.length >= 5);
    for (const [unit, what, of, sum, part, pieces] of rows) {
      const expected = sums.get(`${unit}|${what!.split(/\s+/).at(-1)}|${of}`)!;
      assert.deepEqual([sum, part, pieces], [count(expected[0]), percent(share(expected[0], cycles)), count(expected[1])]);
    }
    await page.context().close();
  });

  test('of the layers are those of run --json', async () => {
    const { page: file, json } = simulate('lenet5', 'edge8');
    const { page } = await open(file, 'view=layers');
    for (const layer of json.layers) {
      const value = (column: string) => page.locator(`tr[data-layer="${layer.name}"] [data-column="${column}"]`).getAttribute('data-value');
      const expected = {
        op: layer.op, where: layer.where, precision: layer.precision ?? '', start_cycle: layer.start_cycle ?? '',
        span_cycles: layer.start_cycle === null ? '' : layer.end_cycle - layer.start_cycle, macs: layer.macs,
        compute_cycles: layer.compute_cycles, array_active_cycles: layer.array_active_cycles,
        dram_read_bytes: layer.dram_read_bytes, dram_write_bytes: layer.dram_write_bytes, bound_by: layer.bound_by,
        bound_cycles: layer.bounds.cycles, turn_cycles: layer.gap.count, wasted_cycles: layer.gap.cycles,
      };
      for (const [column, number] of Object.entries(expected))
        assert.equal(await value(column), String(number), `${layer.name} ${column}`);
    }
    await page.context().close();
  });

  test('of the inspector and of the picture are those of query --at', async () => {
    const { page: file, file: trace, json } = simulate('lenet5', 'edge8');
    const { page, faults } = await open(file, 'view=timeline');
    const next = random(5);
    for (let i = 0; i < 40; ++i) {
      const cycle = Math.floor(next() * json.cycles);
      const { units } = callJson('query', trace, '--at', String(cycle));
      const unit = units[Math.floor(next() * units.length)];
      const from = Math.max(0, cycle - 20), to = from + 40;
      await page.evaluate((hash) => { location.hash = hash; }, `#view=timeline&cycle=${cycle}&from=${from}&to=${to}&unit=${unit.unit}`);
      const words = unit.state === 'wait' ? `wait ${unit.cause}` : unit.state;
      await page.waitForFunction(([state, start, window]) =>
        document.querySelector('[data-field="state"]')?.textContent === state &&
        document.querySelector('[data-field="start"]')?.textContent === start &&
        document.querySelector<HTMLElement>('canvas')?.dataset.window === window &&
        document.querySelector<HTMLElement>('canvas')?.dataset.sharp === 'true',
        [words, count(unit.start), `${from} ${Math.min(to, json.cycles)}`], { timeout: 5000 })
        .catch(() => assert.fail(`cycle ${cycle} of ${unit.unit}: should be ${words} since ${unit.start}`));
      assert.equal(await field(page, 'length'), count(unit.cycles));
      const pixel = await page.evaluate(([name, part]) => {
        const canvas = document.querySelector('canvas')!;
        const lane = [...document.querySelectorAll<HTMLElement>('.lane-name')].find((each) => each.innerText === name)!;
        const scale = canvas.width / canvas.clientWidth;
        const [r, g, b] = canvas.getContext('2d')!.getImageData(Math.floor(Number(part) * canvas.width), Math.round((lane.offsetTop + 2) * scale), 1, 1).data;
        return `#${[r, g, b].map((channel) => channel!.toString(16).padStart(2, '0')).join('')}`;
      }, [unit.unit, (cycle - from + 0.5) / (Math.min(to, json.cycles) - from)] as const);
      if (unit.unit === 'dram0') continue;  // the middle of a core cycle may lie in the next one of the memory
      const look = unit.state === 'busy' ? busyLook : unit.state === 'idle' ? idleLook : waitLook(unit.cause);
      const inks = [look.light, ...(look.hatched ? [mix(look.light, '#ffffff', 0.35)] : [])];
      assert.ok(inks.includes(pixel), `cycle ${cycle} of ${unit.unit} is drawn in ${pixel}, not in ${inks.join(' or ')} (${words})`);
      if (unit.ended_by) assert.equal(await field(page, 'ended_by'), unit.ended_by);
      if (unit.instruction !== null) assert.equal(await field(page, 'instruction'), String(unit.instruction));
    }
    assert.deepEqual(faults, []);
    await page.context().close();
  });
});

describe('the keyboard', skip, () => {
  test('opens every view, moves cursor, window and selection, and lists its keys', async () => {
    const { page: file, json } = simulate('lenet5', 'edge8');
    const { page, faults } = await open(file);
    for (const view of views) {
      await page.keyboard.press(view.key);
      assert.equal(await page.locator('#main').getAttribute('data-view'), view.id, `key ${view.key}`);
    }
    await page.keyboard.press('2');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Control+ArrowRight');
    await page.keyboard.press('ArrowLeft');
    await linkSays(page, { cycle: '110' });
    await page.keyboard.press('End');
    await linkSays(page, { cycle: String(json.cycles - 1) });
    await page.keyboard.press('Home');
    await page.keyboard.press('w');
    await page.keyboard.press('w');
    await linkSays(page, { from: 0, to: json.cycles / 4 });
    await page.keyboard.press('d');
    await linkSays(page, { from: String(Math.round(json.cycles / 16)) });
    await page.keyboard.press('0');
    await linkSays(page, { to: String(json.cycles) });
    await page.keyboard.press('u');
    await linkSays(page, { unit: 'command_processor' });
    await page.keyboard.press('Shift+U');
    await linkSays(page, { unit: 'dram0' });
    await page.keyboard.press('g');
    await page.keyboard.type('5240');
    await page.keyboard.press('Enter');
    await linkSays(page, { cycle: '5240' });
    await page.keyboard.press('t');
    await linkSays(page, { theme: 'dark' });
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.keyboard.press('?');
    assert.ok(await page.locator('dialog.help').isVisible());
    await page.keyboard.press('Escape');
    assert.ok(!await page.locator('dialog.help').isVisible());
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('steps through a unit\'s states forward and back, and walks from a wait to what ended it and back', async () => {
    const { page: file, file: trace } = simulate('lenet5', 'edge8');
    const { page, faults } = await open(file, 'view=timeline&unit=drain&cycle=5240');
    const at = (cycle: number, unit: string) => callJson('query', trace, '--at', String(cycle), '--unit', unit).units[0];
    const wait = at(5240, 'drain');
    assert.equal(wait.state, 'wait', 'the test needs a wait there');
    const cycle = () => page.locator('input.cycle').inputValue().then(Number);
    const cycleIs = (expected: number) => page.waitForFunction((n) =>
      document.querySelector<HTMLInputElement>('input.cycle')!.value === String(n), expected, { timeout: 5000 });
    await page.keyboard.press(']');
    await cycleIs(wait.start + wait.cycles);
    await page.keyboard.press('[');
    await cycleIs(wait.start);
    await page.keyboard.press('[');
    await cycleIs(at(wait.start - 1, 'drain').start);
    await page.keyboard.press(']');
    await cycleIs(wait.start);
    // "instruction N of matrix, which retired": the walk arrives at that unit, in a cycle that is not later.
    const [, , , other] = wait.ended_by.split(/[ ,]+/);
    await page.keyboard.press('Enter');
    await page.waitForFunction((unit) => document.querySelector<HTMLSelectElement>('.inspector select')!.value === unit, other);
    const behind = await cycle();
    assert.ok(behind < wait.start + wait.cycles, `${behind} lies before the end of the wait`);
    assert.equal(at(behind, other).state, 'busy', 'it was at work');
    await page.keyboard.press('Backspace');
    await cycleIs(wait.start);
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('.inspector select').inputValue(), '');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('walks the rows of layers and instructions', async () => {
    const { page: file, json } = simulate('lenet5', 'edge8');
    const { page } = await open(file, 'view=layers');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await text(page, 'tr[aria-current="true"] th'), json.layers[1].name);
    await page.keyboard.press('4');
    await page.locator('.instruction').first().waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowUp');
    assert.equal(await text(page, '.instruction[aria-selected="true"] .insn'), await text(page, '.instruction .insn'));
    await says(page, '.story .code', /\w+\.\w+/);
    await page.context().close();
  });

  test('reaches every control with Tab, and each shows that it has the focus', async () => {
    const { page: file } = simulate('lenet5', 'edge8');
    for (const view of views) {
      const { page } = await open(file, `view=${view.id}&unit=matrix&cycle=5000`);
      await settled(page);
      const controls = await page.locator('button:visible:enabled, select:visible:enabled, input:visible:enabled').count();
      const seen = new Set<string>();
      for (let i = 0; i < controls + 10; ++i) {
        await page.keyboard.press('Tab');
        const focus = await page.evaluate(() => {
          const element = document.activeElement as HTMLElement | null;
          if (!element || element === document.body) return null;
          const all = [...document.querySelectorAll('*')];
          return { at: all.indexOf(element), outline: getComputedStyle(element).outlineStyle, tag: element.tagName };
        });
        if (!focus) continue;
        assert.notEqual(focus.outline, 'none', `${view.id}: ${focus.tag} shows no focus`);
        seen.add(String(focus.at));
      }
      assert.ok(seen.size >= controls, `${view.id}: ${seen.size} of ${controls} controls`);
      await page.context().close();
    }
  });
});

describe('a term', skip, () => {
  test('opens its explanation with the numbers of this run, and closes with Escape', async () => {
    const { page: file, json } = simulate('lenet5', 'edge8');
    const { page } = await open(file, 'view=overview');
    await page.locator('.tile button.term', { hasText: 'utilization' }).press('Enter');
    const box = page.locator('.explanation:popover-open');
    await says(page, '.explanation:popover-open', new RegExp(`${percent(json.utilization)}: ${count(json.macs)} MACs`));
    await page.keyboard.press('Escape');
    await box.waitFor({ state: 'detached' });
    await page.context().close();
  });
});

describe('a selection', skip, () => {
  test('made by a click on the timeline is the unit and cycle under the pointer, in every view and in the link', async () => {
    const { page: file, json } = simulate('lenet5', 'edge8');
    const { page } = await open(file, 'view=timeline');
    await page.locator('canvas[data-sharp="true"]').waitFor();
    const canvas = (await page.locator('canvas').boundingBox())!;
    const lane = (await page.locator('.lane-name', { hasText: 'matrix' }).boundingBox())!;
    await page.mouse.click(canvas.x + canvas.width / 2, lane.y + 10);
    await linkSays(page, { unit: 'matrix' });
    const hash = new URLSearchParams(new URL(page.url()).hash.slice(1));
    assert.ok(Math.abs(Number(hash.get('cycle')) - json.cycles / 2) <= json.cycles / canvas.width + 1, hash.get('cycle')!);
    for (const { key } of views) {
      await page.keyboard.press(key);
      assert.equal(await page.locator('.inspector select').inputValue(), 'matrix');
    }
    await page.context().close();
  });

  test('of a link is shown, and a changed link changes what is shown', async () => {
    const { page: file } = simulate('lenet5', 'edge8');
    const { page } = await open(file, 'view=instructions&insn=59&layer=conv1&theme=dark&from=4500&to=6500');
    await page.locator('.instruction[aria-selected="true"]').waitFor();
    assert.equal(await text(page, '.instruction[aria-selected="true"] .insn'), '59');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.evaluate(() => { location.hash = '#view=layers&layer=conv2&theme=light'; });
    await page.locator('[data-view="layers"]').waitFor();
    await says(page, '.story h2', /^conv2/);
    await page.context().close();
  });
});

describe('a page of nnpsim', skip, () => {
  test('is the built page with the trace and its checks in it, and opens', async () => {
    const own = scratch('own.html');
    const { check } = callJson('run', 'lenet5', '--chip', 'edge8', '--report', own);
    const sources = (path: string) => /name="sources" content="([^"]*)"/.exec(readFileSync(path, 'utf8'))?.[1];
    assert.equal(sources(own), sources('dist/explorer.html'), 'nnpsim is older than dist/explorer.html: build it');
    const { page, faults } = await open(own, 'view=timeline');
    await page.locator('canvas[data-sharp="true"]').waitFor();
    await page.keyboard.press('1');
    await says(page, '#main', new RegExp(`check: naive\\s+passed, ${count(check[0].compared)} values compared`));
    assert.deepEqual(faults, []);
    await page.context().close();
  });
});

describe('what to try', skip, () => {
  test('has the numbers of whatif --json, and says so where they are of another run', async () => {
    const { file: trace, json } = simulate('lenet5', 'edge8');
    const answer = callJson('whatif', 'lenet5', '--chip', 'edge8', '--quiet');
    const saved = scratch('whatif.json'), own = scratch('whatif.html');
    writeFileSync(saved, JSON.stringify(answer));
    call('report', trace, '--whatif', saved, '-o', own);
    const { page, faults } = await open(own);
    const rows = await cells(page, 'whatif');
    assert.equal(rows.length, answer.what_if.length + 1);
    for (const { resource, critical_path_cycles, cycles, gain } of answer.what_if)
      assert.deepEqual(rows.find(([name]) => name === resource)!.slice(1, 4),
                       [percent(critical_path_cycles / json.cycles), count(cycles), percent(gain)]);
    writeFileSync(saved, JSON.stringify({ ...answer, cycles: 7 }));
    call('report', trace, '--whatif', saved, '-o', own);
    await page.reload();
    await says(page, '#main', /another run: lenet5 on edge8, 7 cycles/);
    assert.deepEqual(faults, []);
    await page.context().close();
  });
});

describe('files', skip, () => {
  const drop = async (page: Page, paths: string[]) => page.locator('input[type=file]').setInputFiles(paths);

  test('a trace is opened from a page without one, two are compared by name', async () => {
    const { file: trace, json } = simulate('lenet5', 'edge8');
    const { page, faults } = await blank();
    await page.goto(pathToFileURL('dist/explorer.html').href);
    await page.locator('.empty').waitFor();
    await drop(page, [trace]);
    await page.locator('#main').waitFor();
    assert.equal(await field(page, 'cycles'), count(json.cycles));
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('a page with figures only says so, draws the whole run, and takes the dropped file', async () => {
    const { file: whole } = simulate('lenet5', 'edge8');
    const { file: figures } = simulate('lenet5', 'edge8', 'summary');
    const made = pageOf('figures.html', [{ name: 'big.npt', bytes: readFileSync(figures) }], 100_000_000);
    const { page, faults } = await open(made, 'view=timeline&unit=matrix&cycle=5000');
    await says(page, '.note', /figures of big\.npt only.*95\.4 MiB.*drop the file here/);
    await page.locator('canvas[data-sharp="true"]').waitFor();
    const drawn = await page.locator('canvas').evaluate((canvas: HTMLCanvasElement) =>
      new Set(new Uint32Array(canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data.buffer)).size);
    assert.ok(drawn > 10, `${drawn} colours: the pyramid is drawn`);
    await page.keyboard.press('4');
    await says(page, '.error', /Drop the file here/);
    await drop(page, [whole]);
    await page.locator('.instruction').first().waitFor();
    assert.equal(await page.locator('.note').count(), 0);
    assert.equal(await page.locator('#main').getAttribute('data-view'), 'instructions', 'the view stays');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('a file that is none, or damaged, is answered in words, and the page goes on', async () => {
    const { page: file, file: trace, json } = simulate('lenet5', 'edge8');
    const { page, faults } = await open(file);
    const text_file = scratch('notes.npt');
    writeFileSync(text_file, 'this is no trace');
    await drop(page, [text_file]);
    await says(page, '[role="alert"]', /notes\.npt is not a trace of nnpsim/);
    await page.locator('.problem button', { hasText: 'Back' }).click();
    assert.equal(await field(page, 'cycles'), count(json.cycles));

    const cut = scratch('cut.npt');
    const bytes = readFileSync(trace);
    writeFileSync(cut, bytes.subarray(0, bytes.length / 2));
    await drop(page, [cut]);
    await page.locator('.note').waitFor();
    await says(page, '.note', /ends early/);
    await says(page, '[data-field="verdict"]', /did not end/);

    const broken = scratch('broken.npt');
    writeFileSync(broken, operated(bytes, (type) => type === 3, (payload) => payload.fill(255, 28)));
    await drop(page, [broken]);
    await page.keyboard.press('2');
    await page.locator('.error').first().waitFor();
    await says(page, '.error', /broken\.npt: the chunk at byte \d+ is damaged/);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('a run that was stopped shows what it has, and why it ended', async () => {
    const stopped = scratch('stopped.npt');
    assert.throws(() => call('run', 'lenet5', '--chip', 'edge8', '--trace', stopped, '--max-cycles', '5000', '--quiet'));
    const { page, faults } = await open(pageOf('stopped.html', [{ name: 'stopped.npt', bytes: readFileSync(stopped) }]), 'view=timeline');
    await says(page, '.note', /ended early.*5000/);
    await page.locator('canvas[data-sharp="true"]').waitFor();
    for (const { key } of views) {
      await page.keyboard.press(key);
      await settled(page);
    }
    assert.deepEqual(faults, []);
    await page.context().close();
  });
});

describe('the layer table', skip, () => {
  test('sorts, filters, and saves what it shows as CSV', async () => {
    const { page: file, json } = simulate('lenet5', 'edge8');
    const { page } = await open(file, 'view=layers');
    const names = () => page.locator('[data-table="layers"] tbody th').allInnerTexts();
    await page.locator('th button.sort', { hasText: 'wasted' }).click();
    const wasted = [...json.layers].sort((a, b) => b.gap.cycles - a.gap.cycles).map(({ name }) => name);
    assert.deepEqual((await names()).slice(0, 5), wasted.slice(0, 5));
    await page.locator('input[placeholder]').fill('gemm');
    assert.deepEqual((await names()).sort(), json.layers.filter((l: { op: string }) => l.op === 'Gemm').map((l: { name: string }) => l.name).sort());
    const [saved] = await Promise.all([page.waitForEvent('download'), page.locator('button', { hasText: 'CSV' }).click()]);
    assert.equal(saved.suggestedFilename(), 'lenet5-edge8-layers.csv');
    const lines = readFileSync((await saved.path())!, 'utf8').trim().split('\n').map((line) => line.split(','));
    assert.equal(lines.length, 1 + (await names()).length);
    const column = lines[0]!.indexOf('dram_read_bytes');
    for (const line of lines.slice(1))
      assert.equal(line[column], String(json.layers.find((l: { name: string }) => l.name === line[0]).dram_read_bytes));
    await page.context().close();
  });
});
