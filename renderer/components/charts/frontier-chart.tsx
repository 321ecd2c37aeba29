import { CartesianGrid, ErrorBar, Scatter, ScatterChart, Tooltip, XAxis, YAxis } from 'recharts';
import { seriesColour } from '../../lib/colours.ts';
import type { FrontierPoint } from '../../lib/comparison.ts';
import { formatNumber, formatShare } from '../../lib/format.ts';
import { shareWithInterval, valueWithInterval } from '../../lib/interval-text.ts';
import type { Axis } from '../../lib/ticks.ts';
import { GRID, MARGIN, xAxis, yAxis } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { ChartTooltip } from './chart-tooltip.tsx';
import classes from './charts.module.css';
import { MarkerShape } from './markers.tsx';

interface Props {
  readonly title: string;
  readonly points: readonly FrontierPoint[];
  /** Words for the vertical axis: "accuracy, hard tier". */
  readonly scoreLabel: string;
  /** Shared by charts that stand side by side. */
  readonly lengthAxis: Axis;
  readonly scoreAxis: Axis;
  readonly height?: number;
}

interface Drawn {
  readonly x: number;
  readonly y: number;
  readonly xError: readonly [number, number];
  readonly yError: readonly [number, number];
  readonly point: FrontierPoint;
}

function drawn(point: FrontierPoint): Drawn {
  const { length, score } = point;
  return {
    x: length.mean,
    y: score.mean,
    xError: [length.mean - length.low, length.high - length.mean],
    yError: [score.mean - score.low, score.high - score.mean],
    point,
  };
}

/** Mean thinking length against accuracy, one mark per checkpoint, with 95% intervals on both axes. */
export function FrontierChart(props: Props): React.JSX.Element {
  const { title, points, scoreLabel, lengthAxis, scoreAxis, height = 340 } = props;
  const summary = points
    .map(
      ({ label, length, score }) =>
        `${label}: ${formatNumber(length.mean, 3)} tokens, ${formatShare(score.mean)}`,
    )
    .join('; ');
  return (
    <ChartFrame title={title} summary={`Mean thinking length against ${scoreLabel}. ${summary}.`}>
      {points.length === 0 ? (
        <div className={classes.waiting} style={{ height }}>
          None of the chosen checkpoints was evaluated like this.
        </div>
      ) : (
        <ScatterChart
          responsive
          className={classes.plot ?? ''}
          style={{ height }}
          margin={MARGIN}
          title={title}
        >
          <CartesianGrid {...GRID} vertical />
          <XAxis
            {...xAxis('mean thinking length (tokens)')}
            type="number"
            dataKey="x"
            domain={[...lengthAxis.domain]}
            ticks={[...lengthAxis.ticks]}
            niceTicks="none"
            tickFormatter={(value: number) => formatNumber(value, 3)}
          />
          <YAxis
            {...yAxis(scoreLabel)}
            type="number"
            dataKey="y"
            domain={[...scoreAxis.domain]}
            ticks={[...scoreAxis.ticks]}
            niceTicks="none"
            tickFormatter={(value: number) => formatShare(value, 0)}
          />
          {points.map((point) => {
            const data = [drawn(point)];
            const error = {
              stroke: seriesColour(point.index),
              strokeWidth: 1.5,
              width: 4,
              isAnimationActive: false,
            };
            return (
              <Scatter
                key={point.checkpointId}
                name={point.label}
                data={data}
                isAnimationActive={false}
                shape={(shape: { cx?: number | undefined; cy?: number | undefined }) => (
                  <MarkerShape index={point.index} cx={shape.cx} cy={shape.cy} />
                )}
              >
                <ErrorBar dataKey="xError" direction="x" {...error} />
                <ErrorBar dataKey="yError" direction="y" {...error} />
              </Scatter>
            );
          })}
          <Tooltip
            isAnimationActive={false}
            cursor={false}
            content={({ active, payload }) => {
              const hit = payload[0]?.payload as Drawn | undefined;
              return active && hit ? <PointTooltip point={hit.point} scoreLabel={scoreLabel} /> : null;
            }}
          />
        </ScatterChart>
      )}
    </ChartFrame>
  );
}

function PointTooltip({
  point,
  scoreLabel,
}: {
  readonly point: FrontierPoint;
  readonly scoreLabel: string;
}): React.JSX.Element {
  const length = valueWithInterval(point.length);
  const score = shareWithInterval(point.score);
  return (
    <ChartTooltip
      head={point.label}
      rows={[
        { key: 'score', label: scoreLabel, value: score.mean, detail: score.range },
        { key: 'length', label: 'thinking length', value: `${length.mean} tokens`, detail: length.range },
        { key: 'n', label: 'items', value: formatNumber(point.score.n) },
      ]}
    />
  );
}
