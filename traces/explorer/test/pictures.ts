// SPDX-License-Identifier: Apache-2.0
// One picture of each view in each theme, of a run that docs/howto/read-a-report.md tells about.
import { join } from 'node:path';
import { views } from '../src/views/index';
import { closeBrowser, open } from './browser';
import { simulate } from './nnpsim';

/** What a picture shows: LeNet-5 on edge8, where the drain waits for the array. A view that needs more says it here. */
const selection = 'unit=drain&cycle=5240&layer=conv1&insn=59';
const hashes: Record<string, string> = {
  overview: '',
  timeline: selection,
  layers: 'layer=fc1&sort=-wasted_cycles',
  instructions: `${selection}&from=4500&to=6500`,
  floorplan: 'unit=matrix&cycle=4004',
  wavefront: 'cycle=2126',
  sram: 'cycle=5319',
  dram: 'cycle=9500&from=8000&to=12000',
  roofline: 'layer=fc1',
};

/** They show nothing of one trace alone. */
const needMore = ['diff', 'gpu'];

export async function takePictures(folder: string): Promise<void> {
  const { page: file } = simulate('lenet5', 'edge8');
  for (const { id } of views) {
    if (needMore.includes(id)) continue;
    for (const theme of ['light', 'dark'] as const) {
      const { page, faults } = await open(file, `view=${id}&${hashes[id] ?? selection}&theme=${theme}`, { theme, width: 1120, height: 760 });
      await page.waitForTimeout(700);
      await page.screenshot({ path: join(folder, `${id}-${theme}.png`) });
      if (faults.length > 0) throw new Error(`${id}: ${faults.join('; ')}`);
      await page.context().close();
    }
  }
  await closeBrowser();
}
