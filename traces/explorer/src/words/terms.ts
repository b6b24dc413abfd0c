// SPDX-License-Identifier: Apache-2.0
// What every word on the page means, in two lines, and its formula with this run's numbers in it. Causes of waiting
// bring their own words in the trace.
import type { Run } from '../model/run';
import { count, percent, share, size, time } from './figures';

export interface Explanation {
  readonly title: string;
  readonly text: string;
  readonly formula?: string;
  readonly filled?: string;  // the formula with the numbers of this run
  readonly advice?: string;
}
type Term = { title: string; text: string; formula?: string; filled?: (run: Run) => string | undefined };

const figures = (run: Run) => run.figures ?? undefined;

const terms: Record<string, Term> = {
  cycle: {
    title: 'Cycle',
    text: 'One tick of the core clock. A run goes from the doorbell (the host says "go") to the interrupt (the chip ' +
          'says "done"); the weights are in device memory before.',
    formula: 'time = cycles / core clock',
    filled: (run) => `${time(run.seconds(run.cycles))} = ${count(run.cycles)} / ${run.info.core_frequency_khz / 1000} MHz`,
  },
  busy: {
    title: 'Busy',
    text: 'The unit does its own work in this cycle: the array streams rows, a DMA engine sends requests, a memory ' +
          'channel has requests.',
    formula: 'busy + waits + idle = cycles, for every unit',
  },
  wait: {
    title: 'Wait',
    text: 'The unit has an instruction but cannot go on. Each wait has a cause, and names the event that ended it.',
    formula: 'busy + waits + idle = cycles, for every unit',
  },
  idle: {
    title: 'Idle',
    text: 'The unit has no instruction: it did all it was told, or nothing has come yet.',
    formula: 'busy + waits + idle = cycles, for every unit',
  },
  utilization: {
    title: 'Utilization',
    text: 'How much of what the array could have computed in the whole run was useful: multiplications that the ' +
          'network asks for, over those that fit into its cells in all cycles.',
    formula: 'MACs / (array rows x columns x cycles), times the passes that the precision needs',
    filled: (run) => figures(run) &&
      `${percent(figures(run)!.utilization)}: ${count(figures(run)!.macs)} MACs, an array of ${run.info.array_rows} x ` +
      `${run.info.array_cols}, ${count(run.cycles)} cycles`,
  },
  macs: {
    title: 'MACs',
    text: 'Multiply-accumulate operations: one product added to a sum. Convolutions and matrix products are made of ' +
          'them; one counts as two operations.',
  },
  useful_tops: {
    title: 'Useful TOPS',
    text: 'Operations per second that the network asks for, in units of 10^12.',
    formula: '2 x MACs / time / 10^12',
    filled: (run) => figures(run) &&
      `${figures(run)!.useful_tops.toFixed(2)} = 2 x ${count(figures(run)!.macs)} / ${time(figures(run)!.time_s)} / 10^12`,
  },
  memory_bandwidth: {
    title: 'Device memory bandwidth',
    text: 'The part of the memory channels\' peak rate that carried data. Near 100 % memory is the limit; far below ' +
          'it, latency or missing requests are.',
    formula: 'cycles with data on the bus / cycles of all channels',
    filled: (run) => figures(run) &&
      `${percent(figures(run)!.dram.bandwidth_utilization)}: ${size(figures(run)!.dram.read_bytes)} read, ` +
      `${size(figures(run)!.dram.write_bytes)} written in ${time(figures(run)!.time_s)}`,
  },
  bound: {
    title: 'Lower bound',
    text: 'Cycles below which no mapping of this network on this chip can come: each resource needs so long for the ' +
          'work that the network asks for, and the longest counts, layer by layer.',
    filled: (run) => figures(run)?.bounds
      ? `${count(figures(run)!.bounds!.cycles)} cycles; the run took ${count(run.cycles)}` : undefined,
  },
  gap: {
    title: 'Gap',
    text: 'Cycles between the lower bound and what was counted, split by what they went to. docs/guide/bounds.md ' +
          'explains every part.',
    formula: 'counted cycles - lower bound = the sum of the parts',
    filled: (run) => figures(run)?.gap
      ? `${count(figures(run)!.gap!.count!)} - ${count(figures(run)!.bounds!.cycles)}` : undefined,
  },
  critical_path: {
    title: 'Critical path',
    text: 'The chain of work and waits that made the run as long as it is: from the last cycle back, at each wait ' +
          'over to the unit that ended it. Waits beside it cost nothing.',
    formula: 'the pieces on the path sum to the cycles of the run',
    filled: (run) => `${count(run.cycles)} cycles`,
  },
  intensity: {
    title: 'Arithmetic intensity',
    text: 'How much is computed for each byte that device memory moves. A layer with little of it is bound by memory, ' +
          'however large the array is.',
    formula: 'operations (2 x MACs) / bytes read and written in device memory',
  },
  wasted: {
    title: 'Wasted cycles',
    text: 'Cycles of a layer above its lower bound: sort by it to see where an improvement is worth most.',
    formula: 'cycles counted for the layer - its lower bound',
  },
  layer_utilization: {
    title: 'Use of the array',
    text: 'Useful multiplications of the layer, over what the array could do while it belonged to the layer.',
    formula: 'MACs / (array rows x columns x cycles in which the layer occupies the array), times the passes of the precision',
  },
  dram_bytes: {
    title: 'Bytes in device memory',
    text: 'What the layer read from device memory (weights, parameters, activations that did not fit on the chip, ' +
          'instructions) and wrote to it.',
  },
  where: {
    title: 'Where it ran',
    text: 'On the chip, or on the host: then the data cross the link, and the chip has nothing to do with it.',
  },
  precision: {
    title: 'Precision',
    text: 'What the layer\'s results are: int8 (8-bit integers with a scale), int8x16 (16-bit activations, 8-bit weights), ' +
          'bf16 or fp32 (reals).',
  },
  bound_by: {
    title: 'Bound by',
    text: '"array": the array worked most of the time that it belonged to the layer. Otherwise the cause it waited for ' +
          'most, "vector" for a layer without matrix work, "host", or "none" for a layer without instructions.',
  },
  bound_compute: { title: 'Compute', text: 'Cycles that the array needs if all its cells have work in every cycle.',
                   formula: 'MACs / (rows x columns), times the passes of the precision' },
  bound_vector: { title: 'Vector', text: 'Cycles that the vector unit needs at the rate of its lanes.' },
  bound_memory: { title: 'Memory', text: 'Cycles that device memory needs at its peak rate for the fewest bytes that the layer must move.',
                  formula: 'fewest bytes / peak bytes per cycle' },
  bound_ports: { title: 'Ports', text: 'Cycles that the unified buffer\'s ports need for the words that units must read and write.' },
  compute_cycles: {
    title: 'Array occupied',
    text: 'Cycles in which the array belongs to this layer: streaming, filling, draining, and loading of its weights.',
  },
  array_active: {
    title: 'Array active',
    text: 'Cycles in which rows of this layer stream through the array.',
  },
  layer_span: {
    title: 'From first to last cycle',
    text: 'From the layer\'s first instruction at work to its last result. Layers overlap, so these do not sum to the ' +
          'run\'s cycles.',
    formula: 'end cycle - start cycle',
  },
  queue: {
    title: 'Queue',
    text: 'Instructions that the command processor has handed to the unit and that it has not begun to look at. A full ' +
          'queue holds the command processor up; an empty one may leave the unit idle.',
  },
  roof: {
    title: 'Roof',
    text: 'What a layer could reach at most: the array\'s peak, or what memory lets it have with its operations for ' +
          'each byte, whichever is lower. Where the two meet is the ridge.',
    formula: 'min(peak of the array, operations per byte x bytes per second)',
  },
  bank: {
    title: 'Bank',
    text: 'A part of a memory device with a row buffer of its own. Reading needs the row in the buffer: open already (a ' +
          'hit), or opened first (ACT), after another one was closed (PRE). Banks work side by side.',
  },
  row_buffer: {
    title: 'Row hit, miss, conflict',
    text: 'A burst whose row is open goes at once. With the bank closed the row is opened first (tRCD); with another row ' +
          'open that one is closed before (tRP + tRCD).',
    formula: 'hits + misses + conflicts = bursts',
  },
  weight_stationary: {
    title: 'Weight stationary',
    text: 'Each PE keeps one weight and multiplies what comes by. Rows of activations enter from the left, each row of ' +
          'PEs a cycle after the one above; sums go down and leave below.',
    formula: 'output (i, j) leaves rows + j cycles after row i came to the corner',
  },
  input_stationary: {
    title: 'Input stationary',
    text: 'Each PE keeps one activation; columns of weights move through, sums go down and leave below.',
    formula: 'output (i, j) leaves rows + i cycles after column j came to the corner',
  },
  output_stationary: {
    title: 'Output stationary',
    text: 'Each PE keeps one sum. Activations come from the left, weights from above; when the last pair has come, the ' +
          'sums move down and out.',
  },
  adder_tree: {
    title: 'Adder tree',
    text: 'A row of activations reaches all PEs in one cycle; each column adds its products in a tree with registers ' +
          'between its levels.',
    formula: 'a sum leaves `tree registers` cycles after its row came',
  },
  live: {
    title: 'Live bytes',
    text: 'Bytes of the unified buffer that hold something still to be read: from the start of the instruction that ' +
          'writes them to the end of the last one that reads them. What does not fit goes through device memory.',
  },
  buffer_bank: {
    title: 'Banks of the unified buffer',
    text: 'Parts of the buffer with a port each. Neighbouring words lie in neighbouring banks, so a stream goes from bank ' +
          'to bank; two streams meet only where both want the same bank in the same cycle.',
  },
  own_peak: {
    title: 'Of its own peak',
    text: 'Useful operations (2 for each MAC that the network asks for) over those that the machine could do in the same ' +
          'time: the chip\'s array; a GPU\'s large product as measured, or its data sheet.',
    formula: 'inferences/s x operations an inference / peak operations/s',
  },
  in_flight: {
    title: 'In flight',
    text: 'Transfers that the unit has sent to memory or the host and whose answer has not come; their bytes.',
  },
  counted: {
    title: 'Turn of a layer',
    text: 'The cycles that count for this layer alone: the run cut into turns, one layer after the other, so that they ' +
          'sum to the run. docs/guide/bounds.md.',
  },
};

