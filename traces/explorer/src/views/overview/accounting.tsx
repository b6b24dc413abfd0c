// SPDX-License-Identifier: Apache-2.0
// Each unit's cycles as one bar whose parts sum to all of them.
import { useState } from 'preact/hooks';
import { background, busyLook, idleLook, inkOn, type Look, waitLook } from '../../draw/palette';
import type { Account } from '../../format/metadata';
import { Swatch } from '../../shell/swatch';
import { Term } from '../../shell/term';
import { count, percent, share, sum } from '../../words/figures';
import type { ViewProps } from '../view';

interface Part {
  readonly word: string;
  readonly look: Look;
  readonly cycles: number;
}

function partsOf(account: Account): Part[] {
  const waits = Object.entries(account.waits).sort((a, b) => b[1] - a[1]);
  return [{ word: 'busy', look: busyLook, cycles: account.busy },
          ...waits.map(([cause, cycles]) => ({ word: cause, look: waitLook(cause), cycles })),
          { word: 'idle', look: idleLook, cycles: account.idle }].filter(({ cycles }) => cycles > 0);
}

const mostChannels = 4;  // of the memory that are listed without being asked for

export function Accounting({ run, store, dark }: ViewProps) {
  const [all, setAll] = useState(run.memoryChannels.length <= mostChannels);
  const units = run.units.filter((unit) => all || unit.kind !== 'memory' || run.memoryChannels.indexOf(unit) < mostChannels);
  const accounts = units.map((unit) => ({ unit, account: run.account(unit.name) }));
  if (!run.summary) return <p>This trace has no summary: its writer was stopped before the end.</p>;
  const seen = new Map<string, Look>();
  for (const { account } of accounts) if (account) for (const part of partsOf(account)) seen.set(part.word, part.look);
  return (
    <figure>
      <div class="bars">
        {accounts.map(({ unit, account }) => account && [
          <button key={unit.name} type="button" class="link" onClick={() => store.set({ unit: unit.name, view: 'timeline' })}>
            {unit.name}</button>,
          <div key={`${unit.name} bar`} class="stack" role="img" aria-label={`${unit.name}: ` + partsOf(account)
            .map(({ word, cycles }) => `${word} ${percent(share(cycles, account.cycles))}`).join(', ')}>
            {partsOf(account).map(({ word, look, cycles }) => {
              const part = share(cycles, account.cycles), colour = dark ? look.dark : look.light;
              return (
                <span key={word} title={`${word}: ${count(cycles)} cycles, ${percent(part)}`}
                      style={{ flex: `${cycles} 0 0`, background: background(look, dark), color: inkOn(colour) }}>
                  {part > 0.09 ? <span class="word" style={{ background: colour }}>{word} {percent(part)}</span> : ''}
                </span>
              );
            })}
          </div>,
          <span key={`${unit.name} sum`} class="number">{count(account.cycles)}{unit.memoryClock ? ' (memory clock)' : ''}</span>,
        ])}
      </div>
      {!all && <p><button type="button" onClick={() => setAll(true)}>Show all {run.memoryChannels.length} memory channels</button></p>}
      <ul class="legend">
        {[...seen].map(([word, look]) => <li key={word}><Swatch look={look} dark={dark} /> <Term run={run} word={word} /></li>)}
      </ul>
      <details>
        <summary>As a table</summary>
        <div class="scroll">
          <table data-table="accounting">
            <thead><tr><th scope="col">unit</th><th scope="col" class="number">cycles</th>
              {[...seen.keys()].map((word) => <th key={word} scope="col" class="number">{word}</th>)}
              <th scope="col" class="number">sum of the parts</th></tr></thead>
            <tbody>
              {accounts.map(({ unit, account }) => account && (
                <tr key={unit.name}>
                  <th scope="row">{unit.name}</th><td class="number">{count(account.cycles)}</td>
                  {[...seen.keys()].map((word) => (
                    <td key={word} class="number">{count(partsOf(account).find((part) => part.word === word)?.cycles ?? 0)}</td>
                  ))}
                  <td class="number">{count(account.busy + account.idle + sum(Object.values(account.waits)))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
