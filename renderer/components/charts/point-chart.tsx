import { useEffect, useId, useMemo, useRef, useState } from 'react';
import { Link } from 'react-router';
import {
  CartesianGrid,
  LineChart,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  type XAxisProps,
  YAxis,
  type YAxisProps,
} from 'recharts';
import { seriesColour } from '../../lib/colours.ts';
import { csvOf } from '../../lib/csv.ts';
import { bandPath, linePath } from '../../lib/path.ts';
import type { Axis } from '../../lib/ticks.ts';
import { GRID, MARGIN, xAxis, yAxis } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { ChartTooltip, type TooltipRow } from './chart-tooltip.tsx';
import classes from './charts.module.css';
import type { Key } from './legend.tsx';
import { MarkerShape } from './markers.tsx';

/** A measurement with its intervals. */
export interface ChartPoint {
  readonly key: string;
  /** Whose it is, for the tooltip's head and for those who cannot see it. */
  readonly label: string;
  /** Gives colour and shape, as in every chart of the comparison. */
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly xRange?: readonly [number, number];
  readonly yRange?: readonly [number, number];
  readonly rows: readonly TooltipRow[];
  readonly look?: 'full' | 'small' | 'ringed';
  /** Where a click leads. */
  readonly to?: string;
}

/** A line or a band without measurements of its own. */
export type ChartCurve =
  | {
      readonly kind: 'line';
      readonly key: string;
      readonly x: readonly number[];
      readonly y: readonly number[];
      readonly colour: string;
      readonly dash?: string;
      readonly width?: number;
      readonly opacity?: number;
    }
  | {
      readonly kind: 'band';
      readonly key: string;
      readonly x: readonly number[];
      readonly low: readonly number[];
      readonly high: readonly number[];
      readonly colour: string;
      readonly opacity: number;
    };

interface Props {
  readonly title: string;
  readonly help?: React.ReactNode;
  readonly summary: string;
  readonly keys: readonly Key[];
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xAxis: Axis;
  readonly yAxis: Axis;
  readonly formatX: (value: number) => string;
  readonly formatY: (value: number) => string;
  readonly points: readonly ChartPoint[];
  /** Drawn below the points, in order. */
  readonly curves?: readonly ChartCurve[];
  /** Said where there is no point. */
  readonly nothing?: string;
  readonly height?: number;
}

/** Measurements with intervals on either axis, on Recharts' axes. */
export function PointChart(props: Props): React.JSX.Element {
  const { title, help, summary, points, nothing = 'There is nothing to draw.', height = 320 } = props;
  const [pointed, setPointed] = useState<Pointed | null>(null);
  return (
    <ChartFrame
      title={title}
      help={help}
      summary={summary}
      keys={props.keys}
      csv={async () => pointsCsv(props)}
    >
      {points.length === 0 ? (
        <div className={classes.waiting} style={{ height }}>
          {nothing}
        </div>
      ) : (
        <div className={classes.pointed}>
          <Drawing {...props} height={height} onPoint={setPointed} />
          {pointed && <PointTooltip pointed={pointed} />}
        </div>
      )}
    </ChartFrame>
  );
}

/** One row a point, with its intervals where it has them. */
function pointsCsv({ points, xLabel, yLabel }: Props): string {
  const head = ['point', xLabel, 'x_low', 'x_high', yLabel, 'y_low', 'y_high'];
  const rows = points.map(({ label, x, y, xRange, yRange }) => [
    label,
    x,
    xRange?.[0] ?? null,
    xRange?.[1] ?? null,
    y,
    yRange?.[0] ?? null,
    yRange?.[1] ?? null,
  ]);
  return csvOf([head, ...rows]);
}

interface Pointed {
  readonly point: ChartPoint;
  /** Pixels within the drawing. */
  readonly left: number;
  readonly top: number;
  /** Whether there is more room to the left. */
  readonly before: boolean;
}

function PointTooltip({ pointed: { point, left, top, before } }: { readonly pointed: Pointed }) {
  return (
    <div
      className={classes.pointTooltip}
      style={{ left, top, transform: `translate(${before ? 'calc(-100% - 12px)' : '12px'}, -50%)` }}
    >
      <ChartTooltip head={point.label} rows={point.rows} />
    </div>
  );
}

type DrawingProps = Props & {
  readonly height: number;
  readonly onPoint: (pointed: Pointed | null) => void;
};

/** Where a point was drawn, in pixels of the drawing. */
interface Placed {
  readonly point: ChartPoint;
  readonly left: number;
  readonly top: number;
}

/** A point within this many pixels of the pointer is meant. */
const REACH = 16;

function nearest(placed: readonly Placed[], x: number, y: number): Placed | null {
  let best: Placed | null = null;
  let distance = REACH;
  for (const one of placed) {
    const away = Math.hypot(one.left - x, one.top - y);
    if (away > distance) continue;
    best = one;
    distance = away;
  }
  return best;
}

