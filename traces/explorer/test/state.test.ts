// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromHash, Store, toHash, windowWith } from '../src/state/state';

const link = '#view=timeline&cycle=1234&from=0&to=5000&unit=matrix&layer=conv1&insn=12&theme=dark';

test('a link says what it says, and a state writes the same link', () => {
  const store = new Store(18568, fromHash(link));
  const { view, cycle, from, to, unit, layer, insn, theme } = store.get();
  assert.deepEqual({ view, cycle, from, to, unit, layer, insn, theme }, {
    view: 'timeline', cycle: 1234, from: 0, to: 5000, unit: 'matrix', layer: 'conv1', insn: 12, theme: 'dark' });
  assert.equal(toHash(store.get()), link);
});

test('what a link leaves out is the whole run with nothing selected', () => {
  const store = new Store(100, fromHash(''));
  assert.deepEqual(store.get(), { view: 'overview', cycle: 0, from: 0, to: 100, unit: null, layer: null, insn: null,
                                  theme: null, more: {} });
});

test('numbers of a link are kept inside the run, and nonsense is left out', () => {
  const at = (hash: string) => new Store(100, fromHash(hash)).get();
  assert.equal(at('#cycle=1000').cycle, 99);
  assert.deepEqual([at('#from=90&to=20').from, at('#from=90&to=20').to], [90, 91]);
  assert.equal(at('#from=5&to=99999').to, 100);
  for (const nonsense of ['-4', 'abc', '1e9', '', '99999999999999999999']) assert.equal(at(`#cycle=${nonsense}`).cycle, 0, nonsense);
  assert.equal(at('#theme=blue').theme, null);
});

test('a view\'s own keys travel in the link, whatever is in them', () => {
  const store = new Store(100);
  store.setMore('sort', '-a b&c=#');
  assert.equal(fromHash(toHash(store.get())).more!.sort, '-a b&c=#');
  store.setMore('sort', null);
  assert.deepEqual(store.get().more, {});
});

test('names of layers survive the link', () => {
  const store = new Store(100, { layer: 'layer1/conv:0 & relu' });
  assert.equal(fromHash(toHash(store.get())).layer, 'layer1/conv:0 & relu');
});

test('listeners hear of changes only', () => {
  const store = new Store(100);
  let heard = 0;
  const stop = store.subscribe(() => ++heard);
  store.set({ cycle: 0 });
  assert.equal(heard, 0);
  store.set({ cycle: 5 });
  store.set({ cycle: 500 });
  assert.equal(heard, 2);
  stop();
  store.set({ cycle: 7 });
  assert.equal(heard, 2);
});

test('the window follows the cursor, keeps its width, and stays inside the run', () => {
  const state = new Store(1000, { from: 100, to: 200 }).get();
  assert.deepEqual(windowWith(state, 150, 1000), { from: 100, to: 200 });
  assert.deepEqual(windowWith(state, 500, 1000), { from: 450, to: 550 });
  assert.deepEqual(windowWith(state, 999, 1000), { from: 900, to: 1000 });
  assert.deepEqual(windowWith(state, 0, 1000), { from: 0, to: 100 });
});
