import { useCallback } from 'react';
import { showError } from '../../data/announce.tsx';
import { useCommand, useContract } from '../../data/queries.ts';

/** The run that tables show deltas to, and how to pin or unpin it. */
export function usePin(): {
  readonly baselineId: string | null;
  readonly pin: (runId: string | null) => void;
} {
  const { data } = useContract('runs.baseline', {});
  const { mutate } = useCommand('runs.setBaseline');
  const pin = useCallback((runId: string | null) => mutate({ runId }, { onError: showError }), [mutate]);
  return { baselineId: data?.baselineId ?? null, pin };
}
