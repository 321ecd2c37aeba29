import { Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import type { RunEvent } from '../../../electron/contract/runs.ts';
import { formatTime } from '../../lib/format.ts';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';
import classes from './run.module.css';

/** What happened to a run, newest first. */
export function RunEvents({ events }: { readonly events: readonly RunEvent[] }): React.JSX.Element {
  if (events.length === 0) {
    return (
      <Panel>
        <Teaching icon={IconHistory} title="Nothing happened yet">
          Starts, pauses, checkpoints, notices and errors are kept here with their times.
        </Teaching>
      </Panel>
    );
  }
  return (
    <Panel>
      {events.toReversed().map((event) => (
        <div key={`${event.atMs} ${event.kind} ${event.text}`} className={classes.event}>
          <Text size="sm" c="dimmed">
            {formatTime(event.atMs)}
          </Text>
          <Text size="sm" c="dimmed">
            {event.text.toLowerCase() === `${event.kind}.` ? '' : event.kind}
          </Text>
          <span style={{ overflowWrap: 'anywhere' }}>{event.text}</span>
        </div>
      ))}
    </Panel>
  );
}
