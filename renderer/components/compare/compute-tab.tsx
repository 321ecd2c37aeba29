import { Stack, Table, Text } from '@mantine/core';
import { IconTrendingUp } from '@tabler/icons-react';
import type { Checkpoint } from '../../../electron/contract/checkpoints.ts';
import type { Output } from '../../../electron/contract.ts';
import { metricOf } from '../../../trainer/metrics.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice, useUrlText } from '../../data/url-state.ts';
import { seriesColour } from '../../lib/colours.ts';
import { placeOf, signedText } from '../../lib/compare-view.ts';
import { formatCount, formatFlops, formatNumber } from '../../lib/format.ts';
import { signedWithInterval } from '../../lib/interval-text.ts';
import { formatTick, formatWithUnit, isCounted } from '../../lib/metric-text.ts';
import { extent } from '../../lib/series.ts';
import { roundAxis } from '../../lib/ticks.ts';
import { type ChartCurve, type ChartPoint, PointChart } from '../charts/point-chart.tsx';
import { Answered } from '../common/answered.tsx';
import { Panel } from '../common/panel.tsx';
import { Select } from '../common/select.tsx';
import { Teaching } from '../common/teaching.tsx';
import { CheckpointCell } from './checkpoint-cell.tsx';
import classes from './compare.module.css';

const METRICS = ['reward', 'restore/edit', 'restore/exact', 'match/hard', 'thinking/mean_length'] as const;
const WARM_UPS = ['0.05', '0', '0.1', '0.2', '0.4'] as const;

type Scaling = Output<'compare.scaling'>;

interface Props {
  readonly checkpoints: readonly Checkpoint[];
  /** The address of this comparison with one checkpoint more. */
  readonly addressWith: (checkpointId: string) => string;
}

/** In-task reward against the logarithm of compute, with a straight line; checkpoints can be chosen from it. */
export function ComputeTab({ checkpoints, addressWith }: Props): React.JSX.Element {
  const [metric, setMetric] = useUrlText('metric');
  const [warmUp, setWarmUp] = useUrlChoice('warmup', WARM_UPS);
  const runIds = [...new Set(checkpoints.flatMap(({ runId }) => runId ?? []))];
  const shown = metric ?? METRICS[0];
  const answer = useContract(
    'compare.scaling',
    { runIds, metric: shown, warmUpShare: Number(warmUp) },
    { enabled: runIds.length > 0, keepPrevious: true },
  );
  if (runIds.length === 0) {
    return (
      <Panel>
        <Teaching icon={IconTrendingUp} title="No run behind these checkpoints">
          Compute is counted by runs. Choose a checkpoint that a run of this workspace made.
        </Teaching>
      </Panel>
    );
  }
  return (
    <Answered query={answer} what="reward and compute">
      {(runs) => (
        <Panel
          title={`${metricOf(shown)?.label ?? shown} against compute`}
          description="Means over equal stretches of log compute, counted from each run’s own start, with a straight line and its 95% interval. Choose a checkpoint on the line to compare it."
          actions={
            <>
              <Select
                aria-label="Metric"
                size="xs"
                w={190}
                allowDeselect={false}
                value={shown}
                onChange={(next) => setMetric(next === METRICS[0] ? null : next)}
                data={[...new Set([...METRICS, shown])].map((value) => ({
                  value,
                  label: metricOf(value)?.label ?? value,
                }))}
              />
              <Select
                aria-label="Warm-up left out"
                size="xs"
                w={170}
                allowDeselect={false}
                value={warmUp}
                onChange={(next) => setWarmUp((next ?? WARM_UPS[0]) as (typeof WARM_UPS)[number])}
                data={WARM_UPS.toSorted((a, b) => Number(a) - Number(b)).map((value) => ({
                  value,
                  label: value === '0' ? 'Nothing left out' : `First ${Number(value) * 100}% left out`,
                }))}
              />
            </>
          }
        >
          <Stack gap="sm">
            <ScalingChart runs={runs} metric={shown} checkpoints={checkpoints} addressWith={addressWith} />
            <ScalingTable runs={runs} checkpoints={checkpoints} />
          </Stack>
        </Panel>
      )}
    </Answered>
  );
}

/** The mark of a run: of its last chosen checkpoint. */
function indexOfRun(checkpoints: readonly Checkpoint[], runId: string): number {
  return Math.max(
    0,
    checkpoints.findLastIndex((checkpoint) => checkpoint.runId === runId),
  );
}

interface ChartProps extends Props {
  readonly runs: Scaling;
  readonly metric: string;
}

