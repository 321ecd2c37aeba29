/**
 * Page state that lives in the address: a reload keeps it and a link shares it.
 *
 * A router commits a new address a moment after it was asked to. Until then what was set is held here, so that a field
 * shows at once what was typed into it and two settings changed in one breath do not undo each other.
 */
import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import { useNavigate, useSearchParams } from 'react-router';
import { usePageShown } from './page-shown.ts';

const pending = new Map<string, string | null>();
const listeners = new Set<() => void>();

function change(act: () => void): void {
  act();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The address's parameters with everything that is on its way. */
function paramsWithPending(): URLSearchParams {
  const { hash } = window.location;
  const params = new URLSearchParams(hash.includes('?') ? hash.slice(hash.indexOf('?') + 1) : '');
  for (const [key, value] of pending) {
    if (value === null) params.delete(key);
    else params.set(key, value);
  }
  return params;
}

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
  const [params] = useSearchParams();
  const navigate = useNavigate();
  const written = params.get(key);
  // What is on its way is the shown page's.
  const shown = usePageShown();
  const waiting = useSyncExternalStore(subscribe, () => (shown ? pending.get(key) : undefined));
  useEffect(() => {
    if (shown && pending.get(key) === written) change(() => pending.delete(key));
  }, [key, written, shown]);
  useEffect(() => () => void pending.delete(key), [key]);
  const set = useCallback(
    (next: string | null) => {
      change(() => pending.set(key, next === '' ? null : next));
      void navigate({ search: `?${paramsWithPending()}` }, { replace: true, preventScrollReset: true });
    },
    [key, navigate],
  );
  return [waiting === undefined ? written : waiting, set];
}

/** A list as an address holds it. */
export function urlList(text: string | null): readonly string[] {
  return text ? text.split(',').filter(Boolean) : [];
}

/** A list under `key`, joined by commas. */
export function useUrlList(key: string): [readonly string[], (next: readonly string[]) => void] {
  const [text, setText] = useUrlText(key);
  const set = useCallback((next: readonly string[]) => setText(next.join(',')), [setText]);
  const list = useMemo(() => urlList(text), [text]);
  return [list, set];
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
