// SPDX-License-Identifier: Apache-2.0
// Bundles test/*.test.ts for Node and runs them: `node test/run.mjs [browser] [NAME...]`. Browser tests end in
// .browser.test.ts and run only where asked for.
import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const room = dirname(dirname(fileURLToPath(import.meta.url)));
const words = process.argv.slice(2);
const browser = words[0] === 'browser';
const names = browser ? words.slice(1) : words;
const tests = readdirSync(join(room, 'test')).filter((name) => name.endsWith('.test.ts') &&
  name.endsWith('.browser.test.ts') === browser && (names.length === 0 || names.some((word) => name.includes(word))));
const out = join(room, '.test-build');
rmSync(out, { recursive: true, force: true });
await build({
  absWorkingDir: room, entryPoints: tests.map((name) => `test/${name}`), bundle: true, platform: 'node', format: 'esm',
  target: 'node20', outdir: out, outExtension: { '.js': '.mjs' }, packages: 'external', jsx: 'automatic',
  jsxImportSource: 'preact', sourcemap: 'inline', logLevel: 'warning', loader: { '.css': 'empty' },
});
const files = tests.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
const { status } = spawnSync(process.execPath, ['--enable-source-maps', '--test', '--test-concurrency=1', ...files],
                             { stdio: 'inherit', cwd: room });
process.exit(status ?? 1);
