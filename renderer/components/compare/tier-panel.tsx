import { Text } from '@mantine/core';
import type { ComparisonGroup } from '../../../electron/contract/comparisons.ts';
import { seriesColour } from '../../lib/colours.ts';
import { type CompareView, keysOf, nameOf, placeOf } from '../../lib/compare-view.ts';
import { decodingLabel, type TierChoice } from '../../lib/comparison.ts';
import { scoreExtent } from '../../lib/domain.ts';
import { formatCount, formatShare } from '../../lib/format.ts';
import { shareWithInterval } from '../../lib/interval-text.ts';
import { roundAxis } from '../../lib/ticks.ts';
import { type ChartPoint, PointChart } from '../charts/point-chart.tsx';
import { Panel } from '../common/panel.tsx';
import { CheckpointKeys } from './checkpoint-keys.tsx';
import classes from './compare.module.css';

interface Props {
  readonly view: CompareView;
  readonly tiers: readonly TierChoice[];
}

/** Beside each other within a tier. */
const SPREAD = 0.5;

/** Accuracy of every checkpoint in every tier, sampled beside greedy. */
export function TierPanel({ view, tiers }: Props): React.JSX.Element {
  const { family, checkpoints } = view;
  const extent = scoreExtent(
    family.groups.flatMap(({ evaluations }) =>
      evaluations.flatMap(({ accuracy }) => tiers.map((tier) => accuracy[tier])),
    ),
  );
  return (
    <Panel
      title={tiers.length > 1 ? 'Accuracy by tier' : family.title}
      description="Bars are 95% intervals, clustered by document where items share one."
    >
      <CheckpointKeys checkpoints={checkpoints} />
      <div className={classes.charts}>
        {family.groups.map((group) => (
          <TierChart key={group.protocolHash} group={group} view={view} tiers={tiers} extent={extent} />
        ))}
      </div>
      {family.groups.length > 1 && (
        <Text size="xs" c="dimmed" mt="sm">
          A gain that shows at temperature 1 but not greedy is sharpening: the model was already able to.
        </Text>
      )}
    </Panel>
  );
}

interface ChartProps extends Props {
  readonly group: ComparisonGroup;
  readonly extent: readonly [number, number];
}

function TierChart({ group, view: { checkpoints, family }, tiers, extent }: ChartProps): React.JSX.Element {
  const labels = tiers.map((tier) =>
    tier === 'all' ? (tiers.length > 1 ? 'all tiers' : 'all items') : tier,
  );
  const { evaluations } = group;
  const aside = (at: number): number =>
    evaluations.length < 2 ? 0 : (at / (evaluations.length - 1) - 0.5) * SPREAD;
  const points = evaluations.flatMap(({ checkpointId, accuracy }, at) =>
    tiers.flatMap((tier, x): ChartPoint[] => {
      const interval = accuracy[tier];
      if (!interval) return [];
      const { mean, range } = shareWithInterval(interval);
      return [
        {
          key: `${checkpointId} ${tier}`,
          label: `${nameOf(checkpoints, checkpointId)}, ${labels[x]}`,
          index: placeOf(checkpoints, checkpointId),
          x: x + aside(at),
          y: interval.mean,
          yRange: [interval.low, interval.high],
          rows: [
            { key: 'score', label: family.score, value: mean, detail: range },
            { key: 'n', label: 'answers', value: formatCount(interval.n) },
          ],
        },
      ];
    }),
  );
  return (
    <PointChart
      title={decodingLabel(group.protocol)}
      summary={points.map(({ label, y }) => `${label}: ${formatShare(y)}`).join('; ')}
      keys={keysOf(checkpoints)}
      xLabel={tiers.length > 1 ? 'tier by the reference’s entropy' : ''}
      yLabel={family.score}
      xAxis={{ domain: [-0.5, labels.length - 0.5], ticks: labels.map((_, i) => i) }}
      yAxis={roundAxis(...extent)}
      formatX={(value) => labels[value] ?? ''}
      formatY={(value) => formatShare(value, 0)}
      points={points}
      curves={evaluations.map(({ checkpointId, accuracy }, at) => {
        const own = tiers.flatMap((tier, x) => {
          const interval = tier === 'all' ? null : accuracy[tier];
          return interval ? [{ x: x + aside(at), y: interval.mean }] : [];
        });
        return {
          kind: 'line',
          key: checkpointId,
          x: own.map(({ x }) => x),
          y: own.map(({ y }) => y),
          colour: seriesColour(placeOf(checkpoints, checkpointId)),
          opacity: 0.4,
          width: 1.2,
        };
      })}
      nothing="None of the chosen checkpoints was evaluated like this."
    />
  );
}
