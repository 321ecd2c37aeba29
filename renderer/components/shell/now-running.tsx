import { Progress, Text } from '@mantine/core';
import { Link } from 'react-router';
import { useContract } from '../../data/queries.ts';
import { formatPlural, formatRoughDuration, formatShare } from '../../lib/format.ts';
import { isActive, progressOf } from '../../lib/run-state.ts';
import classes from './shell.module.css';

/** The run at work and the queue behind it, on every page. */
export function NowRunning(): React.JSX.Element | null {
  const { data: runs } = useContract('runs.list', {});
  const current = runs?.find((run) => isActive(run.state));
  const queued = runs?.filter((run) => run.state === 'queued').length ?? 0;
  if (!current) {
    if (queued === 0) return null;
    return (
      <Link to="/runs?state=queued" className={classes.now}>
        {formatPlural(queued, 'run')} waiting
      </Link>
    );
  }
  const { share, text } = progressOf(current);
  return (
    <Link to={`/runs/${current.id}`} className={classes.now}>
      <Text size="xs" fw={600} className="ellipsis" title={current.name}>
        {current.name}
      </Text>
      <Progress value={(share ?? 0) * 100} size="sm" my={6} aria-label={`Progress of ${current.name}`} />
      <Text size="xs" c="dimmed" className="ellipsis">
        {current.state === 'paused' ? 'Paused' : share === null ? text : formatShare(share, 0)}
        {current.remainingMs !== null &&
          current.state === 'running' &&
          ` · ${formatRoughDuration(current.remainingMs)} left`}
      </Text>
      {queued > 0 && (
        <Text size="xs" c="dimmed">
          {formatPlural(queued, 'run')} waiting
        </Text>
      )}
    </Link>
  );
}
