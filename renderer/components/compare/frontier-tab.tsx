import { Group, Stack, Switch } from '@mantine/core';
import { IconChartDots3 } from '@tabler/icons-react';
import type { ComparisonGroup } from '../../../electron/contract/comparisons.ts';
import type { Output } from '../../../electron/contract.ts';
import { useContract } from '../../data/queries.ts';
import { useUrlChoice } from '../../data/url-state.ts';
import { seriesColour } from '../../lib/colours.ts';
import { type CompareView, keysOf, placeOf, tierQuery } from '../../lib/compare-view.ts';
import { decodingLabel, type FrontierPoint, frontierPoints } from '../../lib/comparison.ts';
import { lengthAxis, scoreAxis } from '../../lib/domain.ts';
import { formatNumber, formatShare } from '../../lib/format.ts';
import { shareWithInterval, valueWithInterval } from '../../lib/interval-text.ts';
import { stairs } from '../../lib/path.ts';
import { type ChartCurve, type ChartPoint, PointChart } from '../charts/point-chart.tsx';
import { Panel } from '../common/panel.tsx';
import { Teaching } from '../common/teaching.tsx';
import { CheckpointKeys } from './checkpoint-keys.tsx';
import classes from './compare.module.css';
import { FrontierTable } from './frontier-table.tsx';

const SHOWN = ['shown', 'hidden'] as const;

type Paths = Output<'compare.paths'>['paths'];
type Frontier = Output<'compare.frontier'>;

/** Mean thinking length against accuracy under each decoding, with the Pareto set and the ways through training. */
export function FrontierTab({ view }: { readonly view: CompareView }): React.JSX.Element {
  const { family, checkpoints, tier } = view;
  const [path, setPath] = useUrlChoice('path', SHOWN);
  if (!family.thinking) {
    return (
      <Panel>
        <Teaching icon={IconChartDots3} title="No thinking, no frontier">
          “{family.title}” is answered without thinking, so there is no length to set against accuracy. Choose
          a measurement with thinking above; the tab Tiers has the accuracy of this one.
        </Teaching>
      </Panel>
    );
  }
  return (
    <Stack gap="md">
      <Panel
        title="Thinking length against accuracy"
        description="Up and to the left is better: right more often, in fewer tokens. Bars are 95% intervals. Rings and the stepped line mark the Pareto set: nothing else is at least as right and at most as long."
        actions={
          <Switch
            size="xs"
            label="Training path"
            style={{ whiteSpace: 'nowrap' }}
            checked={path === 'shown'}
            onChange={(event) => setPath(event.currentTarget.checked ? 'shown' : 'hidden')}
          />
        }
      >
        <Group justify="space-between" gap="sm">
          <CheckpointKeys checkpoints={checkpoints} />
        </Group>
        <div className={classes.charts}>
          {family.groups.map((group) => (
            <FrontierOf key={group.protocolHash} view={view} group={group} withPath={path === 'shown'} />
          ))}
        </div>
      </Panel>
      {family.groups.map((group) => (
        <FrontierTable
          key={group.protocolHash}
          group={group}
          checkpoints={checkpoints}
          tier={tierQuery(tier)}
        />
      ))}
    </Stack>
  );
}

interface FrontierOfProps {
  readonly view: CompareView;
  readonly group: ComparisonGroup;
  readonly withPath: boolean;
}

function FrontierOf({ view, group, withPath }: FrontierOfProps): React.JSX.Element {
  const { checkpoints, family, tier, addressWith } = view;
  const under = { protocolHash: group.protocolHash, tier: tierQuery(tier) };
  const frontier = useContract(
    'compare.frontier',
    { checkpointIds: checkpoints.map(({ id }) => id), ...under },
    { keepPrevious: true },
  );
  const runIds = [...new Set(checkpoints.flatMap(({ runId }) => runId ?? []))];
  const paths = useContract(
    'compare.paths',
    { runIds, ...under },
    { enabled: withPath && runIds.length > 0, keepPrevious: true },
  );
  const points = frontierPoints(group, checkpoints, tier);
  const ways = withPath ? (paths.data?.paths ?? []) : [];
  const all = [...points, ...ways.flatMap((way) => pathPoints(way))];
  const scoreLabel = tier === 'all' ? family.score : `${family.score}, ${tier} tier`;
  const marks: ChartPoint[] = [
    ...ways.flatMap((way) => wayMarks(way, checkpoints, scoreLabel, addressWith)),
    ...points.map((point) => chosenMark(point, frontier.data, scoreLabel)),
  ];
  return (
    <PointChart
      title={decodingLabel(group.protocol)}
      summary={`Mean thinking length against ${scoreLabel}. ${points
        .map(
          ({ label, length, score }) =>
            `${label}: ${formatNumber(length.mean, 3)} tokens, ${formatShare(score.mean)}`,
        )
        .join('; ')}.`}
      keys={keysOf(checkpoints)}
      xLabel="mean thinking length (tokens)"
      yLabel={scoreLabel}
      xAxis={lengthAxis(all)}
      yAxis={scoreAxis(all)}
      formatX={(value) => formatNumber(value, 3)}
      formatY={(value) => formatShare(value, 0)}
      points={marks}
      curves={[...wayCurves(ways, checkpoints), ...paretoCurve(points, frontier.data)]}
      nothing="None of the chosen checkpoints was evaluated like this."
      height={360}
    />
  );
}

