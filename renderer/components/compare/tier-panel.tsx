import { Text } from '@mantine/core';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { Interval } from '../../../electron/contract/shapes.ts';
import {
  type ComparisonFamily,
  comparisonRows,
  decodingLabel,
  type TierChoice,
} from '../../lib/comparison.ts';
import { roundDomain } from '../../lib/domain.ts';
import { extent } from '../../lib/series.ts';
import { IntervalPlot, type IntervalRow } from '../charts/interval-plot.tsx';
import { Panel } from '../common/panel.tsx';
import classes from './compare.module.css';

interface Props {
  readonly family: ComparisonFamily;
  readonly checkpoints: readonly Checkpoint[];
  readonly tiers: readonly TierChoice[];
}

/** Accuracy of every checkpoint in every tier, sampled beside greedy. */
export function TierPanel({ family, checkpoints, tiers }: Props): React.JSX.Element {
  const rows = comparisonRows(family, checkpoints);
  const labels = family.groups.map((group) => decodingLabel(group.protocol));
  const plots = tiers.map((tier) => ({
    tier,
    rows: rows.flatMap(({ checkpoint, index, evaluations }): IntervalRow[] => {
      const marks = evaluations.flatMap((evaluation, at) => {
        const interval: Interval | null = evaluation?.accuracy[tier] ?? null;
        return interval ? [{ interval, label: labels[at] ?? '', hollow: at > 0 }] : [];
      });
      return marks.length > 0 ? [{ key: checkpoint.id, label: checkpoint.name, index, marks }] : [];
    }),
  }));
  const [low, high] = extent(
    plots.flatMap((plot) =>
      plot.rows.flatMap((row) => row.marks.flatMap(({ interval }) => [interval.low, interval.high])),
    ),
  ) ?? [0, 1];
  return (
    <Panel
      title={tiers.length > 1 ? 'Accuracy by tier' : `Mean ${family.score}`}
      description={
        labels.length > 1 ? (
          <>
            Filled marks: {labels[0]?.toLowerCase()}. Hollow marks: {labels.slice(1).join(', ').toLowerCase()}
            . Lines are 95% intervals.
          </>
        ) : (
          <>Lines are 95% intervals. Decoding: {labels[0]?.toLowerCase()}.</>
        )
      }
    >
      <div className={classes.tiers}>
        {plots.map(({ tier, rows: own }) => (
          <IntervalPlot
            key={tier}
            title={
              tier === 'all'
                ? tiers.length > 1
                  ? 'All tiers'
                  : 'All items'
                : `${tier[0]?.toUpperCase()}${tier.slice(1)}`
            }
            rows={own}
            domain={roundDomain(low - 0.01, high + 0.01, 0.1, 0, 1)}
            xLabel={family.score}
          />
        ))}
      </div>
      {labels.length > 1 && (
        <Text size="xs" c="dimmed" mt="sm">
          A gain that shows at temperature 1 but not greedy is sharpening: the model was already able to.
        </Text>
      )}
    </Panel>
  );
}
