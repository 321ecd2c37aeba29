import { useEffect, useState } from 'react';

/** At the latest. */
const PATIENCE_MS = 1000;

interface Props {
  readonly children: React.ReactNode;
  /** Keeps its place until then. */
  readonly fallback?: React.ReactNode;
}

/** What is looked at second: it comes once what the page is about had its turn. */
export function AfterFirst({ children, fallback = null }: Props): React.ReactNode {
  const [isTime, setIsTime] = useState(false);
  useEffect(() => {
    const handle = requestIdleCallback(() => setIsTime(true), { timeout: PATIENCE_MS });
    return () => cancelIdleCallback(handle);
  }, []);
  return isTime ? children : fallback;
}
