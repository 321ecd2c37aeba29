import { Badge } from '@mantine/core';
import type { Run } from '../../../electron/contract/runs.ts';
import { STATE_TEXT } from '../../lib/run-state.ts';

/** A run's state; hovering tells what it means, or why the run ended. */
export function StateBadge({ run }: { readonly run: Run }): React.JSX.Element {
  const { label, colour, help } = STATE_TEXT[run.state];
  const place = run.state === 'queued' && run.queuePosition !== null ? ` ${run.queuePosition}` : '';
  return (
    <Badge color={colour} title={run.reason ?? help}>
      {label}
      {place}
    </Badge>
  );
}
