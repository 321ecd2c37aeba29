import { useCallback } from 'react';
import { showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';

/** Pins the run that tables show deltas to; null unpins it. */
export function usePin(): (runId: string | null) => void {
  const { mutate } = useCommand('runs.setBaseline');
  return useCallback((runId: string | null) => mutate({ runId }, { onError: showError }), [mutate]);
}
