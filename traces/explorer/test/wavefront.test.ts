// SPDX-License-Identifier: Apache-2.0
// The wavefront against the simulator's register-level arrays: test/data/wavefront.json has the registers of every PE in
// every cycle, and tests/unit/arrays/wavefront_dump_test.cpp that they are those. Then against sums of whole runs.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { arrayPasses, designOf } from '../src/model/array_passes';
import { activePes, type ArrayDesign, type ArrayPass, drainOf, leavingAt, phasesOf, shiftsAt, stepCycle, streamEnd, swappedIn, travel,
         workAt } from '../src/model/wavefront';
import { noSimulator, openRun, simulate } from './nnpsim';

interface DumpedPass { m: number; k: number; n: number; wide: boolean; cycles_a_vector: number; load: number[]; stream: number[] }
interface DumpedCase { kind: ArrayDesign['kind']; rows: number; cols: number; lanes: number; tree_registers: number; passes: DumpedPass[];
                       cycles: Record<string, number[]>[] }
const { cases } = JSON.parse(readFileSync('test/data/wavefront.json', 'utf8')) as { cases: DumpedCase[] };
const skip = { skip: noSimulator };

function designOfCase(each: DumpedCase): ArrayDesign {
  return { kind: each.kind, rows: each.rows, cols: each.cols, lanes: each.lanes, treeRegisters: each.tree_registers, idealFill: false };
}
function passOf(each: DumpedCase, pass: DumpedPass): ArrayPass {
  const parts = pass.wide ? 2 : 1;
  const vectors = each.kind === 'output_stationary' ? pass.k : each.kind === 'input_stationary' ? pass.n : pass.m;
  return { from: pass.stream[0]! - (pass.cycles_a_vector - parts), vectors, firstVector: 0, cyclesAVector: pass.cycles_a_vector, parts,
           opens: true, closes: true, loadFrom: pass.load[0] ?? 0, loadSteps: pass.load.length, usedRows: each.kind === 'output_stationary' ? pass.m : pass.k,
           usedCols: each.kind === 'input_stationary' ? pass.m : pass.n };
}
/** Of pass p, vector or depth v: as the dump has it. */
const says = (pass: number, v: number) => 10 * pass + v + 1;

assert.deepEqual([...new Set(cases.map(({ kind }) => kind))].sort(),
                 ['adder_tree', 'input_stationary', 'output_stationary', 'weight_stationary']);
for (const each of cases)
  test(`${each.kind}, ${each.rows} x ${each.cols}, ${each.lanes} rows a cycle: every PE in every cycle is as its registers show`, () => {
    const design = designOfCase(each), passes = each.passes.map((pass) => passOf(each, pass));
    each.passes.forEach((pass, p) => pass.stream.forEach((cycle, step) => assert.equal(stepCycle(passes[p]!, step), cycle)));
    let worked = 0, left = 0;
    each.cycles.forEach((seen, cycle) => {
      for (let row = 0; row < each.rows; ++row)
        for (let col = 0; col < each.cols; ++col) {
          const pe = row * each.cols + col, where = `cycle ${cycle}, PE ${row} ${col}`;
          const p = passes.findIndex((pass) => workAt(design, pass, row, col, cycle));
          const work = p < 0 ? null : workAt(design, passes[p]!, row, col, cycle)!;
          const used = work !== null && row < passes[p]!.usedRows;
          const value = used ? says(p, work.vector) : 0;
          const part = work && each.passes[p]!.wide ? 1 + work.part : 0;
          if (work) ++worked;
          const moving = each.kind === 'output_stationary' ? 'activation' : 'moving';
          if (each.kind === 'adder_tree') {
            const column = col < (passes[p]?.usedCols ?? 0);
            assert.equal(seen.rank0![pe], column ? value * (part === 2 ? 256 : 1) : 0, where);
            continue;
          }
          assert.equal(seen[`${moving}_valid`]![pe], work ? 1 : 0, where);
          if (work) assert.equal(seen[moving]![pe], value, where);
          if (work) assert.equal(seen[`${moving}_part`]![pe], part, where);
          if (each.kind === 'output_stationary') {
            assert.equal(seen.weight_valid![pe], work ? 1 : 0, where);
            if (work) assert.equal(seen.weight![pe], col < passes[p]!.usedCols ? says(p, work.vector) : 0, where);
            assert.equal(seen.last![pe], work?.last ? 1 : 0, where);
            continue;
          }
          assert.equal(seen.shift![pe], passes.some((pass) => shiftsAt(design, pass, row, col, cycle)) ? 1 : 0, where);
          // The dump's driver swaps with the first operand; it is swapped in by then, and not before the stream.
          if (!work) continue;
          const wide = each.passes[p]!.wide && each.kind === 'input_stationary' ? 257 : 1;
          assert.ok(swappedIn(design, passes[p]!, row, col, cycle));
          assert.equal(seen.active![pe], row < passes[p]!.usedRows && col < passes[p]!.usedCols ? says(p, row) * wide : 0, where);
        }
      const expected = new Array<number>(seen.edge!.length).fill(0);
      for (const pass of passes)
        for (const { col, row } of leavingAt(design, pass, cycle)) {
          const lane = each.kind === 'output_stationary' ? (row - (each.rows - each.lanes) + each.rows * each.lanes) % each.lanes : 0;
          expected[lane * each.cols + col] = 1;
          ++left;
        }
      assert.deepEqual(seen.edge, expected, `cycle ${cycle}: sums at the edge`);
    });
    assert.equal(worked, each.rows * each.cols * passes.reduce((sum, pass) => sum + pass.vectors * pass.parts, 0));
    assert.ok(left > 0);
  });

