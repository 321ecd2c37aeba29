/** Puts new runs into the queue: asked for, repeated, forked or swept. */
import type { Run } from '../contract/run.ts';
import type { ResolvedInput } from '../contract.ts';
import type { Provenance } from '../db/runs.ts';
import { AppError } from '../errors.ts';
import { queueLimit } from './app.ts';
import type { Context } from './context.ts';
import { findRun } from './find.ts';
import { type Circumstances, checkRun, newRunRow } from './new-run.ts';
import type { RunQueue } from './run-queue.ts';
import { toRun } from './run-view.ts';

export type AskedRun = ResolvedInput<'runs.create'>;

export interface PlannedRun {
  readonly asked: AskedRun;
  readonly provenance?: Partial<Provenance>;
  /** Changes the new run's record and row further, in the same transaction. */
  readonly prepare?: (runId: string, key: number) => void;
}

export interface RunMaker {
  /** The next free place of the queue. @throws AppError QueueFull */
  nextPlace(wanted?: number): number;
  /**
   * Queues all of them or none.
   * @param before what is written before them, in the same transaction. @throws AppError as `runs.create`
   */
  create(planned: readonly PlannedRun[], before?: () => void): Promise<Run[]>;
}

/** @param around may take a moment to find out */
export function runMaker(context: Context, queue: RunQueue, around: () => Promise<Circumstances>): RunMaker {
  const { db, queries, emit } = context;

  function nextPlace(wanted = 1): number {
    const limit = queueLimit(context);
    const waiting = queries.runs.queued().length;
    if (waiting + wanted <= limit) return queries.runs.lastQueuePosition() + 1;
    throw new AppError(
      'QueueFull',
      wanted === 1
        ? `${waiting} runs already wait in the queue, which is its limit.`
        : `${wanted} runs do not fit into the queue: ${waiting} wait already, and its limit is ${limit}.`,
      'Wait until some are done, remove queued runs, or raise the limit in the settings.',
    );
  }

  return {
    nextPlace,
    async create(planned, before) {
      const circumstances = await around();
      const first = nextPlace(planned.length);
      const ids: string[] = [];
      db.transaction(() => {
        before?.();
        planned.forEach(({ asked, provenance, prepare }, i) => {
          const checked = checkRun(context, asked);
          const row = newRunRow(context, asked, checked, circumstances);
          queries.runs.add({ ...row, ...provenance, queuePosition: first + i });
          queries.runs.addEvent(row.id, row.createdAtMs, 'queued', 'Queued.');
          prepare?.(row.id, findRun(context, row.id).key);
          ids.push(row.id);
        });
      })();
      for (const id of ids) emit({ kind: 'run', run: toRun(findRun(context, id), undefined) });
      queue.pump();
      return ids.map((id) => toRun(findRun(context, id), queue.live(id)));
    },
  };
}
