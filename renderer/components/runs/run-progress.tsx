import { Group, Progress, Text } from '@mantine/core';
import type { Run } from '../../../electron/contract/runs.ts';
import { formatRoughDuration } from '../../lib/format.ts';
import { isActive, progressOf } from '../../lib/run-state.ts';

/** How far a run is, in a bar and in words, and how long it will still take. */
export function RunProgress({ run }: { readonly run: Run }): React.JSX.Element {
  const { share, text } = progressOf(run);
  const left =
    isActive(run.state) && run.remainingMs !== null ? `${formatRoughDuration(run.remainingMs)} left` : null;
  return (
    <div>
      {run.state !== 'finished' && (
        <Progress
          value={(share ?? 0) * 100}
          size={5}
          animated={run.state === 'running'}
          aria-label={`Progress of ${run.name}`}
        />
      )}
      {/* Where there is no room for both, what is left to do steps out of sight. */}
      <Group justify="space-between" gap={6} mt={4} h={18} style={{ overflow: 'hidden' }}>
        <Text size="xs" c="dimmed" className="ellipsis" title={text}>
          {text}
        </Text>
        {left && (
          <Text size="xs" c="dimmed" className="nowrap">
            {left}
          </Text>
        )}
      </Group>
    </div>
  );
}