test('phases follow each other, and in the steady one every PE with work multiplies', () => {
  for (const each of cases)
    for (const pass of each.passes.map((dumped) => passOf(each, dumped))) {
      const design = designOfCase(each), spans = phasesOf(design, pass);
      spans.forEach((span, i) => i > 0 && assert.equal(span.from, spans[i - 1]!.to));
      assert.equal(spans.at(-1)!.to, streamEnd(pass) + drainOf(design, pass));
      for (const { phase, from, to } of spans)
        for (let cycle = from; cycle < to && pass.cyclesAVector === pass.parts; ++cycle) {
          const active = activePes(design, pass, cycle), all = pass.usedRows * pass.usedCols;
          if (phase === 'steady') assert.equal(active, all);
          if (phase === 'fill' || phase === 'drain') assert.ok(active < all);
          if (phase === 'load' || phase === 'ready') assert.equal(active, 0);
        }
    }
});

for (const [network, chip, more] of [['lenet5', 'edge8', []], ['lenet5', 'tiny4', []], ['lenet5', 'nvdla_small', []],
                                     ['lenet5', 'edge8', ['--precision', 'int8x16']], ['mlp0', 'tpu_v1', []],
                                     ['lenet5', 'edge8', ['--set', 'core.array.kind=output_stationary']],
                                     ['lenet5', 'edge8', ['--set', 'core.array.kind=input_stationary']]] as const)
  test(`${network} on ${chip} ${more.join(' ')}: PEs' work is the run's MACs, streams are the array's active cycles, last sums retire their instructions`, skip, async () => {
    const { file, json } = simulate(network, chip, 'units', [...more]);
    const run = await openRun(file), design = designOf(run);
    const passes = await arrayPasses(run, 0, Infinity);
    let macs = 0, active = 0;
    const byLayer = new Map<string, number>(), lastSum = new Map<number, number>();
    for (const pass of passes) {
      macs += pass.vectors * pass.usedRows * pass.usedCols;
      active += pass.streamEnd - pass.streamStart;
      byLayer.set(run.layerWord(pass.layer), (byLayer.get(run.layerWord(pass.layer)) ?? 0) + pass.streamEnd - pass.streamStart);
      if (!pass.closes) continue;
      const far = design.kind === 'output_stationary'
        ? Math.max(...Array.from({ length: design.rows }, (_, row) => travel(design, row, design.cols - 1))) : travel(design, 0, design.cols - 1);
      lastSum.set(pass.instruction, stepCycle(pass, pass.vectors * pass.parts - 1) + far);
    }
    assert.equal(macs, json.macs);
    assert.equal(active, json.array.active);
    for (const layer of json.layers) assert.equal(byLayer.get(layer.name) ?? 0, layer.array_active_cycles, layer.name);
    let checked = 0;
    for (const block of await run.load('instructions', run.unit('matrix')!.id))
      for (let i = 0; i < block.count; ++i) {
        const last = lastSum.get(block.instruction[i]!);
        if (last === undefined) continue;
        // The sum is in the accumulators at the end of its cycle at the edge: then the instruction retires.
        assert.equal(block.retired[i], last + 1, `instruction ${block.instruction[i]}`);
        ++checked;
      }
    assert.equal(checked, lastSum.size);
  });
