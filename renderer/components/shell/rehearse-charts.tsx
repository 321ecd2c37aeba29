import { lazy, Suspense, useEffect, useState } from 'react';

const Rehearsal = lazy(async () => ({ default: (await import('../charts/rehearsal.tsx')).Rehearsal }));

const idle = (): Promise<unknown> => new Promise((resolve) => requestIdleCallback(resolve));
/** Long enough for each part of a chart to have had its turn. */
const LASTS_MS = 500;

/** Once the window has nothing else to do, draws what the first charts need, and takes it away again. */
export function RehearseCharts(): React.JSX.Element | null {
  const [isOn, setIsOn] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    void idle().then(() => {
      setIsOn(true);
      timer = setTimeout(() => void idle().then(() => setIsOn(false)), LASTS_MS);
    });
    return () => clearTimeout(timer);
  }, []);
  return isOn ? (
    <Suspense>
      <Rehearsal />
    </Suspense>
  ) : null;
}
