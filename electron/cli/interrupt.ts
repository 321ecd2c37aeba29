import type { Connection } from './connect.ts';
import type { Progress } from './progress.ts';

/** Set by a shell for what a signal ended: 128 + SIGINT. */
const INTERRUPTED = 130;

/** The first Ctrl-C asks to stop; a second one ends the trainer at once. @param stop a failure of it is of no account */
export function onInterrupt(
  connection: Connection,
  progress: Progress,
  stop: () => Promise<void>,
): { end: () => void } {
  let count = 0;
  const handle = (): void => {
    count++;
    if (count > 1) {
      if (connection.kind === 'own') connection.application.killTrainer('Ended by the user.');
      else process.exit(INTERRUPTED);
      return;
    }
    process.exitCode = INTERRUPTED;
    progress.note('Stopping at the next step. Ctrl-C again ends at once.');
    stop().catch(() => {
      // What is over by now needs no stopping.
    });
  };
  process.on('SIGINT', handle);
  return { end: () => process.off('SIGINT', handle) };
}
