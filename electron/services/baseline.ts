import { z } from 'zod';
import type { Context } from './context.ts';

/** The run that others are held against; null where none is pinned or it was removed. */
export function baselineId({ queries }: Pick<Context, 'queries'>): string | null {
  const id = queries.settings.get('baselineRun', z.string().nullable(), null);
  return id !== null && queries.runs.byId(id) ? id : null;
}

export function pinBaseline({ queries, emit }: Context, runId: string | null): void {
  queries.settings.set('baselineRun', runId);
  emit({ kind: 'baseline', baselineId: runId });
}
