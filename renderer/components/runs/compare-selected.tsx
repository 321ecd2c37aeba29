import { Button, Tooltip } from '@mantine/core';
import { IconChartDots3 } from '@tabler/icons-react';
import { useCallback } from 'react';
import { useNavigate } from 'react-router';
import type { Output } from '../../../electron/contract.ts';
import { showError, showNote } from '../../data/announce.tsx';
import { askEarly, useContract } from '../../data/queries.ts';
import { formatPlural } from '../../lib/format.ts';

const NONE_MADE = 'None of these runs has made a final checkpoint.';

const FINAL = { finalOnly: true } as const;

/** The checkpoints, among all final ones, that these runs made. */
function madeBy(runIds: readonly string[], final: Output<'checkpoints.list'>): string[] {
  const wanted = new Set(runIds);
  return final.flatMap(({ id, runId }) => (runId !== null && wanted.has(runId) ? [id] : []));
}

/** Leads to the comparison of the runs' final checkpoints. */
export function useComparing(): (runIds: readonly string[]) => void {
  const navigate = useNavigate();
  return useCallback(
    (runIds: readonly string[]) =>
      void askEarly('checkpoints.list', FINAL).then((final) => {
        const made = madeBy(runIds, final);
        if (made.length > 0) void navigate(`/compare?c=${made.join(',')}`);
        else showNote(NONE_MADE);
      }, showError),
    [navigate],
  );
}

/** Leads to the comparison of what the selected runs made. */
export function CompareSelected({ runIds }: { readonly runIds: readonly string[] }): React.JSX.Element {
  const compare = useComparing();
  const made = madeBy(runIds, useContract('checkpoints.list', FINAL).data ?? []);
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
