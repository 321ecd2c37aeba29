import { Progress } from '@mantine/core';
import type { Run } from '../../../electron/contract/run.ts';
import { formatRoughDuration } from '../../lib/format.ts';
import { isActive, progressOf } from '../../lib/run-state.ts';
import classes from './run-progress.module.css';

/** How far a run is, in a bar and in words, and how long it will still take. */
export function RunProgress({ run }: { readonly run: Run }): React.JSX.Element {
  const { share, text } = progressOf(run);
  if (run.state === 'finished') {
    return (
      <div className={`ellipsis ${classes.done}`} title={text}>
        {text}
      </div>
    );
  }
  const left =
    isActive(run.state) && run.remainingMs !== null ? `${formatRoughDuration(run.remainingMs)} left` : null;
  return (
    <div>
      <Progress
        value={(share ?? 0) * 100}
        size={5}
        animated={run.state === 'running'}
        aria-label={`Progress of ${run.name}`}
      />
      <div className={classes.words}>
        <span className="ellipsis" title={text}>
          {text}
        </span>
        {left && <span className="nowrap">{left}</span>}
      </div>
    </div>
  );
}
