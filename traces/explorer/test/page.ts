// SPDX-License-Identifier: Apache-2.0
// The built page of this checkout with traces in it, and what tests ask of it.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename } from 'node:path';
import type { Page } from 'playwright-core';
import { type Look, open, type Watched } from './browser';
import { pageOf } from './nnpsim';

let pages = 0;
/** Opens traces, and the object of `nnpsim compare --json` where there is one, at what `hash` says. */
export function openTraces(files: readonly string[], hash: string, look: Look = {}, comparison: unknown = null): Promise<Watched> {
  const traces = files.map((file) => ({ name: basename(file), bytes: new Uint8Array(readFileSync(file)) }));
  return open(pageOf(`page-${++pages}.html`, traces, 0, comparison), hash, look);
}

/** Text of the cells of a table's body, row by row. */
export function cells(page: Page, table: string): Promise<string[][]> {
  return page.locator(`[data-table=${table}] tbody tr`).evaluateAll((rows) =>
    rows.map((row) => [...row.querySelectorAll('th,td')].map((cell) => cell.textContent!.trim())));
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation { id: string; impact: string; help: string; nodes: { target: string[]; failureSummary: string }[] }
/** What axe finds that is more than minor, with the places. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const runner = (window as unknown as { axe: { run(options: unknown): Promise<{ violations: Violation[] }> } }).axe;
    return (await runner.run({ resultTypes: ['violations'] })).violations;
  });
  return found.filter(({ impact }) => impact === 'serious' || impact === 'critical' || impact === 'moderate').map(({ id, help, nodes }) =>
    `${id}: ${help}\n  ${nodes.slice(0, 4).map((node) => `${node.target.join(' ')}: ${node.failureSummary}`).join('\n  ')}`);
}
