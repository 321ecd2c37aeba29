/** Which evaluation runs would make up for what a comparison lacks. */
import type { Checkpoint } from '../../electron/contract/checkpoints.ts';
import type { ComparisonGroup } from '../../electron/contract/comparisons.ts';
import type { Run } from '../../electron/contract/runs.ts';
import { isOver } from './run-state.ts';

export interface MissingEvaluation {
  readonly checkpointId: string;
  readonly checkpointName: string;
  /** The run whose settings are to be repeated. */
  readonly likeRunId: string;
  readonly likeRunName: string;
  /** The checkpoint that run evaluated: its lineage sets the tiers where the run named none. */
  readonly likeCheckpointId: string;
}

/**
 * One evaluation per checkpoint and run to repeat: a run measures several protocols at once, so the newest run that
 * covers a group is taken, and a checkpoint whose evaluation already waits or works is left out.
 */
export function planMissing(
  groups: readonly ComparisonGroup[],
  checkpoints: readonly Checkpoint[],
  runs: readonly Run[],
): MissingEvaluation[] {
  const nameOfRun = new Map(runs.map((run) => [run.id, run.name]));
  const waiting = new Set(
    runs.flatMap((run) =>
      run.stage === 'evaluate' && !isOver(run.state) && run.base?.kind === 'checkpoint'
        ? [run.base.checkpointId]
        : [],
    ),
  );
  const plan = new Map<string, MissingEvaluation>();
  for (const group of groups) {
    const like = [...group.evaluations].sort((a, b) => b.createdAtMs - a.createdAtMs)[0];
    if (!like) continue;
    for (const checkpointId of group.missing) {
      const checkpoint = checkpoints.find(({ id }) => id === checkpointId);
      if (!checkpoint || waiting.has(checkpointId)) continue;
      plan.set(`${checkpointId} ${like.runId}`, {
        checkpointId,
        checkpointName: checkpoint.name,
        likeRunId: like.runId,
        likeRunName: nameOfRun.get(like.runId) ?? 'another evaluation',
        likeCheckpointId: like.checkpointId,
      });
    }
  }
  return [...plan.values()];
}