function Drawing(props: DrawingProps): React.JSX.Element {
  const { title, height, xLabel, yLabel, xAxis: along, yAxis: up, formatX, formatY, onPoint } = props;
  const placed = useRef<readonly Placed[]>([]);
  const point = (event: React.MouseEvent): void => {
    const { left, top, width } = event.currentTarget.getBoundingClientRect();
    const hit = nearest(placed.current, event.clientX - left, event.clientY - top);
    onPoint(hit && { ...hit, before: hit.left > width / 2 });
  };
  const [from, to] = along.domain;
  const data = useMemo(() => [{ x: from }, { x: to }], [from, to]);
  const horizontal: XAxisProps = {
    ...xAxis(xLabel),
    domain: [from, to],
    ticks: [...along.ticks],
    tickFormatter: formatX,
  };
  const vertical: YAxisProps = {
    ...yAxis(yLabel),
    domain: [...up.domain],
    ticks: [...up.ticks],
    tickFormatter: formatY,
  };
  return (
    <LineChart
      data={data}
      responsive
      className={classes.plot ?? ''}
      style={{ '--chart-height': `${height}px` } as React.CSSProperties}
      margin={MARGIN}
      title={title}
      onMouseMove={(_, event) => point(event as React.MouseEvent)}
      onMouseLeave={() => onPoint(null)}
    >
      <CartesianGrid {...GRID} vertical />
      <XAxis {...horizontal} type="number" dataKey="x" interval={0} allowDataOverflow niceTicks="none" />
      <YAxis {...vertical} type="number" interval={0} allowDataOverflow niceTicks="none" />
      <Marks {...props} placed={placed} />
    </LineChart>
  );
}

const CAP = 4;

interface MarksProps extends DrawingProps {
  readonly placed: React.RefObject<readonly Placed[]>;
}

function Marks({ points, curves = [], onPoint, placed }: MarksProps): React.JSX.Element | null {
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  const area = usePlotArea();
  const clip = useId();
  const sx = (value: number): number => scaleX?.(value) ?? Number.NaN;
  const sy = (value: number): number => scaleY?.(value) ?? Number.NaN;
  useEffect(() => {
    placed.current = points.map((point) => ({ point, left: sx(point.x), top: sy(point.y) }));
  });
  if (!scaleX || !scaleY) return null;
  return (
    <g>
      {/* A fitted line may leave the axes. */}
      <clipPath id={clip}>
        <rect {...area} />
      </clipPath>
      <g clipPath={`url(#${clip})`}>
        {curves.map((curve) =>
          curve.kind === 'band' ? (
            <path
              key={curve.key}
              d={bandPath(curve.x, curve.low, curve.high, sx, sy)}
              fill={curve.colour}
              fillOpacity={curve.opacity}
            />
          ) : (
            <path
              key={curve.key}
              d={linePath(curve.x, curve.y, sx, sy)}
              fill="none"
              stroke={curve.colour}
              strokeWidth={curve.width ?? 1.8}
              strokeOpacity={curve.opacity ?? 1}
              strokeDasharray={curve.dash}
              strokeLinejoin="round"
            />
          ),
        )}
      </g>
      {points.map((point) => (
        <Mark key={point.key} point={point} sx={sx} sy={sy} onPoint={onPoint} />
      ))}
    </g>
  );
}

interface MarkProps {
  readonly point: ChartPoint;
  readonly sx: (value: number) => number;
  readonly sy: (value: number) => number;
  readonly onPoint: (pointed: Pointed | null) => void;
}

/** The summary says to those who cannot see the drawing what its marks say; those that lead somewhere are links. */
function Mark({ point, sx, sy, onPoint }: MarkProps): React.JSX.Element {
  const { label, to } = point;
  const shape = <MarkShape point={point} sx={sx} sy={sy} />;
  if (to === undefined) return <g data-point={label}>{shape}</g>;
  return (
    <Link
      className={classes.mark ?? ''}
      to={to}
      preventScrollReset
      aria-label={`${label}: ${point.rows.map((row) => `${row.label} ${row.value}`).join(', ')}`}
      data-point={label}
      onFocus={() => onPoint({ point, left: sx(point.x), top: sy(point.y), before: false })}
      onBlur={() => onPoint(null)}
    >
      {shape}
    </Link>
  );
}

function MarkShape({ point, sx, sy }: Omit<MarkProps, 'onPoint'>): React.JSX.Element {
  const { index, look = 'full' } = point;
  const [x, y] = [sx(point.x), sy(point.y)];
  return (
    <>
      <path
        d={[
          point.xRange ? bar(sx(point.xRange[0]), y, sx(point.xRange[1]), y) : '',
          point.yRange ? bar(x, sy(point.yRange[0]), x, sy(point.yRange[1])) : '',
        ].join('')}
        stroke={seriesColour(index)}
        strokeWidth={1.5}
        fill="none"
      />
      {look === 'ringed' && (
        <circle cx={x} cy={y} r={11} fill="none" stroke="var(--chart-axis)" strokeWidth={1.5} />
      )}
      {/* Wide enough to point at. */}
      <circle cx={x} cy={y} r={12} fill="transparent" />
      <MarkerShape index={index} cx={x} cy={y} size={look === 'small' ? 3.5 : 6} hollow={look === 'small'} />
    </>
  );
}

/** A straight bar with a cap at either end. */
function bar(x1: number, y1: number, x2: number, y2: number): string {
  const cap = (x: number, y: number): string =>
    y1 === y2 ? `M${x} ${y - CAP}v${2 * CAP}` : `M${x - CAP} ${y}h${2 * CAP}`;
  return `M${x1} ${y1}L${x2} ${y2}${cap(x1, y1)}${cap(x2, y2)}`;
}
