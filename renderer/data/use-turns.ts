import { useEffect, useState } from 'react';
import { inTurn } from '../lib/turns.ts';

/** False at first, true in a task of its own. */
export function useOwnTurn(): boolean {
  const [isTurn, setIsTurn] = useState(false);
  useEffect(() => inTurn(() => setIsTurn(true)), []);
  return isTurn;
}

/** What is drawn in one frame is on screen by the one after. */
const FRAMES = 2;
/** At the latest. */
const PATIENCE_MS = 1000;

/** In a task of its own once there is nothing else to do. @returns takes it back */
function whenIdle(work: () => void): () => void {
  let cancel = (): unknown => cancelIdleCallback(handle);
  const handle = requestIdleCallback(() => (cancel = inTurn(work)), { timeout: PATIENCE_MS });
  return () => void cancel();
}

/** False until what the page is about had its turn: when it is on screen, or once there is nothing else to do. */
export function useAfterFirst(soon = false): boolean {
  const [isTime, setIsTime] = useState(false);
  useEffect(() => {
    if (!soon) return whenIdle(() => setIsTime(true));
    let cancel = (): unknown => undefined;
    const after = (frames: number): void => {
      if (frames === 0) {
        cancel = inTurn(() => setIsTime(true));
        return;
      }
      const frame = requestAnimationFrame(() => after(frames - 1));
      cancel = () => cancelAnimationFrame(frame);
    };
    after(FRAMES);
    return () => void cancel();
  }, [soon]);
  return isTime;
}

/** How many of a long list are there: a screenful, and the others when there is nothing else to do. */
export function useGrowing(total: number, screenful: number): number {
  const [shown, setShown] = useState(0);
  useEffect(() => {
    if (shown >= total) return;
    const grow = (): void => setShown(shown + screenful);
    return shown === 0 ? inTurn(grow) : whenIdle(grow);
  }, [shown, total, screenful]);
  return Math.min(shown, total);
}
