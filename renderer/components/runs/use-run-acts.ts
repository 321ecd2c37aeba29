import { useCallback } from 'react';
import { showError } from '../../data/announce.tsx';
import { useCommand } from '../../data/queries.ts';
import type { RunAct } from '../../lib/run-state.ts';
import { useBulk } from './use-bulk.tsx';

/** Does to a run what its state allows; a failure says why. */
export function useRunActs(onRemoved?: () => void): {
  readonly act: (act: RunAct, runId: string) => void;
  readonly busy: boolean;
} {
  const pause = useCommand('runs.pause');
  const resume = useCommand('runs.resume');
  const stop = useCommand('runs.stop');
  const { bulk } = useBulk();
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
          bulk([runId], { kind: 'remove' }, onRemoved);
          break;
        default:
          name satisfies never;
      }
    },
    [pause.mutate, resume.mutate, stop.mutate, bulk, onRemoved],
  );
  return { act, busy: pause.isPending || resume.isPending || stop.isPending };
}
