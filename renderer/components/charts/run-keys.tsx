import { ActionIcon, Text } from '@mantine/core';
import { IconEye, IconEyeOff, IconX } from '@tabler/icons-react';
import type { Run } from '../../../electron/contract/runs.ts';
import { groupBy } from '../../lib/collections.ts';
import { runStyle } from '../../lib/overlay.ts';
import { PageLink } from '../common/link.tsx';
import { Panel } from '../common/panel.tsx';
import { Swatch } from './legend.tsx';
import classes from './overlay.module.css';

interface Props {
  readonly runs: readonly Run[];
  readonly hidden: readonly string[];
  readonly onHide: (runIds: readonly string[]) => void;
  readonly onRemove: (runId: string) => void;
  readonly onHighlight: (runId: string | null) => void;
  readonly adding: React.ReactNode;
}

/** Which line is which run. Pointing at a run brings its lines forward in every chart. */
export function RunKeys(props: Props): React.JSX.Element {
  const { runs, hidden, onHide, onRemove, onHighlight, adding } = props;
  const alike = groupBy(runs, (run) => run.name);
  return (
    <Panel bare className={classes.keys ?? ''}>
      <ul className={classes.list} aria-label="Runs in the charts">
        {runs.map((run, place) => {
          const isHidden = hidden.includes(run.id);
          const { colour, dash } = runStyle(place);
          return (
            <li
              key={run.id}
              onMouseEnter={() => onHighlight(run.id)}
              onMouseLeave={() => onHighlight(null)}
              onFocus={() => onHighlight(run.id)}
              onBlur={() => onHighlight(null)}
            >
              <Swatch colour={isHidden ? 'var(--chart-axis)' : colour} dash={dash} />
              <span className={classes.name}>
                <PageLink
                  to={`/runs/${run.id}`}
                  size="sm"
                  className={isHidden ? `${classes.title} ${classes.away}` : (classes.title ?? '')}
                  title={`${run.name}, seed ${run.seed}`}
                >
                  {run.name}
                </PageLink>
                {(alike.get(run.name)?.length ?? 0) > 1 && (
                  <Text size="xs" c="dimmed" component="span" className="nowrap">
                    seed {run.seed}
                  </Text>
                )}
              </span>
              <ActionIcon
                size="xs"
                variant="subtle"
                color="gray"
                aria-pressed={isHidden}
                aria-label={`Hide ${run.name}`}
                onClick={() => onHide(isHidden ? hidden.filter((id) => id !== run.id) : [...hidden, run.id])}
              >
                {isHidden ? <IconEyeOff size={14} /> : <IconEye size={14} />}
              </ActionIcon>
              <ActionIcon
                size="xs"
                variant="subtle"
                color="gray"
                aria-label={`Take ${run.name} out of the charts`}
                onClick={() => onRemove(run.id)}
              >
                <IconX size={14} />
              </ActionIcon>
            </li>
          );
        })}
      </ul>
      <div className={classes.add}>{adding}</div>
    </Panel>
  );
}
