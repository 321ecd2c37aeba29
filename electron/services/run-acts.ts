/** What users do with runs beside running them: notes, tags, stars, putting away, the baseline, the queue's order. */

import type { Run } from '../contract/run.ts';
import type { BulkAction } from '../contract/run-acts.ts';
import type { Output } from '../contract.ts';
import type { RunRow } from '../db/runs.ts';
import { AppError, errorMessage } from '../errors.ts';
import { newId } from '../ids.ts';
import { baselineId, pinBaseline } from './baseline.ts';
import { type Context, type Handlers, terminalCaller } from './context.ts';
import { findRun } from './find.ts';
import { runDifferences } from './run-differences.ts';
import type { RunQueue } from './run-queue.ts';
import { tagList, toRun } from './run-view.ts';
import { removeRun } from './runs.ts';
import { restore } from './trash.ts';

type ActCalls =
  | 'runs.edit'
  | 'runs.tags'
  | 'runs.bulk'
  | 'runs.undo'
  | 'runs.setBaseline'
  | 'runs.baseline'
  | 'runs.move'
  | 'runs.diff';

type Reversible = Exclude<BulkAction, { kind: 'stop' | 'resume' }>;

/** Bulk actions that can still be taken back. */
const KEPT_UNDOS = 100;

export function runActs(
  context: Context,
  queue: RunQueue,
  runs: Handlers<'runs.stop' | 'runs.resume'>,
): Handlers<ActCalls> {
  const { db, queries, emit } = context;
  /** Each takes its action back and gives the runs it changed. */
  const undos = new Map<string, () => string[]>();

  function tell(id: string): Run {
    const run = toRun(findRun(context, id), queue.live(id));
    emit({ kind: 'run', run });
    return run;
  }

  function retag(row: RunRow, add: readonly string[], remove: readonly string[]): void {
    for (const tag of remove) queries.runs.removeTag(row.key, tag);
    for (const tag of add) queries.runs.addTag(row.key, tag);
  }

  /** Does one action to one run. @returns how to take it back */
  function act(row: RunRow, action: Reversible): () => void {
    switch (action.kind) {
      case 'star': {
        queries.runs.update(row.id, { starred: Number(action.starred) });
        return () => queries.runs.update(row.id, { starred: row.starred });
      }
      case 'archive': {
        const archivedAtMs = action.archived ? Date.now() : null;
        queries.runs.update(row.id, { archivedAtMs });
        return () => queries.runs.update(row.id, { archivedAtMs: row.archivedAtMs });
      }
      case 'tag': {
        const before = tagList.parse(JSON.parse(row.tags));
        const added = action.add.filter((tag) => !before.includes(tag));
        const removed = action.remove.filter((tag) => before.includes(tag));
        retag(row, added, removed);
        return () => retag(row, removed, added);
      }
      case 'remove':
        removeRun(context, queue, row.id);
        return () => restore(context, 'run', row.id);
      default:
        return action satisfies never;
    }
  }

  const remember = (undo: () => string[]): string => {
    const id = newId();
    undos.set(id, undo);
    const oldest = undos.keys().next().value;
    if (undos.size > KEPT_UNDOS && oldest !== undefined) undos.delete(oldest);
    return id;
  };

  /** Tries each run; what cannot be done to one is told with its reason. */
  function collect(ids: readonly string[]) {
    const done: string[] = [];
    const refused: Output<'runs.bulk'>['refused'] = [];
    const refuse = (id: string, error: unknown): void => {
      if (!(error instanceof AppError)) throw error;
      refused.push({ runId: id, name: queries.runs.byId(id)?.name ?? id, error: errorMessage(error) });
    };
    return { ids, done, refused, refuse };
  }

  /** The newest first: a run that starts from another one is removed before it. */
  function newestFirst(runIds: readonly string[]): string[] {
    const keyOf = new Map(runIds.map((id) => [id, queries.runs.byId(id)?.key ?? 0]));
    return [...keyOf.keys()].sort((a, b) => keyOf.get(b)! - keyOf.get(a)!);
  }

  /** One transaction: thousands of runs take one write to disk. */
  function change(ids: readonly string[], action: Reversible): Output<'runs.bulk'> {
    const { done, refused, refuse } = collect(ids);
    const undoOf = new Map<string, () => void>();
    db.transaction(() => {
      for (const id of ids) {
        try {
          undoOf.set(id, act(findRun(context, id), action));
          done.push(id);
        } catch (error) {
          refuse(id, error);
        }
      }
    })();
    if (action.kind === 'remove') queue.pump();
    else for (const id of done) tell(id);
    const undo = (): string[] => {
      const back = [...undoOf.keys()].reverse();
      db.transaction(() => {
        for (const id of back) undoOf.get(id)?.();
      })();
      for (const id of back) tell(id);
      return back;
    };
    return { done, refused, undoId: undoOf.size === 0 ? null : remember(undo) };
  }

  async function control(ids: readonly string[], verb: 'stop' | 'resume'): Promise<Output<'runs.bulk'>> {
    const { done, refused, refuse } = collect(ids);
    for (const id of ids) {
      try {
        await runs[`runs.${verb}`]({ runId: id }, terminalCaller);
        done.push(id);
      } catch (error) {
        refuse(id, error);
      }
    }
    return { done, refused, undoId: null };
  }

  return {
    'runs.edit': ({ runId, notes, starred, archived, tags }) => {
      const row = findRun(context, runId);
      db.transaction(() => {
        queries.runs.update(runId, {
          ...(notes === undefined ? {} : { notes }),
          ...(starred === undefined ? {} : { starred: Number(starred) }),
          ...(archived === undefined ? {} : { archivedAtMs: archived ? Date.now() : null }),
        });
        if (tags) retag(row, tags, tagList.parse(JSON.parse(row.tags)));
      })();
      return tell(runId);
    },
    'runs.tags': () => queries.runs.tags(),
    'runs.bulk': ({ runIds, action }) => {
      const ids = newestFirst(runIds);
      if (action.kind === 'stop') return control(ids, 'stop');
      if (action.kind === 'resume') return control(ids.reverse(), 'resume');
      return change(ids, action);
    },
    'runs.undo': ({ undoId }) => {
      const undo = undos.get(undoId);
      if (!undo) {
        throw new AppError(
          'NotFound',
          'This cannot be taken back any more.',
          'Removed runs are kept for a while: restore them from the list of what was removed.',
        );
      }
      undos.delete(undoId);
      return { runIds: undo() };
    },
    'runs.setBaseline': ({ runId }) => {
      if (runId !== null) findRun(context, runId);
      pinBaseline(context, runId);
      return { baselineId: runId };
    },
    'runs.diff': ({ runIds, differencesOnly }) =>
      runDifferences(
        runIds.map((id) => findRun(context, id)),
        differencesOnly,
      ),
    'runs.baseline': () => ({ baselineId: baselineId(context) }),
    'runs.move': ({ runIds, position }) => {
      for (const id of runIds) findRun(context, id);
      queue.move(runIds, position);
      return queries.runs.queued().map((row) => toRun(row, undefined));
    },
  };
}
