/** Page state that lives in the address: a reload keeps it and a link shares it. */
import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** One of `choices` under `key`; the first is the default and is not written. */
export function useUrlChoice<const C extends readonly [string, ...string[]]>(
  key: string,
  choices: C,
): [C[number], (next: C[number]) => void] {
  const [text, setText] = useUrlText(key);
  const value = choices.includes(text ?? '') ? (text as C[number]) : choices[0];
  const set = useCallback(
    (next: C[number]) => setText(next === choices[0] ? null : next),
    [setText, choices[0]],
  );
  return [value, set];
}

/** Text under `key`, or null where there is none. */
export function useUrlText(key: string): [string | null, (next: string | null) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (next: string | null) =>
      setParams(
        (before) => {
          const after = new URLSearchParams(before);
          if (next === null || next === '') after.delete(key);
          else after.set(key, next);
          return after;
        },
        { replace: true, preventScrollReset: true },
      ),
    [key, setParams],
  );
  return [params.get(key), set];
}

/** A list under `key`, joined by commas. */
export function useUrlList(key: string): [readonly string[], (next: readonly string[]) => void] {
  const [text, setText] = useUrlText(key);
  const set = useCallback((next: readonly string[]) => setText(next.join(',')), [setText]);
  return [text ? text.split(',').filter(Boolean) : [], set];
}

/** A number under `key`; the default is not written. */
export function useUrlNumber(key: string, fallback: number): [number, (next: number) => void] {
  const [text, setText] = useUrlText(key);
  const value = text === null ? fallback : Number(text);
  const set = useCallback(
    (next: number) => setText(next === fallback ? null : String(next)),
    [setText, fallback],
  );
  return [Number.isFinite(value) ? value : fallback, set];
}
