import { Menu } from '@mantine/core';
import { IconDatabase } from '@tabler/icons-react';
import { createContext, useContext } from 'react';
import { useNavigate } from 'react-router';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import { useContract } from '../../data/queries.ts';
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
  const navigate = useNavigate();
  const own = runIds.flatMap((runId) => ofRun(checkpoints.data ?? [], runId)).slice(0, MOST);
  if (own.length === 0) return null;
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
            {checkpoint.name}
            {checkpoint.final && `, step ${formatCount(checkpoint.step)}`}
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
