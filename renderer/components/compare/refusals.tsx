import { Text } from '@mantine/core';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import { nameOf } from '../../lib/compare-view.ts';
import classes from './compare.module.css';

interface Props {
  readonly refused: readonly { readonly checkpointId: string; readonly reason: string }[];
  readonly checkpoints: readonly Checkpoint[];
}

/** Which checkpoints have no part in a figure, and why: numbers made otherwise are not held against these. */
export function Refusals({ refused, checkpoints }: Props): React.JSX.Element | null {
  if (refused.length === 0) return null;
  return (
    <ul className={classes.refusals} aria-label="Left out">
      {refused.map(({ checkpointId, reason }) => (
        <li key={checkpointId}>
          <Text span size="sm" fw={560}>
            {nameOf(checkpoints, checkpointId)}
          </Text>{' '}
          <Text span size="sm" c="dimmed">
            is left out. {reason}
          </Text>
        </li>
      ))}
    </ul>
  );
}
