import { useInterval } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { formatAgo, formatTime } from '../../lib/format.ts';

/** How long ago, kept true; the exact time shows on hover. */
export function Ago({ atMs }: { readonly atMs: number }): React.JSX.Element {
  const [now, setNow] = useState(() => Date.now());
  const { start, stop } = useInterval(() => setNow(Date.now()), 30_000);
  useEffect(() => {
    start();
    return stop;
  }, [start, stop]);
  return (
    <time dateTime={new Date(atMs).toISOString()} title={formatTime(atMs)} className="nowrap">
      {formatAgo(atMs, now)}
    </time>
  );
}
