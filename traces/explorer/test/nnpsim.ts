// SPDX-License-Identifier: Apache-2.0
// The simulator as the judge of what the page shows: traces that it writes, and its own answers about them.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bytesSource } from '../src/format/source';
import { Run } from '../src/model/run';

export const nnpsim = resolve(process.env.NNPSIM ?? '../../build/nnpsim');
/** Why a test that needs the simulator is left out; false where it is not. */
export const noSimulator: string | false =
  existsSync(nnpsim) ? false : `${nnpsim} is not there: scripts/build, or NNPSIM=PATH`;

const folder = mkdtempSync(join(tmpdir(), 'nnpsim-explorer-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
/** A path in a folder that goes when the tests end. */
export function scratch(name: string): string {
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

export function call(...words: string[]): string {
  return execFileSync(nnpsim, words, { encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'pipe'] });
}
export const callJson = (...words: string[]): any => JSON.parse(call(...words, '--json'));

export interface Simulated {
  readonly file: string;  // the trace
  readonly page: string;  // the trace in the built page of this checkout
  readonly json: any;     // `run --json`
}
const done = new Map<string, Simulated>();
/** Simulates once per set of options. */
export function simulate(network: string, chip: string, level: 'summary' | 'units' | 'full' = 'full',
                         more: string[] = []): Simulated {
  const key = [network, chip, level, ...more].join(' ');
  let result = done.get(key);
  if (!result) {
    const name = `${done.size}-${network}-${chip}`;
    const file = scratch(`${name}.npt`);
    const json = callJson('run', network, '--chip', chip, '--trace', file, '--trace-level', level, ...more);
    const page = pageOf(`${name}.html`, [{ name: `${name}.npt`, bytes: readFileSync(file), checks: json.check }]);
    done.set(key, result = { file, page, json });
  }
  return result;
}
export const openRun = (file: string): Promise<Run> => Run.open(bytesSource(new Uint8Array(readFileSync(file)), file));

/** A page as `nnpsim report` writes it, from the built page of this checkout; for traces that tests have made. */
export function pageOf(name: string, traces: { name: string; bytes: Uint8Array; checks?: unknown }[],
                       missingBytes = 0, comparison: unknown = null): string {
  const place = '<!--the report command puts traces here-->';
  const blocks = 3 * 2 ** 20;
  const manifest = {
    schema: 'nnpsim.report/1', comparison,
    traces: traces.map(({ name, bytes, checks }) => ({ name, file_bytes: missingBytes || bytes.length,
                                               whole: missingBytes === 0, bytes: bytes.length,
                                               block_bytes: blocks, checks: checks ?? null })),
  };
  let text = `<script type="application/json" id="report">${JSON.stringify(manifest)}</script>`;
  traces.forEach(({ bytes }, i) => {
    for (let at = 0; at < bytes.length; at += blocks)
      text += `<script type="application/octet-stream" data-trace="${i}">` +
              `${Buffer.from(bytes.subarray(at, at + blocks)).toString('base64')}</script>\n`;
  });
  const path = scratch(name);
  writeFileSync(path, readFileSync('dist/explorer.html', 'utf8').replace(place, () => text));
  return path;
}
