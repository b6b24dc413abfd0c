// SPDX-License-Identifier: Apache-2.0
// An instruction's way in five stages, each with its look: what Konata calls lane 0.
import type { Instruction } from '../../model/instructions';

export interface Stage {
  readonly name: string;
  readonly letter: string;
  readonly means: string;
  readonly light: string;
  readonly dark: string;
  readonly from: (i: Instruction) => number;
  readonly to: (i: Instruction) => number;
}
export const stages: readonly Stage[] = [
  { name: 'queued', letter: 'q', light: '#d5dae1', dark: '#3c444e', from: (i) => i.dispatched, to: (i) => i.decoded,
    means: 'in the queue of its unit, behind others' },
  { name: 'waits for tokens', letter: 't', light: '#e3b1cd', dark: '#8a4b6e', from: (i) => i.decoded, to: (i) => i.ready,
    means: 'first of its unit, but data it reads, or room it writes to, is not there yet' },
  { name: 'set up', letter: 's', light: '#e6c66a', dark: '#a98518', from: (i) => i.ready, to: (i) => i.started,
    means: 'has all it needs; requests, weights or banks are on their way' },
  { name: 'works', letter: 'X', light: '#0072b2', dark: '#4aa8e0', from: (i) => i.started, to: (i) => i.ended,
    means: 'streams, sends requests, computes' },
  { name: 'completes', letter: 'c', light: '#5fbf9f', dark: '#2f8f70', from: (i) => i.ended, to: (i) => i.retired,
    means: 'its last results are in a pipeline or on their way; then others may use them' },
];
