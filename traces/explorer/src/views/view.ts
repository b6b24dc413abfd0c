// SPDX-License-Identifier: Apache-2.0
// What a view is. To add one: a file here that exports a View, and its line in index.ts.
import type { ComponentType } from 'preact';
import type { Run } from '../model/run';
import type { Shared, Store } from '../state/state';

export interface ViewProps {
  readonly run: Run;
  readonly other: Run | null;    // the second trace, to compare with
  readonly comparison: Comparison | null;
  readonly whatIf: WhatIf | null;
  readonly store: Store;
  readonly state: Shared;
  readonly dark: boolean;
}
export interface View {
  readonly id: string;     // in the URL's hash: view=ID
  readonly title: string;
  readonly key: string;    // the key that opens it
  readonly about: string;  // one sentence: which question it answers
  readonly View: ComponentType<ViewProps>;
  readonly keys?: readonly (readonly [string, string])[];  // its own keys, for the list behind ?
}

/** `nnpsim whatif --json`: the run simulated again with one resource made ideal. */
export interface WhatIf {
  readonly schema: 'nnpsim.whatif/1';
  readonly network: string;
  readonly chip: string;
  readonly cycles: number;
  readonly what_if: readonly {
    readonly resource: string; readonly ideal: string; readonly critical_path_cycles: number; readonly cycles: number;
    readonly gain: number;
  }[];
  readonly together_cycles: number;
}

/** `nnpsim compare --json`. */
export interface Comparison {
  readonly schema: 'nnpsim.compare/1';
  readonly network: string;
  readonly chip?: string;
  readonly precision?: string;
  readonly rows: readonly ComparisonRow[];
  readonly sentences?: readonly string[];
}
export interface ComparisonRow {
  readonly runner: string;
  readonly device: string;
  readonly status: string;
  readonly reason: string;
  readonly batch: number | null;  // null: of none in particular
  readonly precision: string;
  readonly latency_s: number | null;
  readonly throughput_per_s: number | null;
  readonly peak_fraction: number | null;
  readonly source: string;        // the conditions, in words
  readonly peak_operations_per_s?: number | null;
  readonly peak_source?: string;
  readonly [more: string]: unknown;
}
