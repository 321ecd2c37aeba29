import { Skeleton, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { Estimate } from '../../../electron/contract/runs.ts';
import { useContract } from '../../data/queries.ts';
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatFlops,
  formatRoughDuration,
} from '../../lib/format.ts';
import { newRunOf, type RunDraft } from '../../lib/run-draft.ts';
import { Facts } from '../common/facts.tsx';
import { Panel } from '../common/panel.tsx';
import { Prose } from '../common/prose.tsx';

interface Props {
  readonly draft: RunDraft;
  /** Whether the draft is free of problems; an impossible run has no estimate. */
  readonly possible: boolean;
}

/** What the run will take, before it is started; follows the settings as they change. */
export function EstimatePanel({ draft, possible }: Props): React.JSX.Element {
  const [settled] = useDebouncedValue({ input: newRunOf(draft), possible }, 300);
  const estimate = useContract('runs.estimate', settled.input, {
    enabled: settled.possible,
    keepPrevious: true,
  });
  return (
    <Panel title="Estimate">
      {!possible || estimate.error ? (
        <Text size="sm" c="dimmed">
          {estimate.error && possible ? (
            <Prose text={`${estimate.error.message} ${estimate.error.wayOut}`} />
          ) : (
            'Time, memory and operations show here once nothing is missing and every setting is possible.'
          )}
        </Text>
      ) : estimate.data ? (
        <div aria-live="polite" aria-busy={estimate.isFetching}>
          <Facts
            layout="list"
            facts={[
              { label: 'Time', value: rangeText(estimate.data.durationS) },
              { label: 'Memory', value: formatBytes(estimate.data.memoryBytes) },
              { label: 'Operations', value: formatFlops(estimate.data.flops) },
              { label: 'Parameters', value: formatCompact(estimate.data.parameters) },
              { label: 'Largest model that fits', value: sizeText(estimate.data.largestModel) },
              { label: 'Steps', value: formatCount(estimate.data.steps) },
              { label: 'Tokens per step', value: formatCompact(estimate.data.tokensPerStep) },
            ]}
          />
          <Text size="xs" c="dimmed" mt="xs">
            Time rests on {estimate.data.basis}. {estimate.data.memoryNote}
          </Text>
        </div>
      ) : (
        <Skeleton height={150} />
      )}
    </Panel>
  );
}

function sizeText(model: Estimate['largestModel']): string {
  if (!model) return 'none';
  return `${formatCompact(model.parameters)} (${model.numHiddenLayers} × ${model.hiddenSize})`;
}

function rangeText({ low, high }: { readonly low: number; readonly high: number }): string {
  const from = formatRoughDuration(low * 1000);
  const to = formatRoughDuration(high * 1000);
  return from === to ? from : `${from} to ${to}`;
}
