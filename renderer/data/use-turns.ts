import { useEffect, useState } from 'react';
import { inTurn } from '../lib/turns.ts';

/** False at first, true in a task of its own. */
export function useOwnTurn(): boolean {
  const [isTurn, setIsTurn] = useState(false);
  useEffect(() => inTurn(() => setIsTurn(true)), []);
  return isTurn;
}

/** How many of a long list are there: a screenful at a time, each in a task of its own. */
export function useGrowing(total: number, screenful: number): number {
  const [shown, setShown] = useState(0);
  useEffect(() => {
    if (shown >= total) return;
    return inTurn(() => setShown(shown + screenful));
  }, [shown, total, screenful]);
  return Math.min(shown, total);
}
