// SPDX-License-Identifier: Apache-2.0
// Makes dist/explorer.html: one file with script and style in it, and a place for traces. `--hash` prints only the
// hash of the sources, which the file carries: scripts/explorer-fresh computes the same without Node.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const room = dirname(fileURLToPath(import.meta.url));

/** SHA-256 over lines "SHA-256  PATH" of the sources in byte order of their paths. */
export function sourcesHash() {
  const paths = ['build.mjs', 'package-lock.json', 'package.json'];
  for (const entry of readdirSync(join(room, 'src'), { recursive: true, withFileTypes: true }))
    if (entry.isFile()) paths.push(join(entry.parentPath, entry.name).slice(room.length + 1));
  const sha = (bytes) => createHash('sha256').update(bytes).digest('hex');
  paths.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return sha(paths.map((path) => `${sha(readFileSync(join(room, path)))}  ${path}\n`).join(''));
}

async function page() {
  const { build } = await import('esbuild');
  const { outputFiles } = await build({
    absWorkingDir: room, entryPoints: ['src/main.tsx'], bundle: true, minify: true, format: 'iife',
    target: ['es2022'], jsx: 'automatic', jsxImportSource: 'preact', charset: 'utf8', legalComments: 'none',
    write: false, outdir: 'out',
  });
  const of = (end) => outputFiles.find(({ path }) => path.endsWith(end)).text;
  const script = of('.js').replaceAll('</script', '<\\/script').replaceAll('<!--', '<\\!--');
  const preact = readFileSync(join(room, 'node_modules/preact/LICENSE'), 'utf8').trim();
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<!-- SPDX-License-Identifier: Apache-2.0. Made by traces/explorer/build.mjs: do not edit. It contains preact:

${preact}
-->
<meta name="sources" content="sha256-${sourcesHash()}">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>nnpsim trace explorer</title>
<style>${of('.css')}</style>
</head>
<body>
<div id="app"><noscript>This page draws a trace with JavaScript; please allow it.</noscript></div>
<!--the report command puts traces here-->
<script>${script}</script>
</body>
</html>
`;
}

if (process.argv.includes('--hash')) console.log(sourcesHash());
else {
  mkdirSync(join(room, 'dist'), { recursive: true });
  const text = await page();
  writeFileSync(join(room, 'dist/explorer.html'), text);
  console.log(`dist/explorer.html: ${(text.length / 1024).toFixed(0)} KiB`);
}
