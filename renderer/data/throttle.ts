interface Throttled<A extends readonly unknown[]> {
  readonly call: (...args: A) => void;
  readonly cancel: () => void;
}

/**
 * Calls `act` at once, then at most every `intervalMs` for equal arguments; a call that came in between is made up for
 * at the end of the interval, so the last one always has its effect.
 */
export function everyMs<A extends readonly (string | undefined)[]>(
  intervalMs: number,
  act: (...args: A) => void,
): Throttled<A> {
  const waiting = new Map<string, { timer: ReturnType<typeof setTimeout>; again: boolean }>();
  const call = (...args: A): void => {
    const key = args.join('\n');
    const entry = waiting.get(key);
    if (entry) {
      entry.again = true;
      return;
    }
    act(...args);
    const timer = setTimeout(() => {
      const again = waiting.get(key)?.again ?? false;
      waiting.delete(key);
      if (again) call(...args);
    }, intervalMs);
    waiting.set(key, { timer, again: false });
  };
  const cancel = (): void => {
    for (const { timer } of waiting.values()) clearTimeout(timer);
    waiting.clear();
  };
  return { call, cancel };
}
