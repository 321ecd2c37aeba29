import { useCallback, useEffect } from 'react';
import { useSearchParams } from 'react-router';
import { useContract } from '../../data/queries.ts';
import { draftFromParams, draftLike, paramsOfDraft, type RunDraft } from '../../lib/run-draft.ts';

/** The run being set up, kept in the address; `?like=RUN` starts from that run's settings. */
export function useRunDraft(): {
  readonly draft: RunDraft;
  readonly change: (next: (draft: RunDraft) => RunDraft) => void;
} {
  const [params, setParams] = useSearchParams();
  const like = params.get('like');
  const model = useContract('runs.get', { runId: like ?? '' }, { enabled: like !== null });
  const change = useCallback(
    (next: (draft: RunDraft) => RunDraft) =>
      setParams((before) => paramsOfDraft(next(draftFromParams(before))), {
        replace: true,
        preventScrollReset: true,
      }),
    [setParams],
  );
  useEffect(() => {
    if (!model.data || like === null) return;
    const { run, settings, tierReference } = model.data;
    change(() => draftLike({ ...run, settings, tierReference }));
  }, [like, model.data, change]);
  return { draft: draftFromParams(params), change };
}
