// SPDX-License-Identifier: Apache-2.0
// Bandwidth and banks, against what the memory controller counted.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ACT, banksIn, clocksOf, commandCycle, commandsAround, openAt, PRE, PREA, RD, REF, unknownRow, WR } from '../src/model/banks';
import { bytesIn, channelCounters, channelPeak, totalBytes } from '../src/model/bandwidth';
import { noSimulator, openRun, simulate } from './nnpsim';

const skip = { skip: noSimulator };
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

for (const [network, chip] of [['lenet5', 'edge8'], ['lenet5', 'tiny4'], ['lenet5', 'hbm128'], ['lenet5', 'tpu_v1']] as const) {
  test(`counters of ${network} on ${chip} hold the bytes that memory counted, however they are cut`, skip, async () => {
    const { file, json } = simulate(network, chip);
    const run = await openRun(file);
    const channels = await channelCounters(run);
    assert.equal(channels.length, json.dram.channels);
    assert.equal(sum(channels.map(({ read }) => totalBytes(read))), json.dram.read_bytes);
    assert.equal(sum(channels.map(({ written }) => totalBytes(written))), json.dram.write_bytes);
    const [most] = [...channels].sort((a, b) => totalBytes(b.read) - totalBytes(a.read));
    const end = run.cycles + 4096;
    for (const bins of [1, 7, 640]) {
      const cut = sum(bytesIn(most!.read!, 0, end, bins));
      assert.ok(Math.abs(cut - totalBytes(most!.read)) < 1e-6 * cut, `${bins} bins: ${cut}`);
    }
    // A step has at most its bytes at the peak rate, and what was under way when it began (a request of one channel).
    const step = Math.max(...bytesIn(most!.read!, 0, end, Math.round(end / 1024)));
    assert.ok(step <= channelPeak(run)! * 1024 * 1.25, `${step} bytes in 1024 cycles, ${channelPeak(run)} a cycle at most`);
  });

  test(`commands of ${network} on ${chip}: bursts and row hits are those that the controllers counted`, skip, async () => {
    const { file, json } = simulate(network, chip);
    const run = await openRun(file);
    let bursts = 0, first = 0, refreshes = 0;
    for (const unit of run.units.filter(({ memoryClock }) => memoryClock)) {
      const banks = await banksIn(run, unit, 0, Infinity);
      bursts += banks.counts[RD]! + banks.counts[WR]!;
      first += banks.afterActivate;
      refreshes += banks.counts[REF]!;
      // A bank has one row open at a time.
      const until = new Map<number, number>();
      for (const row of banks.rows) {
        assert.ok(row.from >= (until.get(row.bank) ?? 0) && row.to > row.from, `${unit.name} bank ${row.bank}, ${row.from}`);
        until.set(row.bank, row.to);
      }
      assert.equal(banks.counts[ACT], banks.rows.length, unit.name);
      assert.ok(banks.counts[PRE]! + banks.counts[PREA]! <= banks.counts[ACT]! + banks.counts[REF]!, unit.name);
    }
    const { row_hits, row_misses, row_conflicts } = json.dram;
    assert.equal(bursts, row_hits + row_misses + row_conflicts);
    assert.equal(first, row_misses + row_conflicts);
    assert.equal(refreshes, json.dram.refreshes);
  });
}

test('every burst finds its bank open, and a narrow window knows the same rows', skip, async () => {
  const run = await openRun(simulate('lenet5', 'tiny4').file);
  const unit = run.unit('dram0')!;
  const whole = await banksIn(run, unit, 0, Infinity);
  let bursts = 0;
  for (const block of whole.blocks)
    for (let i = 0; i < block.count; ++i) {
      if (block.operation[i] !== RD && block.operation[i] !== WR) continue;
      const row = openAt(whole, block.bank[i]!, block.cycle[i]!);
      assert.ok(row && row.row !== unknownRow && row.from < block.cycle[i]!, `cycle ${block.cycle[i]}`);
      ++bursts;
    }
  assert.ok(bursts > 1000);
  const narrow = await banksIn(run, unit, 50_000, 51_000);
  assert.ok(narrow.rows.length > 0);
  for (const row of narrow.rows)
    for (const cycle of [Math.max(row.from, 50_000), Math.min(row.to, 51_000) - 1])
      assert.equal(openAt(whole, row.bank, cycle)?.row, row.row, `bank ${row.bank}, cycle ${cycle}`);
});

test('the commands around a cycle are the last before it and the next', skip, async () => {
  const run = await openRun(simulate('lenet5', 'tiny4').file);
  const banks = await banksIn(run, run.unit('dram0')!, 5000, 6000);
  const around = commandsAround(banks, 5300, 5, 5);
  const all = banks.blocks.flatMap((block) => [...block.cycle]);
  assert.deepEqual(around.map(({ cycle }) => cycle),
                   [...all.filter((cycle) => cycle < 5300).slice(-5), ...all.filter((cycle) => cycle >= 5300).slice(0, 5)]);
});

for (const chip of ['tiny4', 'tpu_v1', 'edge8'])
  test(`from command to command on ${chip}, there and back, each core cycle with commands is met once`, skip, async () => {
    const run = await openRun(simulate('lenet5', chip).file);
    const unit = run.unit('dram0')!;
    const banks = await banksIn(run, unit, 0, Infinity);
    const there: number[] = [];
    for (let at = commandCycle(run, unit, banks, 0, true); at !== null && there.length < 300; at = commandCycle(run, unit, banks, at, true)) there.push(at);
    const shown = there.map((cycle) => clocksOf(run, unit, cycle));
    for (const block of banks.blocks)
      for (const cycle of block.cycle.filter((each) => each < shown.at(-1)![1]))
        assert.ok(shown.some(([first, end]) => first <= cycle && cycle < end), `clock ${cycle}`);
    assert.ok(there.every((cycle, i) => i === 0 || cycle > there[i - 1]!));
    let at: number | null = there.at(-1)!;
    for (const cycle of there.slice(0, -1).reverse()) assert.equal(at = commandCycle(run, unit, banks, at!, false), cycle);
  });
