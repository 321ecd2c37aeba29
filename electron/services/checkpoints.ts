/** Checkpoints: listed, renamed, and removed when nothing needs them. */
import { type CheckpointRow, toCheckpoint } from '../db/checkpoints.ts';
import { AppError } from '../errors.ts';
import type { Context, Handlers } from './context.ts';
import { findCheckpoint } from './find.ts';
import { moveToTrash } from './trash.ts';

/** Why a checkpoint may not be removed; null if it may. `removing` names a run that goes with it. */
export function checkpointUse(
  { queries }: Context,
  checkpoint: CheckpointRow,
  removing: string | null = null,
): AppError | null {
  const inUse = (message: string, wayOut: string): AppError =>
    new AppError('CheckpointInUse', message, wayOut);
  const others = queries.runs
    .basedOnCheckpoint(checkpoint.id)
    .filter((run) => run.id !== removing && run.state !== 'finished');
  if (others[0]) {
    return inUse(`“${others[0].name}” needs the checkpoint “${checkpoint.name}”.`, 'Remove that run first.');
  }
  if (checkpoint.evaluations > 0) {
    return inUse(
      `${checkpoint.evaluations} evaluations of “${checkpoint.name}” can be compared.`,
      'Remove the evaluation runs first if they are not needed any more.',
    );
  }
  const isOwnRoot = removing !== null && checkpoint.runId === removing;
  const descendants = queries.checkpoints.all().filter(({ id, rootId, runId }) => {
    return rootId === checkpoint.id && id !== checkpoint.id && !(isOwnRoot && runId === removing);
  });
  if (descendants[0]) {
    return inUse(
      `The tiers of “${descendants[0].name}” are set by “${checkpoint.name}”, the root of its lineage.`,
      'Remove the checkpoints that descend from it first.',
    );
  }
  const own = checkpoint.runId === null || removing !== null ? null : queries.runs.byId(checkpoint.runId);
  if (own && own.state !== 'finished') {
    const newest = queries.checkpoints.ofRun(own.id)[0];
    if (newest?.id === checkpoint.id) {
      return inUse(`“${own.name}” would go on from it.`, 'Finish or remove that run first.');
    }
  }
  return null;
}

export function checkpointHandlers(
  context: Context,
): Handlers<'checkpoints.list' | 'checkpoints.rename' | 'checkpoints.remove'> {
  const { queries, emit } = context;
  return {
    'checkpoints.list': ({ finalOnly }) =>
      queries.checkpoints
        .all()
        .filter((row) => !finalOnly || row.final === 1)
        .map(toCheckpoint),
    'checkpoints.rename': ({ checkpointId, name }) => {
      findCheckpoint(context, checkpointId);
      queries.checkpoints.update(checkpointId, { name });
      const checkpoint = toCheckpoint(findCheckpoint(context, checkpointId));
      emit({ kind: 'checkpoint', checkpoint });
      return checkpoint;
    },
    'checkpoints.remove': ({ checkpointId }) => {
      const row = findCheckpoint(context, checkpointId);
      const use = checkpointUse(context, row);
      if (use) throw use;
      moveToTrash(context, 'checkpoint', checkpointId);
      return {};
    },
  };
}
