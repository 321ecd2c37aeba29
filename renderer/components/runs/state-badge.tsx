import type { Run } from '../../../electron/contract/run.ts';
import { STATE_TEXT } from '../../lib/run-state.ts';
import { PlainBadge } from '../common/plain-badge.tsx';

/** A run's state; hovering tells what it means, or why the run ended. */
export function StateBadge({ run }: { readonly run: Run }): React.JSX.Element {
  const { label, colour, help } = STATE_TEXT[run.state];
  const place = run.state === 'queued' && run.queuePosition !== null ? ` ${run.queuePosition}` : '';
  return (
    <PlainBadge colour={colour} title={run.reason ?? help}>
      {label}
      {place}
    </PlainBadge>
  );
}
