import { useCallback } from 'react';
import type { Run } from '../../../electron/contract/run.ts';
import { showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';

/** Moves a queued run; nothing happens to one that does not wait. */
export function useQueueMoves(): (run: Run, to: 'up' | 'down' | 'front') => void {
  const { mutate } = useCommand('runs.move');
  return useCallback(
    (run, to) => {
      const place = run.queuePosition;
      if (place === null) return;
      const position = to === 'front' ? 1 : Math.max(1, place + (to === 'up' ? -1 : 1));
      if (position !== place) mutate({ runIds: [run.id], position }, { onError: showError });
    },
    [mutate],
  );
}
