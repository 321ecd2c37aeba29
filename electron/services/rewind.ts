import { existsSync } from 'node:fs';
import type { CheckpointRow } from '../db/checkpoints.ts';
import type { RunRow } from '../db/runs.ts';
import { AppError } from '../errors.ts';
import type { Context } from './context.ts';
import { metricWriter } from './metric-writer.ts';
import { fromWorkspace } from './workspace-paths.ts';

/**
 * A run's newest checkpoint that is still on disk, from which it can go on; for a fork that has none yet, the
 * checkpoint it branches off from. @throws AppError MissingCheckpoint if a fork's is gone
 */
export function resumePoint(context: Context, row: RunRow): CheckpointRow | null {
  const { queries, folder } = context;
  const isThere = (row: CheckpointRow): boolean => existsSync(fromWorkspace(folder, row.folder));
  const own = queries.checkpoints.ofRun(row.id).find(isThere);
  if (own || row.forkStep === null) return own ?? null;
  const fork = row.forkCheckpointId === null ? null : queries.checkpoints.byId(row.forkCheckpointId);
  if (fork && isThere(fork)) return fork;
  throw new AppError(
    'MissingCheckpoint',
    `“${row.forkName}”, which “${row.name}” goes on from, is not there any more.`,
    'Restore it from what was removed, or fork from another checkpoint.',
  );
}

/**
 * Takes a run back to a checkpoint, or to its start: what was recorded after it is dropped in one transaction with
 * the event that says so, because those steps will be done again.
 */
export function rewind(context: Context, row: RunRow, to: CheckpointRow | null): void {
  const { db, queries } = context;
  const step = to?.step ?? 0;
  db.transaction(() => {
    metricWriter(queries.metrics, queries.metrics, row.key).truncate(to ? step : -1);
    queries.samples.removeAbove(row.key, to ? step : -1);
    queries.evaluations.removeOfRun(row.id);
    for (const gone of queries.checkpoints.ofRun(row.id)) {
      if (gone.step > step) queries.checkpoints.remove(gone.id);
    }
    queries.runs.update(row.id, { step, latest: '{}' });
    const dropped = row.step > step ? ` What steps ${step + 1} to ${row.step} recorded is dropped.` : '';
    const text = to ? `Back to the checkpoint of step ${step}.${dropped}` : `Starts over.${dropped}`;
    queries.runs.addEvent(row.id, Date.now(), 'rewound', text);
  })();
}
