// SPDX-License-Identifier: Apache-2.0
// The two texts of a trace: what is known before the run, and after it.

export interface UnitInfo {
  readonly name: string;
  readonly kind: string;  // command_processor, dma, array, drain, vector, memory
  readonly description: string;
  readonly clock: 'core' | 'memory';
  readonly box: readonly [number, number, number, number];  // x, y, width, height on a floorplan of 100 x 60
}
export interface CauseInfo {
  readonly name: string;
  readonly code: number;
  readonly definition: string;
  readonly formula: string;
  readonly advice: string;
}
export interface LayerInfo {
  readonly name: string;
  readonly op: string;
  readonly where: 'chip' | 'host';
  readonly macs: number;
  readonly onnx_nodes: readonly string[];
}
export interface Metadata {
  readonly schema: 'nnpsim.trace/1';
  readonly tool: string;
  readonly network: string;
  readonly chip: string;
  readonly chip_description: string;
  readonly chip_hash: string;
  readonly chip_toml: string;
  readonly precision: string;
  readonly batch: number;
  readonly seed: number;
  readonly level: 'summary' | 'units' | 'full';
  readonly core_frequency_khz: number;
  readonly memory_frequency_khz: number;
  readonly array_rows: number;
  readonly array_cols: number;
  readonly instructions: number;
  readonly launches: readonly { first_instruction: number; instructions: number }[];
  readonly units: readonly UnitInfo[];
  readonly causes: readonly CauseInfo[];
  readonly layers: readonly LayerInfo[];
}

/** busy + the sum of waits + idle = cycles. */
export interface Account {
  readonly cycles: number;
  readonly busy: number;
  readonly idle: number;
  readonly waits: Readonly<Record<string, number>>;
}
export interface LayerBounds {
  readonly [resource: string]: number | string;
  readonly cycles: number;
  readonly bound_by: string;
}
/** One layer of `nnpsim run --json`. */
export interface RunLayer {
  readonly name: string;
  readonly op: string;
  readonly where: 'chip' | 'host';
  readonly precision: string | null;
  readonly start_cycle: number | null;
  readonly end_cycle: number | null;
  readonly macs: number;
  readonly array_active_cycles: number;
  readonly compute_cycles: number;
  readonly utilization: number;
  readonly dram_read_bytes: number;
  readonly dram_write_bytes: number;
  readonly bound_by: string;
  readonly bounds: LayerBounds | null;
  readonly gap: Readonly<Record<string, number>> | null;
}
/** `nnpsim run --json` without what is the host's: times, memory, checks, outputs. docs/guide/cli.md. */
export interface RunObject {
  readonly schema: 'nnpsim.run/1';
  readonly network: string;
  readonly chip: string;
  readonly precision: string;
  readonly batch: number;
  readonly cycles: number;
  readonly load_cycles: number;
  readonly time_s: number;
  readonly inferences_per_s: number;
  readonly macs: number;
  readonly useful_tops: number;
  readonly utilization: number;
  readonly instructions: number;
  readonly bounds: LayerBounds | null;
  readonly gap: Readonly<Record<string, number>> | null;
  readonly layers: readonly RunLayer[];
  readonly units: Readonly<Record<string, Account>>;
  readonly array: Readonly<Record<string, number>>;
  readonly dram: {
    readonly channels: number; readonly read_bytes: number; readonly write_bytes: number; readonly row_hits: number;
    readonly row_misses: number; readonly row_conflicts: number; readonly refreshes: number;
    readonly bandwidth_utilization: number; readonly bus_cycles: Readonly<Record<string, number>>;
  };
  readonly pcie: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly version: string;
}
export interface Summary {
  readonly complete: boolean;
  readonly ended: string;
  readonly cycles: number;
  readonly verdict: string;
  readonly units: Readonly<Record<string, Account>>;
  readonly run?: RunObject;  // absent in traces of older versions, and of runs that ended early
}
