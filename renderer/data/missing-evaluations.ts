import { useCallback, useState } from 'react';
import type { Output } from '../../electron/contract.ts';
import { call } from '../api.ts';
import { type MissingEvaluation, planMissing } from '../lib/missing-plan.ts';
import { useContract } from './queries.ts';

/** Queues the evaluations a comparison lacks, each like the one it is to be compared with. */
export function useMissingEvaluations({ groups, checkpoints }: Output<'compare.checkpoints'>): {
  readonly plan: readonly MissingEvaluation[];
  /** Resolves to how many were queued. */
  readonly queue: () => Promise<number>;
  readonly busy: boolean;
} {
  const runs = useContract('runs.list', {});
  const [busy, setBusy] = useState(false);
  const plan = planMissing(groups, checkpoints, runs.data ?? []);
  const queue = useCallback(async () => {
    setBusy(true);
    try {
      for (const missing of plan) await queueOne(missing, checkpoints);
      return plan.length;
    } finally {
      setBusy(false);
    }
  }, [plan, checkpoints]);
  return { plan, queue, busy };
}

async function queueOne(
  { checkpointId, likeRunId, likeCheckpointId }: MissingEvaluation,
  checkpoints: Output<'checkpoints.list'>,
): Promise<void> {
  const { run, settings, tierReference } = await call('runs.get', { runId: likeRunId });
  const rootId = checkpoints.find(({ id }) => id === likeCheckpointId)?.rootId;
  await call('runs.create', {
    stage: 'evaluate',
    settings,
    corpusId: run.corpusId,
    questionsId: run.questionsId,
    base: { kind: 'checkpoint', checkpointId },
    tierReference: tierReference ?? (rootId ? { kind: 'checkpoint', checkpointId: rootId } : null),
  });
}
