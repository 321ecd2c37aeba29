/** Looks up what a caller named. @throws AppError NotFound */
import type { CheckpointRow } from '../db/checkpoints.ts';
import type { CorpusRow } from '../db/corpora.ts';
import type { RunRow } from '../db/runs.ts';
import { AppError } from '../errors.ts';
import type { Context } from './context.ts';

function found<T>(row: T | null, what: string, id: string): T {
  if (row) return row;
  throw new AppError(
    'NotFound',
    `There is no ${what} ${id}.`,
    'It may have been removed; the list shows what is there.',
  );
}

export function findRun({ queries }: Pick<Context, 'queries'>, id: string): RunRow {
  return found(queries.runs.byId(id), 'run', id);
}

export function findCorpus({ queries }: Pick<Context, 'queries'>, id: string): CorpusRow {
  return found(queries.corpora.byId(id), 'corpus', id);
}

export function findCheckpoint({ queries }: Pick<Context, 'queries'>, id: string): CheckpointRow {
  return found(queries.checkpoints.byId(id), 'checkpoint', id);
}
