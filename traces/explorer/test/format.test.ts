// SPDX-License-Identifier: Apache-2.0
// The reader: numbers, checksums, and what it says of files that are damaged.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { crc32 as zlibCrc32 } from './zlib_crc32';
import { Column, ColumnError } from '../src/format/columns';
import { TraceError } from '../src/format/container';
import { crc32 } from '../src/format/crc32';
import { base64Source, blobSource, bytesSource, type ByteSource } from '../src/format/source';
import { TraceFile, type RecordKind } from '../src/format/trace_file';
import { Run } from '../src/model/run';
import { graphOf, pathOf } from '../src/model/derived';
import { random } from './random';
import { noSimulator, simulate } from './nnpsim';
import { operated } from './surgery';

const skip = { skip: noSimulator };

function encoded(values: number[]): Uint8Array {
  const bytes: number[] = [];
  for (let value of values.map(BigInt)) {
    for (; value >= 128n; value >>= 7n) bytes.push(Number(value & 127n) | 128);
    bytes.push(Number(value));
  }
  return Uint8Array.from(bytes);
}

test('a column gives back every number below 2^53', () => {
  const values = [0, 1, 127, 128, 16383, 16384, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 52 + 1, Number.MAX_SAFE_INTEGER];
  const bytes = encoded(values);
  const column = new Column(bytes, 0, bytes.length);
  for (const value of values) assert.equal(column.take(), value);
  assert.ok(column.atEnd);
  assert.throws(() => column.take(), ColumnError);
});

test('signed numbers go 0, -1, 1, -2, 2, and deltas sum', () => {
  const bytes = encoded([0, 1, 2, 3, 4]);
  const signed = new Column(bytes, 0, bytes.length), delta = new Column(bytes, 0, bytes.length);
  assert.deepEqual([0, 0, 0, 0, 0].map(() => signed.takeSigned()), [0, -1, 1, -2, 2]);
  assert.deepEqual([0, 0, 0, 0, 0].map(() => delta.takeDelta()), [0, -1, 0, -2, 0]);
});

test('a number that never ends is refused', () => {
  const bytes = new Uint8Array(20).fill(255);
  assert.throws(() => new Column(bytes, 0, 20).take(), /a number is too long/);
});

test('the checksum is that of zlib, in one piece or two', () => {
  const next = random(7);
  for (const size of [0, 1, 7, 8, 9, 63, 1000]) {
    const bytes = Uint8Array.from({ length: size }, () => Math.floor(next() * 256));
    assert.equal(crc32(bytes), zlibCrc32(bytes), `${size} bytes`);
    const cut = Math.floor(next() * size);
    assert.equal(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut))), zlibCrc32(bytes), `cut at ${cut}`);
  }
});

test('every source gives the same bytes', async () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
  const blocks = [0, 1, 2, 3].map((i) => () => Buffer.from(bytes.subarray(i * 27, (i + 1) * 27)).toString('base64'));
  const sources: ByteSource[] = [bytesSource(bytes, 'x'), blobSource(new Blob([bytes]), 'x'), base64Source(blocks, 27, 100, 'x')];
  for (const [from, to] of [[0, 100], [0, 1], [26, 28], [27, 54], [99, 100], [13, 95]] as const)
    for (const source of sources) assert.deepEqual([...await source.read(from, to)], [...bytes.subarray(from, to)]);
});

/** Asks everything that a view may ask. */
async function askAll(bytes: Uint8Array): Promise<void> {
  const run = await Run.open(bytesSource(bytes, 'damaged.npt'));
  void run.cycles;
  for (const unit of run.units) {
    for (const kind of ['states', 'instructions', 'transfers', 'tiles', 'passes', 'commands'] as RecordKind[])
      await run.load(kind, unit.id);
    await run.pyramid(unit.id);
  }
  await run.counters();
  await run.programText();
  if (run.hasRecords) {
    await graphOf(run);
    await pathOf(run);
  }
}

test('a file cut anywhere is read up to its last whole chunk, or says what is missing', skip, async () => {
  const whole = new Uint8Array(readFileSync(simulate('lenet5', 'edge8').file));
  const next = random(11);
  let read = 0, refused = 0;
  for (let i = 0; i < 120; ++i) {
    const size = Math.floor(next() * whole.length);
    try {
      const file = await TraceFile.open(bytesSource(whole.subarray(0, size), 'cut.npt'));
      assert.match(file.shortcoming, /ends early/, `cut at ${size}`);
      ++read;
    } catch (error) {
      assert.ok(error instanceof TraceError, `cut at ${size}: ${(error as Error).stack}`);
      assert.match(error.message, /^cut\.npt/, 'the message names the file');
      ++refused;
    }
  }
  assert.ok(read > 0 && refused > 0, `${read} read, ${refused} refused`);
});

test('300 damaged files give an answer or words about the place, never another error', skip, async () => {
  const whole = new Uint8Array(readFileSync(simulate('lenet5', 'edge8').file));
  let refused = 0;
  for (let seed = 1; seed <= 300; ++seed) {
    const next = random(seed);
    const bytes = whole.slice();
    const changes = 1 + Math.floor(next() * 4);
    for (let i = 0; i < changes; ++i) bytes[Math.floor(next() * bytes.length)] = Math.floor(next() * 256);
    try {
      await askAll(bytes);
    } catch (error) {
      assert.ok(error instanceof TraceError, `seed ${seed}: ${(error as Error).stack}`);
      assert.match(error.message, /damaged\.npt/, `seed ${seed}`);
      ++refused;
    }
  }
  assert.ok(refused > 200, `${refused} of 300 were refused: checksums guard every payload`);
});

test('records that are wrong behind a right checksum give an answer or words, in bounded time', skip, async () => {
  const whole = new Uint8Array(readFileSync(simulate('lenet5', 'edge8').file));
  let refused = 0;
  for (let seed = 1; seed <= 300; ++seed) {
    const next = random(seed);
    const type = 1 + Math.floor(next() * 11), nth = Math.floor(next() * 3);
    const bytes = operated(whole, (t, n) => t === type && n === nth, (payload) => {
      for (let i = 0, n = 1 + Math.floor(next() * 3); i < n; ++i) payload[Math.floor(next() * payload.length)] = Math.floor(next() * 256);
    });
    try {
      await askAll(bytes);
    } catch (error) {
      assert.ok(error instanceof TraceError, `seed ${seed}, chunk ${nth} of type ${type}: ${(error as Error).stack}`);
      ++refused;
    }
  }
  assert.ok(refused > 50, `${refused} of 300 were refused`);
});

test('files that are no traces are refused by what they lack', async () => {
  const say = (text: string | Uint8Array) => TraceFile.open(bytesSource(typeof text === 'string' ? new TextEncoder().encode(text) : text, 'x'));
  await assert.rejects(say(''), /x is not a trace of nnpsim/);
  await assert.rejects(say('hello, this is no trace at all'), /does not begin with NNPTRACE/);
  const later = new Uint8Array(64);
  later.set(new TextEncoder().encode('NNPTRACE'));
  later[8] = 9;
  await assert.rejects(say(later), /version 9; this page reads version 1/);
  later[8] = 1;
  await assert.rejects(say(later), /ends before its metadata/);
});
