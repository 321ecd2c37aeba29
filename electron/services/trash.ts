/** What was removed stays until it is purged, so that every removal can be taken back. */
import { rm } from 'node:fs/promises';
import { z } from 'zod';
import type { Output } from '../contract.ts';
import { toCheckpoint } from '../db/checkpoints.ts';
import type { Removable, RemovedRow } from '../db/trash.ts';
import type { Context, Handlers } from './context.ts';
import { corpusFolder, runFolder } from './job.ts';
import { toRun } from './run-view.ts';
import { fromWorkspace } from './workspace-paths.ts';

const DAY_MS = 24 * 3600 * 1000;
const DEFAULT_KEEP_DAYS = 30;

const keepDays = ({ queries }: Context): number =>
  queries.settings.get('trashKeepDays', z.number(), DEFAULT_KEEP_DAYS);

/** Hides it from everyone. Whether anything still needs it was checked before. */
export function moveToTrash({ queries, emit }: Context, what: Removable, id: string): void {
  queries.trash.mark(what, id, Date.now());
  emit({ kind: 'removed', what, id });
}

export function restore(context: Context, what: Removable, id: string): void {
  const { queries, emit } = context;
  queries.trash.mark(what, id, null);
  if (what === 'run') {
    const run = queries.runs.byId(id);
    if (run) emit({ kind: 'run', run: toRun(run, undefined) });
  }
  const checkpoints =
    what === 'run'
      ? queries.checkpoints.ofRun(id)
      : [queries.checkpoints.byId(id)].filter((row) => row !== null);
  if (what !== 'corpus') {
    for (const row of checkpoints) emit({ kind: 'checkpoint', checkpoint: toCheckpoint(row) });
    return;
  }
  const corpus = queries.corpora.byId(id);
  if (corpus) emit({ kind: 'corpus', corpus: { ...corpus, progress: null } });
}

/** Ends for good what was removed longer ago than the workspace keeps. */
export async function purgeDue(context: Context, nowMs: number): Promise<void> {
  const before = nowMs - keepDays(context) * DAY_MS;
  const due = context.queries.trash.all().filter((row) => row.removedAtMs < before);
  await purge(context, due);
}

/** Rows first, then files: what a crash leaves between is removed when the workspace is opened. */
async function purge(context: Context, rows: readonly RemovedRow[]): Promise<void> {
  const { queries } = context;
  for (const { what, id } of rows) {
    const files = filesOf(context, what, id);
    context.db.transaction(() => {
      const key = what === 'run' ? queries.trash.runKey(id) : null;
      if (key !== null) {
        for (const series of queries.metrics.seriesOfRun(key)) queries.metrics.removeSeries(series.id);
      }
      if (what === 'run') queries.runs.remove(id);
      else if (what === 'checkpoint') queries.checkpoints.remove(id);
      else queries.corpora.remove(id);
    })();
    if (files !== null) await rm(files, { recursive: true, force: true });
  }
}

function filesOf({ queries, folder }: Context, what: Removable, id: string): string | null {
  if (what === 'run') return runFolder(folder, id);
  if (what === 'corpus') return corpusFolder(folder, id);
  const own = queries.trash.ownFolder(id);
  return own === null ? null : fromWorkspace(folder, own);
}

type TrashCalls = 'trash.list' | 'trash.restore' | 'trash.purge' | 'trash.keepDays' | 'trash.setKeepDays';

export function trashHandlers(context: Context): Handlers<TrashCalls> {
  const { queries } = context;
  const list = (): Output<'trash.list'> =>
    queries.trash.all().map((row) => ({ ...row, purgeAtMs: row.removedAtMs + keepDays(context) * DAY_MS }));
  return {
    'trash.list': list,
    'trash.restore': ({ items }) => {
      for (const { what, id } of items) restore(context, what, id);
      return {};
    },
    'trash.purge': async ({ items }) => {
      const wanted = items && new Set(items.map(({ what, id }) => `${what} ${id}`));
      const rows = queries.trash.all().filter((row) => !wanted || wanted.has(`${row.what} ${row.id}`));
      await purge(context, rows);
      return { purged: rows.length };
    },
    'trash.keepDays': () => ({ keepDays: keepDays(context) }),
    'trash.setKeepDays': ({ keepDays: days }) => {
      queries.settings.set('trashKeepDays', days);
      return { keepDays: days };
    },
  };
}
