/** `notifications.list`: runs that ended, for whoever was not looking. */
import type { Notification } from '../contract/monitor.ts';
import type { RunRow } from '../db/runs.ts';
import type { Context, Handlers } from './context.ts';

const LEVEL_OF: Partial<Record<RunRow['state'], Notification['level']>> = {
  finished: 'success',
  stopped: 'warning',
  failed: 'error',
  interrupted: 'error',
};

export function notificationHandlers({ queries }: Pick<Context, 'queries'>): Handlers<'notifications.list'> {
  return {
    'notifications.list': ({ sinceMs, limit }) =>
      queries.runs
        .all()
        .flatMap((row): Notification[] => {
          const level = LEVEL_OF[row.state];
          if (!level || row.endedAtMs === null || row.endedAtMs <= sinceMs) return [];
          return [
            {
              id: `${row.id}-${row.endedAtMs}`.slice(0, 64),
              atMs: row.endedAtMs,
              level,
              title: `“${row.name}” ${row.state === 'interrupted' ? 'was interrupted' : row.state === 'stopped' ? 'was stopped' : row.state}`,
              text: row.reason ?? `Step ${row.step} of ${row.totalSteps ?? row.step}.`,
              runId: row.id,
            },
          ];
        })
        .sort((a, b) => b.atMs - a.atMs)
        .slice(0, limit),
  };
}
