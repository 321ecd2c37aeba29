import { Group, Progress, Text } from '@mantine/core';
import type { Run } from '../../../electron/contract/run.ts';
import { formatCompact, formatDuration, formatRoughDuration, formatShare } from '../../lib/format.ts';
import { formatMetric, metricFor } from '../../lib/metric-text.ts';
import { isActive, progressOf } from '../../lib/run-state.ts';
import { Facts } from '../common/facts.tsx';

/** The newest figures a reader looks for first, in this order, as far as the stage records them. */
const HEADLINES = [
  'reward',
  'ntp_loss',
  'loss',
  'thinking/mean_length',
  'match/hard',
  'restore/exact',
  'frac_reward_zero_std',
  'tokens_per_second',
  'memory_rss',
] as const;

/** Progress, time and the newest figures of a run. */
export function RunStatus({ run }: { readonly run: Run }): React.JSX.Element {
  const { share, text } = progressOf(run);
  const newest = HEADLINES.filter((name) => run.latest[name] !== undefined)
    .filter((name) => name !== 'loss' || (run.latest.ntp_loss ?? run.latest.reward) === undefined)
    .slice(0, 5);
  const left = isActive(run.state) && run.remainingMs !== null ? formatRoughDuration(run.remainingMs) : null;
  return (
    <>
      <Group justify="space-between" mb={6} gap="sm">
        <Text size="sm" fw={500}>
          {text}
        </Text>
        <Text size="sm" c="dimmed">
          {share !== null && formatShare(share, 0)}
          {left && ` · ${left} left`}
        </Text>
      </Group>
      <Progress
        value={(share ?? 0) * 100}
        animated={run.state === 'running'}
        aria-label={`Progress of ${run.name}`}
        mb="md"
      />
      <Facts
        facts={[
          // A finished run says it above.
          ...(run.state === 'finished'
            ? []
            : [{ label: 'Time spent', value: formatDuration(run.durationMs) }]),
          ...(run.parameters === null ? [] : [{ label: 'Parameters', value: formatCompact(run.parameters) }]),
          ...(run.engine ? [{ label: 'Engine', value: run.engine.description || run.engine.name }] : []),
          ...newest.map((name) => ({
            label: metricFor(name).label,
            value: formatMetric(name, run.latest[name]),
          })),
        ]}
      />
    </>
  );
}