function chosenMark(point: FrontierPoint, frontier: Frontier | undefined, scoreLabel: string): ChartPoint {
  const { checkpointId, label, index, length, score } = point;
  const own = frontier?.points.find((one) => one.checkpointId === checkpointId);
  return {
    key: checkpointId,
    label,
    index,
    x: length.mean,
    y: score.mean,
    xRange: [Math.max(0, length.low), length.high],
    yRange: [score.low, score.high],
    look: own?.pareto ? 'ringed' : 'full',
    rows: [
      ...figureRows(point, scoreLabel),
      ...(own
        ? [
            {
              key: 'pareto',
              label: 'in the Pareto set',
              value: `${formatShare(own.paretoShare, 0)} of draws`,
            },
          ]
        : []),
    ],
  };
}

function figureRows({ length, score }: Pick<FrontierPoint, 'length' | 'score'>, scoreLabel: string) {
  const [l, s] = [valueWithInterval(length), shareWithInterval(score)];
  return [
    { key: 'score', label: scoreLabel, value: s.mean, detail: s.range },
    { key: 'length', label: 'thinking length', value: `${l.mean} tokens`, detail: l.range },
    { key: 'n', label: 'answers', value: formatNumber(score.n) },
  ];
}

/** The measured points of a way, in order. */
function pathPoints({ points }: Paths[number]) {
  return points.flatMap(({ accuracy, length, ...rest }) =>
    accuracy && length ? [{ ...rest, score: accuracy, length }] : [],
  );
}

/** The mark of the run's own checkpoint among the chosen, so that a way has its colour. */
function placeOfRun(checkpoints: CompareView['checkpoints'], runId: string): number {
  return Math.max(
    0,
    checkpoints.findLastIndex((checkpoint) => checkpoint.runId === runId),
  );
}

function wayMarks(
  way: Paths[number],
  checkpoints: CompareView['checkpoints'],
  scoreLabel: string,
  addressWith: CompareView['addressWith'],
): ChartPoint[] {
  return pathPoints(way)
    .filter(({ checkpointId }) => placeOf(checkpoints, checkpointId) < 0)
    .map(({ checkpointId, name, step, score, length }) => ({
      key: `${way.runId} ${checkpointId}`,
      label: name,
      index: placeOfRun(checkpoints, way.runId),
      x: length.mean,
      y: score.mean,
      look: 'small',
      rows: [
        { key: 'step', label: 'step', value: formatNumber(step) },
        ...figureRows({ length, score }, scoreLabel),
        { key: 'add', label: 'click', value: 'adds it to the comparison' },
      ],
      to: addressWith(checkpointId),
    }));
}

function wayCurves(ways: Paths, checkpoints: CompareView['checkpoints']): ChartCurve[] {
  return ways.flatMap((way) => {
    const points = pathPoints(way);
    if (points.length < 2) return [];
    return [
      {
        kind: 'line',
        key: `way ${way.runId}`,
        x: points.map(({ length }) => length.mean),
        y: points.map(({ score }) => score.mean),
        colour: seriesColour(placeOfRun(checkpoints, way.runId)),
        dash: '2 4',
        width: 1.5,
        opacity: 0.85,
      },
    ];
  });
}

function paretoCurve(points: readonly FrontierPoint[], frontier: Frontier | undefined): ChartCurve[] {
  const kept = points
    .filter(({ checkpointId }) => frontier?.points.find((one) => one.checkpointId === checkpointId)?.pareto)
    .sort((a, b) => a.length.mean - b.length.mean);
  if (kept.length < 2) return [];
  const { x, y } = stairs(kept.map(({ length, score }) => ({ x: length.mean, y: score.mean })));
  return [{ kind: 'line', key: 'pareto', x, y, colour: 'var(--chart-axis)', dash: '6 4', width: 1.2 }];
}
