import { useCallback, useEffect, useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';
import { useContract } from '../../data/queries.ts';
import { draftFromParams, draftLike, paramsOfDraft, type RunDraft } from '../../lib/run-draft.ts';

/** Marks an address that the form wrote itself, so that it does not read it back. */
const WRITTEN = { writtenByForm: true } as const;

/** The run being set up, kept in the address; `?like=RUN` starts from that run's settings. */
export function useRunDraft(): {
  readonly draft: RunDraft;
  readonly change: (next: (draft: RunDraft) => RunDraft) => void;
} {
  const [params] = useSearchParams();
  const { state } = useLocation();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(() => draftFromParams(params));
  const [edited, setEdited] = useState(false);
  const like = params.get('like');
  const model = useContract('runs.get', { runId: like ?? '' }, { enabled: like !== null });

  const change = useCallback((next: (before: RunDraft) => RunDraft) => {
    setDraft(next);
    setEdited(true);
  }, []);

  useEffect(() => {
    if (state?.writtenByForm) return;
    setDraft(draftFromParams(params));
    setEdited(false);
  }, [params, state]);

  useEffect(() => {
    if (!edited) return;
    const search = `?${paramsOfDraft(draft)}`;
    void navigate({ search }, { replace: true, preventScrollReset: true, state: WRITTEN });
  }, [draft, edited, navigate]);

  useEffect(() => {
    if (!model.data || like === null) return;
    const { run, settings, tierReference } = model.data;
    change(() => draftLike({ ...run, settings, tierReference }));
  }, [like, model.data, change]);

  return { draft, change };
}
