// SPDX-License-Identifier: Apache-2.0
// A word with its explanation behind it: click, or Enter, opens it; Esc closes it.
import type { ComponentChildren } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import type { Run } from '../model/run';
import { explain } from '../words/terms';

export function Term(props: { run: Run; word: string; children?: ComponentChildren }) {
  const { run, word, children } = props;
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState(false);
  const words = explain(word, run);
  if (!words) return <>{children ?? word}</>;
  const place = (event: Event) => {
    const button = (event.currentTarget as HTMLElement).getBoundingClientRect();
    const element = box.current!;
    element.style.left = `${Math.max(8, Math.min(button.left, window.innerWidth - 400))}px`;
    const below = button.bottom + 6 + 240 < window.innerHeight;
    element.style.top = below ? `${button.bottom + 6}px` : 'auto';
    element.style.bottom = below ? 'auto' : `${window.innerHeight - button.top + 6}px`;
  };
  return (
    <>
      <button type="button" class="term" popovertarget={id} onClick={place}
              aria-label={children === '?' ? `${words.title}: what it means` : undefined}>
        {children ?? word}
      </button>
      <div ref={box} id={id} popover="auto" class="explanation"
           onToggle={(event) => setOpen((event as unknown as { newState: string }).newState === 'open')}>
        {open && <>
          <strong>{words.title}</strong>
          <p>{words.text}</p>
          {words.formula && <p class="formula">{words.formula}</p>}
          {words.filled && <p class="formula">{words.filled}</p>}
          {words.advice && <p><b>Try: </b>{words.advice}</p>}
        </>}
      </div>
    </>
  );
}