/** The words for a term, a cause of waiting, or a unit; undefined for a word without any. */
export function explain(word: string, run: Run): Explanation | undefined {
  const term = terms[word];
  if (term) {
    const filled = term.filled?.(run);
    return { title: term.title, text: term.text, ...(term.formula ? { formula: term.formula } : {}),
             ...(filled ? { filled } : {}) };
  }
  const cause = run.causeNamed(word);
  if (cause) {
    const cycles = run.units.map((unit) => [unit.name, run.account(unit.name)?.waits[word] ?? 0] as const)
                            .filter(([, waits]) => waits > 0).sort((a, b) => b[1] - a[1]);
    return {
      title: `Waits for: ${cause.name}`, text: cause.definition, formula: `lasts ${cause.formula}`, advice: cause.advice,
      ...(cycles.length > 0 ? { filled: `in this run: ${cycles.map(([unit, waits]) =>
        `${unit} ${count(waits)} (${percent(share(waits, run.account(unit)!.cycles))})`).join(', ')}` } : {}),
    };
  }
  const unit = run.unit(word);
  if (unit) {
    const account = run.account(word);
    return {
      title: unit.name, text: unit.description,
      formula: 'busy + waits + idle = cycles' + (unit.memoryClock ? ' of the memory\'s clock' : ''),
      ...(account ? { filled: `${count(account.busy)} + ${count(Object.values(account.waits).reduce((a, b) => a + b, 0))} + ` +
        `${count(account.idle)} = ${count(account.cycles)}` } : {}),
    };
  }
  return undefined;
}
