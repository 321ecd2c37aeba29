import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useCallback } from 'react';
import type { Input } from '../../electron/contract.ts';
import { showDone, showError } from './announce.tsx';
import { useCommand } from './queries.ts';

type Removed = Input<'trash.restore'>['items'][number] & { readonly name: string };

/** Says that something was removed and offers to take it back; it waits in the trash meanwhile. */
export function useRemoved(): (removed: Removed) => void {
  const { mutate } = useCommand('trash.restore');
  return useCallback(
    ({ what, id, name }: Removed) => {
      const notice = `removed-${id}`;
      const undo = (): void => {
        notifications.hide(notice);
        mutate(
          { items: [{ what, id }] },
          { onError: showError, onSuccess: () => showDone(`“${name}” is back.`) },
        );
      };
      notifications.show({
        id: notice,
        color: 'teal',
        autoClose: 12_000,
        title: `“${name}” was removed.`,
        message: (
          <Button size="compact-xs" variant="default" onClick={undo}>
            Undo
          </Button>
        ),
      });
    },
    [mutate],
  );
}
