import { memo, useMemo } from 'react';
import {
  CartesianGrid,
  LineChart,
  Tooltip,
  useActiveTooltipLabel,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  type XAxisProps,
  YAxis,
} from 'recharts';
import { formatTick } from '../../lib/metric-text.ts';
import { bandPath, linePath } from '../../lib/path.ts';
import { ticksWithin } from '../../lib/ticks.ts';
import { WhenSeen } from '../common/when-seen.tsx';
import { GRID, MARGIN, xAxis, yAxis } from './axes.tsx';
import { ChartTooltip, type TooltipRow } from './chart-tooltip.tsx';
import classes from './charts.module.css';

type Values = readonly (number | null)[];

/** What is drawn, in order: later shapes lie on top. */
export type Shape =
  | {
      readonly kind: 'line';
      readonly key: string;
      readonly x: readonly number[];
      readonly y: Values;
      readonly colour: string;
      readonly width: number;
      readonly opacity?: number;
      readonly dash?: string | undefined;
      /** Marks every point: for lines of a few. */
      readonly dots?: boolean;
    }
  | {
      readonly kind: 'band';
      readonly key: string;
      readonly x: readonly number[];
      readonly low: Values;
      readonly high: Values;
      readonly colour: string;
      readonly opacity: number;
    };

export interface XScale {
  readonly label: string;
  readonly unit: string | undefined;
}

/** A point of a curve that the tooltip marks. */
export interface Hit {
  readonly row: TooltipRow;
  readonly y: number;
}

interface Props {
  readonly title: string;
  readonly height: number;
  /** Where there are points, ascending; not empty. */
  readonly xs: readonly number[];
  readonly x: XScale;
  readonly yLabel: string;
  readonly yDomain: readonly [number, number];
  readonly yTicks: readonly number[];
  readonly formatY: (value: number) => string;
  readonly shapes: readonly Shape[];
  readonly hitsAt: (x: number) => readonly Hit[];
  /** Charts of one id show their tooltips together. */
  readonly syncId?: string | undefined;
}

/**
 * Axes, grid and tooltip by Recharts, curves drawn on its scales as one path each: its own lines make an object for
 * every point and every redraw, which a page of live charts cannot afford.
 */
export function Plot(props: Props): React.JSX.Element {
  return (
    <WhenSeen height={props.height}>
      <Drawing {...props} />
    </WhenSeen>
  );
}

function Drawing(props: Props): React.JSX.Element {
  const { title, height, xs, x, yLabel, yDomain, yTicks, formatY, shapes, hitsAt, syncId } = props;
  // Recharts works out its axes anew whenever one of their props is another object.
  const data = useMemo(() => xs.map((value) => ({ x: value })), [xs]);
  const horizontal = useMemo(() => xAxisProps(xs, x), [xs, x]);
  const vertical = useMemo(
    () => ({
      ...yAxis(yLabel),
      domain: [...yDomain],
      ticks: [...yTicks],
      tickFormatter: formatY,
    }),
    [yLabel, yDomain, yTicks, formatY],
  );
  return (
    <LineChart
      data={data}
      responsive
      className={classes.plot ?? ''}
      style={{ height }}
      margin={MARGIN}
      title={title}
      {...(syncId ? { syncId, syncMethod: 'value' as const } : {})}
    >
      <CartesianGrid {...GRID} />
      <XAxis {...horizontal} dataKey="x" type="number" niceTicks="none" />
      <YAxis {...vertical} interval={0} allowDataOverflow niceTicks="none" />
      <Shapes shapes={shapes} />
      <Tooltip
        isAnimationActive={false}
        cursor={CURSOR}
        content={({ active, label }) => {
          if (!active || typeof label !== 'number') return null;
          return (
            <ChartTooltip
              head={`${x.label} ${formatTick(label, x.unit)}`}
              rows={hitsAt(label).map(({ row }) => row)}
            />
          );
        }}
      />
      <Marks hitsAt={hitsAt} />
    </LineChart>
  );
}

const CURSOR = { stroke: 'var(--chart-axis)', strokeDasharray: '3 3' } as const;

function xAxisProps(xs: readonly number[], { label, unit }: XScale): XAxisProps {
  const [from = 0, to = 0] = [xs[0], xs.at(-1)];
  return {
    ...xAxis(label),
    domain: [from, to > from ? to : from + 1],
    ticks: ticksWithin(from, to),
    tickFormatter: (value: number) => formatTick(value, unit),
  };
}

const Shapes = memo(function Shapes({
  shapes,
}: {
  readonly shapes: readonly Shape[];
}): React.JSX.Element | null {
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  if (!scaleX || !scaleY) return null;
  const sx = (value: number): number => scaleX(value) ?? Number.NaN;
  const sy = (value: number): number => scaleY(value) ?? Number.NaN;
  return (
    <g className="curves">
      {shapes.map((shape) =>
        shape.kind === 'band' ? (
          <path
            key={shape.key}
            d={bandPath(shape.x, shape.low, shape.high, sx, sy)}
            fill={shape.colour}
            fillOpacity={shape.opacity}
          />
        ) : (
          <g key={shape.key}>
            <path
              d={linePath(shape.x, shape.y, sx, sy)}
              fill="none"
              stroke={shape.colour}
              strokeWidth={shape.width}
              strokeOpacity={shape.opacity ?? 1}
              strokeDasharray={shape.dash}
              strokeLinejoin="round"
            />
            {shape.dots &&
              shape.x.map((value, index) => {
                const y = shape.y[index];
                return typeof y === 'number' ? (
                  <circle key={value} cx={sx(value)} cy={sy(y)} r={2.5} fill={shape.colour} />
                ) : null;
              })}
          </g>
        ),
      )}
    </g>
  );
});

/** The points the tooltip speaks of. */
function Marks({ hitsAt }: { readonly hitsAt: Props['hitsAt'] }): React.JSX.Element | null {
  const label = useActiveTooltipLabel();
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  if (typeof label !== 'number' || !scaleX || !scaleY) return null;
  return (
    <g pointerEvents="none">
      {hitsAt(label).map(({ row, y }) => (
        <circle
          key={row.key}
          cx={scaleX(label)}
          cy={scaleY(y)}
          r={3.5}
          fill={row.colour}
          stroke="var(--surface)"
          strokeWidth={1.5}
        />
      ))}
    </g>
  );
}
