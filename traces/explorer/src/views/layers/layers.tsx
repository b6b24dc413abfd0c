// SPDX-License-Identifier: Apache-2.0
// Every layer with its figures: sort by what is wasted to see where an improvement is worth most.
import { useEffect, useMemo } from 'preact/hooks';
import { pathByLayer } from '../../model/critical_path';
import { isEager, pathOf } from '../../model/derived';
import type { Layer } from '../../model/run';
import { useAnswer } from '../../shell/hooks';
import { Term } from '../../shell/term';
import type { View, ViewProps } from '../view';
import { type Column, columnsFor, csvOf } from './columns';
import { LayerStory } from './story';

function sorted(layers: readonly Layer[], column: Column | undefined, down: boolean): Layer[] {
  if (!column) return [...layers];
  const sign = down ? -1 : 1;
  return [...layers].sort((a, b) => {
    const left = column.value(a), right = column.value(b);
    if (left === null || right === null) return (left === null ? 1 : 0) - (right === null ? 1 : 0);
    return sign * (typeof left === 'string' ? left.localeCompare(String(right)) : left - (right as number));
  });
}

function Layers(props: ViewProps) {
  const { run, store, state } = props;
  const path = useAnswer(async () =>
    isEager(run) ? pathByLayer(await pathOf(run)) : null, [run]);
  const columns = useMemo(() => columnsFor(path.value ?? null), [path.value]);
  const order = state.more.sort ?? '';
  const column = columns.find(({ id }) => id === order.replace(/^-/, ''));
  const filter = state.more.layers ?? '';
  const rows = useMemo(() => {
    const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
    const kept = run.layers.filter((layer) => words.every((word) =>
      [layer.name, layer.info.op, layer.info.where, layer.figures?.bound_by ?? '', ...layer.info.onnx_nodes]
        .some((text) => text.toLowerCase().includes(word))));
    return sorted(kept, column, order.startsWith('-'));
  }, [run, filter, column, order]);
  const sortBy = (id: string) => store.setMore('sort', order === `-${id}` ? id : order === id ? null : `-${id}`);

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!/^Arrow(Up|Down)$/.test(event.key) || /^(INPUT|SELECT)$/.test((event.target as HTMLElement).tagName)) return;
      const at = rows.findIndex(({ name }) => name === store.get().layer);
      const next = rows[event.key === 'ArrowDown' ? Math.min(rows.length - 1, at + 1) : Math.max(0, at - 1)];
      if (next) store.set({ layer: next.name });
      event.preventDefault();
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  });
  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csvOf(columns, rows)], { type: 'text/csv' }));
    link.download = `${run.info.network}-${run.info.chip}-layers.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return (
    <>
      {!run.figures && <p class="hint">This trace was written without the figures of layers: write it again with this version of nnpsim.</p>}
      <p class="row">
        <label>filter <input value={filter} placeholder="name, operator, bound" onInput={(event) =>
          store.setMore('layers', event.currentTarget.value || null)} /></label>
        <button type="button" onClick={save}>Save as CSV</button>
        <span class="hint">{rows.length === run.layers.length ? `${rows.length} layers` : `${rows.length} of ${run.layers.length} layers`};
          a click on a column's name sorts</span>
      </p>
      <div class={state.layer ? 'scroll tall some' : 'scroll tall'} tabIndex={0} role="region" aria-label="Layers">
        <table data-table="layers" class="compact">
          <thead>
            <tr>{columns.map(({ id, title, word }) => (
              <th key={id} scope="col" class={isText(id) ? '' : 'number'}
                  aria-sort={order === id ? 'ascending' : order === `-${id}` ? 'descending' : undefined}>
                <button type="button" class="sort" onClick={() => sortBy(id)}>{title}{order === id ? ' ▲' : order === `-${id}` ? ' ▼' : ''}</button>
                {word && <Term run={run} word={word}>?</Term>}
              </th>
            ))}</tr>
          </thead>
          <tbody>
            {rows.map((layer) => (
              <tr key={layer.id} data-layer={layer.name} aria-current={layer.name === state.layer ? 'true' : undefined}
                  onClick={() => store.set({ layer: layer.name })}>
                {columns.map(({ id, value, text }) => {
                  const number = value(layer);
                  const words = number === null ? '-' : text(number, run);
                  return id === 'name'
                    ? <th key={id} scope="row"><button type="button" class="link" onClick={() => store.set({ layer: layer.name })}>{words}</button></th>
                    : <td key={id} data-column={id} data-value={number ?? ''} class={isText(id) ? '' : 'number'}>{words}</td>;
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <LayerStory {...props} />
    </>
  );
}
const isText = (id: string) => ['name', 'op', 'where', 'precision', 'bound_by'].includes(id);

export const layers: View = {
  id: 'layers', title: 'Layers', key: '3', View: Layers,
  about: 'Which layers take the cycles, what bounds each, and where is the most to be won?',
  keys: [['↑ ↓', 'the layer above, below']],
};
