// SPDX-License-Identifier: Apache-2.0
// A view's own keys: asked before those of the shell.
import { useEffect, useRef } from 'preact/hooks';

/** `pressed` says whether the key was the view's. Not asked while somebody types, or reads the list of keys. */
export function useKeys(pressed: (event: KeyboardEvent) => boolean): void {
  const latest = useRef(pressed);
  latest.current = pressed;
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.altKey || event.metaKey || event.ctrlKey || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
      if (document.querySelector('dialog[open]')) return;
      if (latest.current(event)) event.preventDefault();
    };
    document.addEventListener('keydown', listen, true);
    return () => document.removeEventListener('keydown', listen, true);
  }, []);
}
