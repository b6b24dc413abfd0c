// SPDX-License-Identifier: Apache-2.0
// Writes docs/pictures/explorer/VIEW-THEME.png: `npm run pictures`. Look at them before they are committed.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const room = dirname(dirname(fileURLToPath(import.meta.url)));
await build({
  absWorkingDir: room, entryPoints: ['test/pictures.ts'], bundle: true, platform: 'node', format: 'esm', target: 'node20',
  outfile: join(room, '.test-build/pictures.mjs'), packages: 'external', jsx: 'automatic', jsxImportSource: 'preact',
  loader: { '.css': 'empty' }, logLevel: 'warning',
});
process.chdir(room);
const folder = join(room, '../../docs/pictures/explorer');
mkdirSync(folder, { recursive: true });
const { takePictures } = await import(join(room, '.test-build/pictures.mjs'));
await takePictures(folder);
