// SPDX-License-Identifier: Apache-2.0
// What the rows below the timeline count.

/** Of a counter's name ("drain.queue", "dram0.read_bytes", "buffer.live_bytes"). */
export function counterWords(name: string): string {
  const [owner, what] = name.split(/\.(?=[^.]*$)/);
  switch (what) {
    case 'queue': return `Instructions that wait in the queue of ${owner}, dispatched and not yet taken out.`;
    case 'read_bytes': return `Bytes that ${owner} answered to reads, in each window of the length that stands beside it.`;
    case 'written_bytes': return `Bytes that ${owner} took from writes, in each window of the length that stands beside it.`;
    case 'live_bytes': return 'Bytes of the unified buffer that hold something still to be read: from the start of the instruction that writes ' +
      'them to the retirement of the last one that reads them.';
    default: return '';
  }
}
