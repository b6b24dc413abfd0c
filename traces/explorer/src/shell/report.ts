// SPDX-License-Identifier: Apache-2.0
// What `nnpsim report` put into this page.
import { base64Source, type ByteSource } from '../format/source';
import { TraceFile } from '../format/trace_file';
import { type Check, Run } from '../model/run';
import type { Comparison, WhatIf } from '../views/view';

interface Manifest {
  readonly schema: 'nnpsim.report/1';
  readonly traces: readonly {
    readonly name: string; readonly file_bytes: number; readonly whole: boolean; readonly bytes: number;
    readonly block_bytes: number; readonly checks: readonly Check[] | null;
  }[];
  readonly comparison: Comparison | null;
  readonly what_if?: WhatIf | null;
}
export interface Report {
  readonly runs: readonly Run[];
  readonly comparison: Comparison | null;
  readonly whatIf: WhatIf | null;
}

/** Null for a page without traces. Throws TraceError. */
export async function embeddedReport(page: Document): Promise<Report | null> {
  const text = page.getElementById('report')?.textContent;
  if (!text) return null;
  const manifest = JSON.parse(text) as Manifest;
  const runs = await Promise.all(manifest.traces.map(async (trace, i) => {
    const blocks = [...page.querySelectorAll(`script[data-trace="${i}"]`)].map((element) => () => element.textContent ?? '');
    const source: ByteSource = base64Source(blocks, trace.block_bytes, trace.bytes, trace.name);
    return new Run(await TraceFile.open(source), trace.name, trace.checks, trace.whole ? 0 : trace.file_bytes);
  }));
  return { runs, comparison: manifest.comparison, whatIf: manifest.what_if ?? null };
}
