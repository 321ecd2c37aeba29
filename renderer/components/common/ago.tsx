import { useSyncExternalStore } from 'react';
import { formatAgo, formatTime } from '../../lib/format.ts';

const TICK_MS = 30_000;

// One clock for every time on the page.
const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const each of listeners) each();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** How long ago, kept true; the exact time shows on hover. */
export function Ago({ atMs }: { readonly atMs: number }): React.JSX.Element {
  const at = useSyncExternalStore(subscribe, () => now);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatTime(atMs)} className="nowrap">
      {formatAgo(atMs, Math.max(at, atMs))}
    </time>
  );
}
