import { Button, Tooltip } from '@mantine/core';
import { IconChartDots3 } from '@tabler/icons-react';
import { useNavigate } from 'react-router';
import { useContract } from '../../data/queries.ts';
import { formatPlural } from '../../lib/format.ts';

/** Leads to the comparison of what the selected runs made. */
export function CompareSelected({
  runIds,
}: {
  readonly runIds: readonly string[];
}): React.JSX.Element | null {
  const checkpoints = useContract('checkpoints.list', { finalOnly: true });
  const navigate = useNavigate();
  if (runIds.length === 0) return null;
  const made = checkpoints.data?.filter(({ runId }) => runId !== null && runIds.includes(runId)) ?? [];
  return (
    <Tooltip
      label={
        made.length > 0
          ? 'Compares their final checkpoints'
          : 'None of these runs has made a final checkpoint.'
      }
    >
      <Button
        leftSection={<IconChartDots3 size={16} aria-hidden />}
        {...(made.length === 0 ? { 'data-disabled': true, 'aria-disabled': true } : {})}
        onClick={() => {
          if (made.length > 0) void navigate(`/compare?c=${made.map(({ id }) => id).join(',')}`);
        }}
      >
        Compare {formatPlural(made.length, 'checkpoint')}
      </Button>
    </Tooltip>
  );
}
