import { Menu } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { createContext, useContext } from 'react';
import { useNavigate } from 'react-router';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { Run } from '../../../electron/contract/run.ts';
import { useContract } from '../../data/queries.ts';
import { groupBy } from '../../lib/collections.ts';
import { formatCount } from '../../lib/format.ts';
import classes from './charts.module.css';

/** The runs whose curves the charts around here show; none where points are no run's. */
export const ChartedRuns = createContext<readonly string[]>([]);

/** As many as a comparison takes. */
const MOST = 64;

/** Checkpoints of the runs in the chart, each a way to the comparison. */
export function CheckpointItems(): React.JSX.Element | null {
  const runIds = useContext(ChartedRuns);
  const checkpoints = useContract('checkpoints.list', {}, { enabled: runIds.length > 0 });
  const runs = useContract('runs.list', {}, { enabled: runIds.length > 1 });
  const navigate = useNavigate();
  const own = runIds.flatMap((runId) => ofRun(checkpoints.data ?? [], runId)).slice(0, MOST);
  if (own.length === 0) return null;
  const label = labelsOf(own, runs.data ?? []);
  const compare = (chosen: readonly Checkpoint[]): void => {
    void navigate(`/compare?c=${chosen.map(({ id }) => id).join(',')}`);
  };
  return (
    <Menu.Sub position="left-start">
      <Menu.Sub.Target>
        <Menu.Sub.Item leftSection={<IconDatabase size={15} />}>Compare checkpoints</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown className={classes.checkpoints ?? ''}>
        {own.length > 1 && (
          <Menu.Item onClick={() => compare(own)}>All {formatCount(own.length)} of them</Menu.Item>
        )}
        {own.map((checkpoint) => (
          <Menu.Item key={checkpoint.id} onClick={() => compare([checkpoint])}>
            {label(checkpoint)}
          </Menu.Item>
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  );
}

/** The last one first. */
function ofRun(checkpoints: readonly Checkpoint[], runId: string): Checkpoint[] {
  return checkpoints.filter((one) => one.runId === runId).sort((a, b) => b.step - a.step);
}

/** Each by its name and step; where several runs share a name, by their seed as well. */
function labelsOf(
  checkpoints: readonly Checkpoint[],
  runs: readonly Run[],
): (checkpoint: Checkpoint) => string {
  const seeds = new Map(runs.map(({ id, seed }) => [id, seed]));
  const name = ({ name, final, step }: Checkpoint): string =>
    final ? `${name}, step ${formatCount(step)}` : name;
  const alike = groupBy(checkpoints, name);
  return (checkpoint) => {
    const own = name(checkpoint);
    const seed = seeds.get(checkpoint.runId ?? '');
    return seed === undefined || alike.get(own)?.length === 1 ? own : `${own}, seed ${seed}`;
  };
}
