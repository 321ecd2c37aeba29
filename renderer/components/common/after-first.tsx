import { useEffect, useState } from 'react';

/** At the latest. */
const PATIENCE_MS = 1000;

/** What is on every page and of none in particular: it comes once the page itself had its turn. */
export function AfterFirst({ children }: { readonly children: React.ReactNode }): React.ReactNode {
  const [isTime, setIsTime] = useState(false);
  useEffect(() => {
    const handle = requestIdleCallback(() => setIsTime(true), { timeout: PATIENCE_MS });
    return () => cancelIdleCallback(handle);
  }, []);
  return isTime ? children : null;
}
