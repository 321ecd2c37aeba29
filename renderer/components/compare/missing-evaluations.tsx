import { Button, Group, Text } from '@mantine/core';
import type { Output } from '../../../electron/contract.ts';
import { showDone, showError } from '../../data/announce.tsx';
import { useCommand, useContract } from '../../data/queries.ts';
import { formatPlural } from '../../lib/format.ts';

interface Props {
  readonly checkpointIds: readonly string[];
  readonly protocolHashes: readonly string[];
}

const MOST_NAMED = 4;
const MOST_PROTOCOLS = 100;

/** What checkpoints were not asked that others were, with a button that asks them just that. */
export function MissingEvaluations({ checkpointIds, protocolHashes }: Props): React.JSX.Element | null {
  const input = {
    checkpointIds: [...checkpointIds],
    protocolHashes: protocolHashes.slice(0, MOST_PROTOCOLS),
  };
  const missing = useContract('compare.missing', input, {
    enabled: checkpointIds.length > 0 && protocolHashes.length > 0,
    keepPrevious: true,
  });
  const run = useCommand('compare.runMissing');
  const { plan, skipped } = missing.data ?? { plan: [], skipped: [] };
  if (plan.length === 0 && skipped.length === 0) return null;
  const start = (): void =>
    run.mutate(input, {
      onSuccess: ({ runs }) => {
        showDone(`${formatPlural(runs.length, 'evaluation')} queued.`);
        void missing.refetch();
      },
      onError: showError,
    });
  return (
    <div>
      {plan.length > 0 && (
        <Group gap="sm" justify="space-between" wrap="nowrap" align="flex-start">
          <Text size="sm">{planText(plan)}</Text>
          <Button size="xs" style={{ flex: 'none' }} loading={run.isPending} onClick={start}>
            Queue {formatPlural(plan.length, 'missing evaluation')}
          </Button>
        </Group>
      )}
      {skippedText(skipped, plan.length === 0).map((text) => (
        <Text key={text} size="sm" c="dimmed">
          {text}
        </Text>
      ))}
    </div>
  );
}

type Missing = Output<'compare.missing'>;

function planText(plan: Missing['plan']): string {
  const titles = new Map<string, string[]>();
  for (const { checkpoint, titles: own } of plan) {
    titles.set(checkpoint.name, [...(titles.get(checkpoint.name) ?? []), ...own]);
  }
  const named = [...titles].slice(0, MOST_NAMED).map(([name, own]) => {
    const more = own.length > 2 ? ` and ${own.length - 2} more` : '';
    return `${name} (${own.slice(0, 2).join('; ')}${more})`;
  });
  const rest = titles.size - named.length;
  return `Not evaluated like the others: ${named.join(', ')}${rest > 0 ? `, and ${formatPlural(rest, 'other')}` : ''}.`;
}

/** Each reason once; that something is queued already is said only where nothing else is left to queue. */
function skippedText(skipped: Missing['skipped'], alone: boolean): string[] {
  const reasons = [...new Set(skipped.map(({ reason }) => reason))];
  return reasons.filter((reason) => alone || !reason.startsWith('This evaluation'));
}
