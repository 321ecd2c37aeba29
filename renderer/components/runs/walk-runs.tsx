import type { Run } from '../../../electron/contract/run.ts';
import { PageLink } from '../common/link.tsx';
import { RunProgress } from './run-progress.tsx';
import { StateBadge } from './state-badge.tsx';
import classes from './walk-runs.module.css';

/** The runs of a walk in its order, each with how far it is. */
export function WalkRuns({ runs }: { readonly runs: readonly Run[] }): React.JSX.Element {
  return (
    <ul className={classes.runs} aria-label="Runs of the walk">
      {runs.map((run) => (
        <li key={run.id}>
          <PageLink to={`/runs/${run.id}`} size="sm" fw={540} className="ellipsis" title={run.name}>
            {run.name}
          </PageLink>
          <StateBadge run={run} />
          <RunProgress run={run} />
        </li>
      ))}
    </ul>
  );
}
