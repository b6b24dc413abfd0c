// SPDX-License-Identifier: Apache-2.0
// A search finds what a walk over all records finds.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { find, parseSearch } from '../src/model/search';
import { callJson, noSimulator, openRun, simulate } from './nnpsim';

const skip = { skip: noSimulator };

test('a search says what it does not understand', () => {
  for (const wrong of ['cause:', 'dur>x', 'color:red', 'dur:5']) assert.throws(() => parseSearch(wrong), new RegExp(`"${wrong}" is not one of`));
  assert.deepEqual(parseSearch('dur>5 dur<9 Conv').words, ['conv']);
});

for (const [text, flags] of [['cause:raw unit:drain', ['--unit', 'drain', '--cause', 'raw']], ['cause:weight_shift unit:matrix layer:fc1', ['--unit', 'matrix', '--cause', 'weight_shift', '--layer', 'fc1']]] as const)
  test(`"${text}" forward from the beginning meets as many states as query --stalls counts, and backward the same`, skip, async () => {
    const { file } = simulate('lenet5', 'edge8');
    const { stalls } = callJson('query', file, '--stalls', ...flags);
    const count = stalls.reduce((sum: number, stall: { count: number }) => sum + stall.count, 0);
    const run = await openRun(file), search = parseSearch(text);
    const forward: number[] = [];
    for (let hit = await find(run, search, -1, true); hit; hit = await find(run, search, hit.cycle, true)) forward.push(hit.cycle);
    assert.equal(forward.length, count);
    const backward: number[] = [];
    for (let hit = await find(run, search, run.cycles, false); hit; hit = await find(run, search, hit.cycle, false)) backward.push(hit.cycle);
    assert.deepEqual(backward, [...forward].reverse());
  });

test('lengths, stars and words narrow a search', skip, async () => {
  const { file } = simulate('lenet5', 'edge8');
  const run = await openRun(file);
  const { stalls } = callJson('query', file, '--stalls', '--unit', 'drain', '--cause', 'raw');
  const longest = Math.max(...stalls.map((stall: { longest: { cycles: number } }) => stall.longest.cycles));
  const hit = await find(run, parseSearch(`unit:dr* cause:raw dur>${longest - 1}`), -1, true);
  assert.equal(hit!.state.end - hit!.state.start, longest);
  assert.equal(await find(run, parseSearch(`unit:drain cause:raw dur>${longest}`), -1, true), null);
  const word = await find(run, parseSearch('unit:matrix cause:busy relu2'), -1, true);
  assert.equal(run.layerWord(word!.state.layer), 'conv2', 'the layer with ONNX node relu2');
});
