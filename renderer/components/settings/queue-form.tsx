import { useQueryClient } from '@tanstack/react-query';
import type { AppInfo } from '../../../electron/contract/app.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { queryKey, useCommand } from '../../data/queries.ts';
import { NumberForm } from './number-form.tsx';

/** How many runs may wait: what a sweep may queue at a time. */
export function QueueForm({ info }: { readonly info: AppInfo }): React.JSX.Element {
  const client = useQueryClient();
  const setQueueLimit = useCommand('app.setQueueLimit');
  return (
    <NumberForm
      label="Runs that may wait"
      description="Larger sweeps are refused."
      value={info.queueLimit}
      min={1}
      max={10_000}
      saving={setQueueLimit.isPending}
      onSave={(queueLimit) =>
        setQueueLimit.mutate(
          { queueLimit },
          {
            onError: showError,
            onSuccess: (next) => {
              client.setQueryData(queryKey('app.info', {}), next);
              showDone('The queue has this many places now.');
            },
          },
        )
      }
    />
  );
}
