// SPDX-License-Identifier: Apache-2.0
// One unit on the floorplan: its state as colour, hatch, letter and words, and what stands in its queue.
import { inkOn, lookOf } from '../../draw/palette';
import { none } from '../../format/records';
import { stateWords, type UnitAt } from '../../model/at_cycle';
import type { Run } from '../../model/run';
import { count } from '../../words/figures';

/** Words that fit into `width` units at a size of letters; cut with an ellipsis where they do not. */
export function fit(text: string, width: number, size: number): string {
  const most = Math.floor(width / (size * 0.58));
  return text.length <= most ? text : most < 2 ? '' : `${text.slice(0, most - 1)}…`;
}

export function UnitBox(props: { run: Run; at: UnitAt; changed: boolean; selected: boolean; queueDepth: number | null;
                                 dark: boolean; select: () => void }) {
  const { run, at, changed, selected, queueDepth, dark, select } = props;
  const [x, y, width, height] = at.unit.box;
  const look = at.state && lookOf(at.state.kind.code, (cause) => run.cause(cause)?.name ?? '');
  const colour = look ? (dark ? look.dark : look.light) : 'none';
  const ink = look ? inkOn(colour) : 'var(--ink)';
  const narrow = width < 9;
  const words = at.state ? stateWords(run, at.state.kind) : 'not in the trace';
  const layer = at.state ? run.layerWord(at.state.layer) : '';
  const instruction = at.state && at.state.instruction !== none ? `instruction ${at.state.instruction}` : '';
  const memory = at.unit.memoryClock;
  const shortWords = fit(words, width - 3.4, 1.3) === words ? words : words.replace(/^wait /, '');
  const room = Math.floor((height - 4 - (memory ? 0 : 2)) / 1.6);
  const place = queueDepth === null ? 0 : Math.min(1.3, (width - 2) / queueDepth);  // of one instruction in the queue
  const lines = narrow ? [] : (room >= 2 ? [layer, instruction] : [layer]).filter(Boolean).slice(0, Math.max(0, room));
  return (
    <g class="unit" role="button" tabindex={0} aria-pressed={selected} data-unit={at.unit.name} data-state={words}
       aria-label={narrow ? `${at.unit.name}: ${words}` : undefined}
       onClick={select} onKeyDown={(event) => {
         if (event.key !== 'Enter' && event.key !== ' ') return;
         event.preventDefault(), event.stopPropagation(), select();
       }}>
      <rect x={x} y={y} width={width} height={height} rx=".6" fill={colour} class="edge" />
      {look?.hatched && <rect x={x} y={y} width={width} height={height} rx=".6" fill="url(#hatch)" />}
      {changed && <rect x={x - .45} y={y - .45} width={width + .9} height={height + .9} rx=".9" class="changed" />}
      {selected && <rect x={x - .95} y={y - .95} width={width + 1.9} height={height + 1.9} rx="1.2" class="chosen" />}
      {!narrow && <>
        <rect x={x + .5} y={y + .5} width={width - 1} height={1.9 + 1.6 * (1 + lines.length)} rx=".4" fill={colour} />
        <text x={x + 1} y={y + 1.95} fill={ink} class={width < 14 ? 'name small' : 'name'}>
          {fit(at.unit.name.replace('command_processor', 'command proc.'), width - 1, 1.3)}</text>
        <text x={x + 1} y={y + 3.65} fill={ink}>{look?.letter ? `${look.letter} ` : ''}{fit(shortWords, width - 3, 1.3)}</text>
        {lines.map((line, i) => <text key={i} x={x + 1} y={y + 5.25 + 1.6 * i} fill={ink}>{fit(line, width - 2, 1.3)}</text>)}
      </>}
      {narrow && width >= 2 && <text x={x + width / 2} y={y + height / 2} fill={ink} text-anchor="middle">{look?.letter || at.unit.name.replace(/\D/g, '')}</text>}
      {!memory && queueDepth !== null && at.unit.kind !== 'command_processor' && height >= 8 &&
        <g aria-hidden="true" fill={ink} stroke={ink} stroke-width=".12">
          {queueDepth > 16 && <>
            <rect x={x + 1} y={y + height - 1.6} width={width - 2} height={1.1} fill={colour} />
            <rect x={x + 1} y={y + height - 1.6} width={(width - 2) * at.queued / queueDepth} height={1.1} />
          </>}
          {queueDepth <= 16 && Array.from({ length: queueDepth }, (_, i) => (
            <rect key={i} x={x + 1 + i * place} y={y + height - 1.6} width={place * .8} height={1.1} fill={i < at.queued ? ink : colour} />
          ))}
        </g>}
      {memory && !narrow && <text x={x + width - 1} y={y + height - 1} text-anchor="end" fill={ink}>
        {fit(`cycle ${count(at.cycle)} of its clock`, width - 2, 1.3)}</text>}
      {narrow && <title>{at.unit.name}: {words}</title>}
    </g>
  );
}
