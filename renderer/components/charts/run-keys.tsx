import { Group } from '@mantine/core';
import { IconEye, IconEyeOff, IconX } from '@tabler/icons-react';
import { memo } from 'react';
import { Link } from 'react-router';
import type { Run } from '../../../electron/contract/run.ts';
import { useGrowing } from '../../data/use-turns.ts';
import { groupBy } from '../../lib/collections.ts';
import { runStyle } from '../../lib/overlay.ts';
import { AfterFirst } from '../common/after-first.tsx';
import { Panel } from '../common/panel.tsx';
import { Swatch } from './legend.tsx';
import classes from './overlay.module.css';

const SCREENFUL = 15;

interface Acts {
  readonly onHide: (runIds: readonly string[]) => void;
  readonly onRemove: (runId: string) => void;
  readonly onHighlight: (runId: string | null) => void;
}

interface Props extends Acts {
  readonly runs: readonly Run[];
  readonly hidden: readonly string[];
  readonly adding: React.ReactNode;
}

/** Which line is which run. Pointing at a run brings its lines forward in every chart. */
export const RunKeys = memo(function RunKeys({ runs, hidden, adding, ...acts }: Props) {
  const alike = groupBy(runs, (run) => run.name);
  const shown = useGrowing(runs.length, SCREENFUL);
  return (
    <Panel bare className={classes.keys ?? ''}>
      <ul className={classes.list} aria-label="Runs in the charts">
        {runs.slice(0, shown).map((run, place) => (
          <RunKey
            key={run.id}
            run={run}
            place={place}
            alike={(alike.get(run.name)?.length ?? 0) > 1}
            hidden={hidden}
            {...acts}
          />
        ))}
      </ul>
      <div className={classes.add}>
        <AfterFirst fallback={<Group mih={30} />}>{adding}</AfterFirst>
      </div>
    </Panel>
  );
});

interface RunKeyProps extends Acts {
  readonly run: Run;
  readonly place: number;
  /** Whether another has its name. */
  readonly alike: boolean;
  readonly hidden: readonly string[];
}

/** Of plain elements: there may be a hundred, and each must be there at once. */
const RunKey = memo(function RunKey(props: RunKeyProps): React.JSX.Element {
  const { run, place, alike, hidden, onHide, onRemove, onHighlight } = props;
  const isHidden = hidden.includes(run.id);
  const { colour, dash } = runStyle(place);
  return (
    <li
      onMouseEnter={() => onHighlight(run.id)}
      onMouseLeave={() => onHighlight(null)}
      onFocus={() => onHighlight(run.id)}
      onBlur={() => onHighlight(null)}
    >
      <Swatch colour={isHidden ? 'var(--chart-axis)' : colour} dash={dash} />
      <span className={classes.name}>
        <Link
          to={`/runs/${run.id}`}
          className={`${classes.title} ${classes.link}${isHidden ? ` ${classes.away}` : ''}`}
          title={`${run.name}, seed ${run.seed}`}
        >
          {run.name}
        </Link>
        {alike && <span className={`nowrap ${classes.seed}`}>seed {run.seed}</span>}
      </span>
      <button
        type="button"
        className={classes.act}
        aria-pressed={isHidden}
        aria-label={`Hide ${run.name}`}
        onClick={() => onHide(isHidden ? hidden.filter((id) => id !== run.id) : [...hidden, run.id])}
      >
        {isHidden ? <IconEyeOff size={14} /> : <IconEye size={14} />}
      </button>
      <button
        type="button"
        className={classes.act}
        aria-label={`Take ${run.name} out of the charts`}
        onClick={() => onRemove(run.id)}
      >
        <IconX size={14} />
      </button>
    </li>
  );
});
