import { useCallback } from 'react';
import { showDone, showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';
import type { RunAct } from '../../lib/run-state.ts';

/** Does to a run what its state allows; a failure says why. */
export function useRunActs(onRemoved?: () => void): {
  readonly act: (act: RunAct, runId: string) => void;
  readonly busy: boolean;
} {
  const pause = useCommand('runs.pause');
  const resume = useCommand('runs.resume');
  const stop = useCommand('runs.stop');
  const remove = useCommand('runs.remove');
  const act = useCallback(
    (name: RunAct, runId: string) => {
      const input = { runId };
      switch (name) {
        case 'pause':
          pause.mutate(input, { onError: showError });
          break;
        case 'resume':
          resume.mutate(input, { onError: showError });
          break;
        case 'stop':
          stop.mutate(input, { onError: showError });
          break;
        case 'remove':
          remove.mutate(input, {
            onError: showError,
            onSuccess: () => {
              showDone('The run was removed.');
              onRemoved?.();
            },
          });
          break;
        default:
          name satisfies never;
      }
    },
    [pause.mutate, resume.mutate, stop.mutate, remove.mutate, onRemoved],
  );
  return { act, busy: pause.isPending || resume.isPending || stop.isPending || remove.isPending };
}
