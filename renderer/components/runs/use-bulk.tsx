import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import type { BulkAction } from '../../../electron/contract/run-acts.ts';
import type { Output } from '../../../electron/contract.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';
import { formatPlural } from '../../lib/format.ts';

type Done = Output<'runs.bulk'>;

function doneText(action: BulkAction, count: number): string {
  const runs = formatPlural(count, 'run');
  switch (action.kind) {
    case 'star':
      return `${runs} ${action.starred ? 'starred' : 'unstarred'}.`;
    case 'archive':
      return `${runs} ${action.archived ? 'archived' : 'taken out of the archive'}.`;
    case 'tag':
      return `Tags of ${runs} changed.`;
    case 'remove':
      return `${runs} removed.`;
    case 'stop':
      return `${runs} will stop.`;
    case 'resume':
      return `${runs} queued again.`;
    default:
      return action satisfies never;
  }
}

/** What was done last and can be taken back, on whatever page. */
let lastUndo: { readonly undoId: string; readonly notice: string } | null = null;

/** Does something to many runs at once, says so, and offers to take it back. */
export function useBulk(): {
  /** @param onDone once something was done */
  readonly bulk: (runIds: readonly string[], action: BulkAction, onDone?: () => void) => void;
  /** Takes back what was done last. */
  readonly undoLast: () => void;
  readonly busy: boolean;
} {
  const command = useCommand('runs.bulk');
  const undo = useCommand('runs.undo');
  const { mutate } = command;
  const { mutate: takeBack } = undo;

  const undoLast = useCallback(() => {
    if (!lastUndo) return;
    const { undoId, notice } = lastUndo;
    lastUndo = null;
    notifications.hide(notice);
    takeBack(
      { undoId },
      {
        onSuccess: ({ runIds }) => showDone(`Taken back: ${formatPlural(runIds.length, 'run')}.`),
        onError: showError,
      },
    );
  }, [takeBack]);

  const tell = useCallback(
    (action: BulkAction, { done, refused, undoId }: Done) => {
      for (const { name, error } of refused.slice(0, 2)) {
        notifications.show({ color: 'orange', title: `${name}: ${error.message}`, message: error.wayOut });
      }
      if (done.length === 0) return;
      if (undoId === null) return showDone(doneText(action, done.length));
      const notice = `undo-${undoId}`;
      lastUndo = { undoId, notice };
      notifications.show({
        id: notice,
        color: 'teal',
        autoClose: 12_000,
        title: doneText(action, done.length),
        message: (
          <Button size="compact-xs" variant="default" onClick={undoLast}>
            Undo
          </Button>
        ),
      });
    },
    [undoLast],
  );

  const bulk = useCallback(
    (runIds: readonly string[], action: BulkAction, onDone?: () => void) => {
      if (runIds.length === 0) return;
      mutate(
        { runIds: [...runIds], action },
        {
          onSuccess: (answer) => {
            tell(action, answer);
            if (answer.done.length > 0) onDone?.();
          },
          onError: showError,
        },
      );
    },
    [mutate, tell],
  );
  return { bulk, undoLast, busy: command.isPending || undo.isPending };
}
