/**
 * Long native work on one thread of JavaScript must let the process's timers and messages through.
 */
import { setImmediate } from 'node:timers/promises';

const INTERVAL_MS = 25;

/** Call it between pieces of work: every 25 ms it gives the event loop one turn. */
export function createBreath(): () => Promise<void> | undefined {
  let last = performance.now();
  return () => {
    if (performance.now() - last < INTERVAL_MS) return undefined;
    return setImmediate().then(() => {
      last = performance.now();
    });
  };
}
