/** Runs: made, listed, controlled and removed. */
import { z } from 'zod';
import type { Run } from '../contract/run.ts';
import type { RunRow } from '../db/runs.ts';
import { AppError } from '../errors.ts';
import { checkpointUse } from './checkpoints.ts';
import type { Context, Handlers } from './context.ts';
import type { RunMaker } from './create-run.ts';
import { estimate } from './estimates.ts';
import { findRun } from './find.ts';
import { resumePoint, rewind } from './rewind.ts';
import type { RunQueue } from './run-queue.ts';
import { isActive, requireTransition } from './run-states.ts';
import { baseOf, toRun } from './run-view.ts';
import { moveToTrash } from './trash.ts';

const storedValues = z.record(z.string(), z.unknown());

type RunCalls =
  | 'runs.list'
  | 'runs.get'
  | 'runs.estimate'
  | 'runs.create'
  | 'runs.rename'
  | 'runs.pause'
  | 'runs.resume'
  | 'runs.stop'
  | 'runs.remove';

export function runHandlers(context: Context, queue: RunQueue, maker: RunMaker): Handlers<RunCalls> {
  const { db, queries, emit } = context;
  const view = (id: string): Run => toRun(findRun(context, id), queue.live(id));

  function tell(id: string): Run {
    const run = view(id);
    emit({ kind: 'run', run });
    return run;
  }

  function requeue(row: RunRow): void {
    const place = maker.nextPlace();
    const from = resumePoint(context, row);
    db.transaction(() => {
      rewind(context, row, from);
      const text = from ? `Queued to go on from step ${from.step}.` : 'Queued to start over.';
      queries.runs.update(row.id, { state: 'queued', reason: null, queuePosition: place });
      queries.runs.addEvent(row.id, Date.now(), 'queued', text);
    })();
  }

  return {
    'runs.list': ({ includeEvaluations }) =>
      queries.runs
        .listed()
        .filter((row) => includeEvaluations || row.stage !== 'evaluate')
        .map((row) => toRun(row, queue.live(row.id))),
    'runs.get': ({ runId }) => {
      const row = findRun(context, runId);
      return {
        run: toRun(row, queue.live(runId)),
        settings: storedValues.parse(JSON.parse(row.settings)),
        tierReference: baseOf(row.tierCheckpointId, row.tierRunId),
        events: queries.runs.events(runId),
        lastOutput: row.lastOutput,
        metricNames: queries.metrics.namesOfRun(row.key),
        record: storedValues.parse(JSON.parse(row.record)),
      };
    },
    'runs.estimate': (asked) => estimate(context, asked),
    'runs.create': async (asked) => (await maker.create([{ asked }]))[0]!,
    'runs.rename': ({ runId, name }) => {
      const row = findRun(context, runId);
      db.transaction(() => {
        queries.runs.update(runId, { name });
        // Checkpoints named after their run keep following it.
        for (const checkpoint of queries.checkpoints.ofRun(runId)) {
          if (checkpoint.name !== row.name && !checkpoint.name.startsWith(`${row.name}, step `)) continue;
          queries.checkpoints.update(checkpoint.id, {
            name: name + checkpoint.name.slice(row.name.length),
          });
        }
      })();
      return tell(runId);
    },
    'runs.pause': ({ runId }) => {
      findRun(context, runId);
      queue.pause(runId);
      return view(runId);
    },
    'runs.resume': ({ runId }) => {
      const row = findRun(context, runId);
      if (isActive(row.state)) {
        queue.resume(runId);
        return view(runId);
      }
      requireTransition(row.name, row.state, 'queued', 'resumed');
      requeue(row);
      tell(runId);
      queue.pump();
      return view(runId);
    },
    'runs.stop': ({ runId }) => {
      findRun(context, runId);
      queue.stop(runId);
      return view(runId);
    },
    'runs.remove': ({ runId }) => {
      removeRun(context, queue, runId);
      queue.pump();
      return {};
    },
  };
}

/** Takes a run out of the queue and out of sight. @throws AppError NotFound, RunActive, CheckpointInUse */
export function removeRun(context: Context, queue: RunQueue, runId: string): void {
  const row = findRun(context, runId);
  requireRemovable(context, row);
  if (row.state === 'queued') queue.stop(runId);
  moveToTrash(context, 'run', runId);
}

/** @throws AppError RunActive, CheckpointInUse */
function requireRemovable(context: Context, row: RunRow): void {
  if (isActive(row.state)) {
    throw new AppError('RunActive', `“${row.name}” is ${row.state}.`, 'Stop it first.');
  }
  const { queries } = context;
  const dependent = queries.runs.basedOnRun(row.id).find((other) => other.state !== 'finished');
  if (dependent) {
    throw new AppError(
      'CheckpointInUse',
      `“${dependent.name}” starts from “${row.name}”.`,
      'Remove that run first.',
    );
  }
  for (const checkpoint of queries.checkpoints.ofRun(row.id)) {
    const use = checkpointUse(context, checkpoint, row.id);
    if (use) throw use;
  }
}
