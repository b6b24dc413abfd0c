// SPDX-License-Identifier: Apache-2.0
// What the parts of a gap are: cycles above the lower bound, by what they went to.

/** Of a `gap` object: its sums. All else are parts. */
export const notParts = ['count', 'ahead', 'cycles'];
/** As `nnpsim explain NETWORK --layer` has them (host_runtime/cli/bound_text.cpp). */
export const gapWords: Record<string, string> = {
  edge_tiles: 'the array streams, but cells in partial tiles have no work, or words come slower than a row a cycle',
  fill_drain: 'weights shift in, sums leave the accumulators, or a pipeline runs empty, and nothing streams meanwhile',
  not_overlapped: 'another resource works for this layer, and the one that bounds it waits until that is done',
  refetch: 'device memory moves bytes a second time, or bytes that no mapping would need',
  refresh: 'device memory refreshes instead of moving data (split as over the whole run)',
  dram: 'device memory opens and closes rows or turns its bus around (split as over the whole run)',
  latency: 'requests are on their way to device memory and back: too few in flight to keep it busy',
  bank_conflict: 'other streams hold the buffer\'s banks',
  vector: 'the vector unit works, at less than its lanes\' rate or while the array waits for it',
  host: 'data cross the host link',
  sync: 'instructions are fetched, dispatched or set up, or a token is on its way',
  later_layers: 'units work for later layers already, which have it ahead',
  unexplained: 'not explained',
};
