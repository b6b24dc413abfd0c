// SPDX-License-Identifier: Apache-2.0
import { useEffect, useRef, useState } from 'preact/hooks';

export interface Answer<T> {
  readonly value: T | undefined;  // of the question asked last that was answered: an older one's until then
  readonly error: string;         // words; empty where there is none
  readonly busy: boolean;
}

/** Asks when `deps` change; what comes too late is dropped. */
export function useAnswer<T>(ask: () => Promise<T>, deps: readonly unknown[]): Answer<T> {
  const [answer, setAnswer] = useState<Answer<T>>({ value: undefined, error: '', busy: true });
  const asked = useRef(0);
  useEffect(() => {
    const number = ++asked.current;
    setAnswer(({ value, error }) => ({ value, error, busy: true }));
    const done = (next: Answer<T>) => { if (number === asked.current) setAnswer(next); };
    (async () => ask())().then(
      (value) => done({ value, error: '', busy: false }),
      (error: unknown) => done({ value: undefined, error: error instanceof Error ? error.message : String(error),
                                 busy: false }));
  }, deps as unknown[]);
  return answer;
}

/** The value as soon as it has stayed the same for a while: for what is too much work while a window moves. */
export function useSettled<T>(value: T, milliseconds = 120): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), milliseconds);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

/** Width and height of an element in CSS pixels. */
export function useSize<E extends HTMLElement>(): [(element: E | null) => void, { width: number; height: number }] {
  const [size, setSize] = useState({ width: 0, height: 0 });
  const observer = useRef<ResizeObserver | undefined>(undefined);
  const attach = useRef((element: E | null) => {
    observer.current?.disconnect();
    if (!element) return;
    const measure = () => setSize((old) => {
      const { clientWidth: width, clientHeight: height } = element;
      return old.width === width && old.height === height ? old : { width, height };
    });
    observer.current = new ResizeObserver(measure);
    observer.current.observe(element);
    measure();
  });
  return [attach.current, size];
}