function ScalingChart({ runs, metric, checkpoints, addressWith }: ChartProps): React.JSX.Element {
  const { label = metric, unit } = metricOf(metric) ?? {};
  const drawn = runs.filter(({ points }) => points.length > 0);
  const colourOf = (runId: string): string => seriesColour(indexOfRun(checkpoints, runId));
  const points = drawn.flatMap((run) => [
    ...run.points.map(
      (point): ChartPoint => ({
        key: `${run.runId} ${point.step}`,
        label: `${run.name}, to step ${formatCount(point.step)}`,
        index: indexOfRun(checkpoints, run.runId),
        x: point.log10Flops,
        y: point.value,
        look: 'small',
        rows: [
          { key: 'value', label, value: formatWithUnit(point.value, unit) },
          { key: 'flops', label: 'compute', value: formatFlops(10 ** point.log10Flops) },
          { key: 'n', label: 'steps', value: formatCount(point.n) },
        ],
      }),
    ),
    ...run.checkpoints.map(({ checkpointId, step, log10Flops, value }): ChartPoint => {
      const isChosen = placeOf(checkpoints, checkpointId) >= 0;
      return {
        key: checkpointId,
        label: `${run.name}, checkpoint at step ${formatCount(step)}`,
        index: indexOfRun(checkpoints, run.runId),
        x: log10Flops,
        y: value,
        look: isChosen ? 'ringed' : 'full',
        rows: [
          { key: 'value', label: `${label}, around it`, value: formatWithUnit(value, unit) },
          { key: 'flops', label: 'compute', value: formatFlops(10 ** log10Flops) },
          {
            key: 'click',
            label: isChosen ? 'is compared' : 'click',
            value: isChosen ? '' : 'adds it to the comparison',
          },
        ],
        ...(isChosen ? {} : { to: addressWith(checkpointId) }),
      };
    }),
  ]);
  const curves = drawn.flatMap(({ runId, fit }): ChartCurve[] => {
    if (!fit) return [];
    const { slope, intercept, fromLog10Flops: from, toLog10Flops: to, band } = fit;
    const colour = colourOf(runId);
    return [
      {
        kind: 'band',
        key: `band ${runId}`,
        x: band.map(({ log10Flops }) => log10Flops),
        low: band.map(({ low }) => low),
        high: band.map(({ high }) => high),
        colour,
        opacity: 0.14,
      },
      {
        kind: 'line',
        key: `fit ${runId}`,
        x: [from, to],
        y: [intercept + slope.mean * from, intercept + slope.mean * to],
        colour,
      },
    ];
  });
  const [low, high] = extent(points.map(({ x }) => x)) ?? [0, 1];
  const bands = drawn.flatMap(({ fit }) => fit?.band ?? []);
  const [least, most] = extent([
    ...points.map(({ y }) => y),
    ...bands.flatMap((band) => [band.low, band.high]),
  ]) ?? [0, 1];
  return (
    <PointChart
      title={`${label} against log compute`}
      summary={drawn
        .map(
          ({ name, fit }) =>
            `${name}: ${fit ? `${signedText(fit.slope.mean)} for ten times the compute` : 'no line'}`,
        )
        .join('; ')}
      keys={drawn.map(({ runId, name }) => ({ key: runId, label: name, colour: colourOf(runId) }))}
      xLabel="log₁₀ of the FLOPs since the run began"
      yLabel={label.toLowerCase()}
      xAxis={roundAxis(low, high, 6)}
      yAxis={
        isCounted(unit) ? roundAxis(0, unit === 'share' ? Math.min(1, most) : most) : roundAxis(least, most)
      }
      formatX={(value) => formatNumber(value, 4)}
      formatY={(value) => formatTick(value, unit)}
      points={points}
      curves={curves}
      nothing={runs.map(({ name, note }) => `${name}: ${note ?? ''}`).join(' ') || 'There is no run to draw.'}
      height={360}
    />
  );
}

function ScalingTable({
  runs,
  checkpoints,
}: {
  readonly runs: Scaling;
  readonly checkpoints: readonly Checkpoint[];
}): React.JSX.Element {
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table horizontalSpacing="sm" verticalSpacing={7} className={classes.table ?? ''} aria-label="Lines">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Run</Table.Th>
            <Table.Th className="number">For ten times the compute</Table.Th>
            <Table.Th className="number">R²</Table.Th>
            <Table.Th>Note</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map(({ runId, name, fit, note }) => (
            <Table.Tr key={runId}>
              <Table.Th scope="row" fw={400}>
                <CheckpointCell name={name} index={indexOfRun(checkpoints, runId)} />
              </Table.Th>
              <Table.Td className="number">
                {fit ? (
                  <>
                    <strong>{signedWithInterval(fit.slope).mean}</strong>
                    <span className={classes.range}>{signedWithInterval(fit.slope).range}</span>
                  </>
                ) : (
                  '–'
                )}
              </Table.Td>
              <Table.Td className="number">{fit ? formatNumber(fit.r2, 3) : '–'}</Table.Td>
              <Table.Td>
                <Text span size="sm" c="dimmed">
                  {note ?? ''}
                </Text>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
