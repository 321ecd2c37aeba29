import { Button, Tooltip } from '@mantine/core';
import { IconChartDots3 } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useNavigate } from 'react-router';
import { showNote } from '../../data/announce.tsx';
import { useContract } from '../../data/queries.ts';
import { formatPlural } from '../../lib/format.ts';

const NONE_MADE = 'None of these runs has made a final checkpoint.';

/** The final checkpoints of runs, and the way to their comparison. */
export function useComparing(): {
  readonly madeBy: (runIds: readonly string[]) => readonly string[];
  readonly compare: (runIds: readonly string[]) => void;
} {
  const checkpoints = useContract('checkpoints.list', { finalOnly: true }).data;
  const navigate = useNavigate();
  const madeBy = useCallback(
    (runIds: readonly string[]) => {
      const wanted = new Set(runIds);
      return (checkpoints ?? []).flatMap(({ id, runId }) =>
        runId !== null && wanted.has(runId) ? [id] : [],
      );
    },
    [checkpoints],
  );
  const compare = useCallback(
    (runIds: readonly string[]) => {
      const made = madeBy(runIds);
      if (made.length > 0) void navigate(`/compare?c=${made.join(',')}`);
      else showNote(NONE_MADE);
    },
    [madeBy, navigate],
  );
  return { madeBy, compare };
}

/** Leads to the comparison of what the selected runs made. */
export function CompareSelected({ runIds }: { readonly runIds: readonly string[] }): React.JSX.Element {
  const { madeBy, compare } = useComparing();
  const made = madeBy(runIds);
  return (
    <Tooltip label={made.length > 0 ? 'Compares their final checkpoints' : NONE_MADE}>
      <Button
        size="xs"
        leftSection={<IconChartDots3 size={16} aria-hidden />}
        {...(made.length === 0 ? { 'data-disabled': true, 'aria-disabled': true } : {})}
        onClick={() => made.length > 0 && compare(runIds)}
      >
        Compare {formatPlural(made.length, 'checkpoint')}
      </Button>
    </Tooltip>
  );
}
