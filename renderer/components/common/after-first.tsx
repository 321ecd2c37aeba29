import { useEffect, useState } from 'react';
import { inTurn } from '../../lib/turns.ts';

/** At the latest. */
const PATIENCE_MS = 1000;

interface Props {
  readonly children: React.ReactNode;
  /** Keeps its place until then. */
  readonly fallback?: React.ReactNode;
  /** In the task after the first frame, instead of once there is nothing else to do. */
  readonly soon?: boolean;
}

/** What is looked at second: it comes once what the page is about had its turn. */
export function AfterFirst({ children, fallback = null, soon = false }: Props): React.ReactNode {
  const [isTime, setIsTime] = useState(false);
  useEffect(() => {
    if (!soon) {
      const handle = requestIdleCallback(() => setIsTime(true), { timeout: PATIENCE_MS });
      return () => cancelIdleCallback(handle);
    }
    let cancel = (): void => undefined;
    const frame = requestAnimationFrame(() => {
      cancel = inTurn(() => setIsTime(true));
    });
    return () => {
      cancelAnimationFrame(frame);
      cancel();
    };
  }, [soon]);
  return isTime ? children : fallback;
}
