import { type CSSProperties, memo, useId, useMemo } from 'react';
import {
  LineChart,
  usePlotArea,
  useXAxisScale,
  useYAxisScale,
  XAxis,
  type XAxisProps,
  YAxis,
} from 'recharts';
import { useOwnTurn } from '../../data/use-turns.ts';
import { formatTick } from '../../lib/metric-text.ts';
import { bandPath, linePath } from '../../lib/path.ts';
import { type Ends, type Placing, placer, placingOf } from '../../lib/placing.ts';
import type { Stretch } from '../../lib/series.ts';
import { type Axis, logTicksWithin, ticksWithin } from '../../lib/ticks.ts';
import { AfterFirst } from '../common/after-first.tsx';
import { Later } from '../common/later.tsx';
import { WhenSeen } from '../common/when-seen.tsx';
import { GRID, MARGIN, xAxis, yAxis } from './axes.tsx';
import classes from './charts.module.css';
import { type Hit, Pointing } from './pointing.tsx';
import { Selection, useZoom } from './zoom.tsx';

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
  readonly log?: boolean;
  /** The stretch shown, or null for all. */
  readonly range?: Stretch | null;
  /** A stretch was chosen by dragging, or all again by a double click. */
  readonly onRange?: (range: Stretch | null) => void;
}

interface Props {
  readonly title: string;
  readonly height: number;
  /** Where there are points, ascending; not empty. */
  readonly xs: readonly number[];
  readonly x: XScale;
  readonly yLabel: string;
  readonly yAxis: Axis;
  readonly yLog?: boolean;
  readonly formatY: (value: number) => string;
  readonly shapes: readonly Shape[];
  readonly hitsAt: (x: number) => readonly Hit[];
  /** Charts of one id follow each other’s pointer. */
  readonly syncId?: string | undefined;
}

/**
 * Axes, grid and tooltip by Recharts, curves drawn on its scales as one path each: its own lines make an object for
 * every point and every redraw, which a page of live charts cannot afford.
 */
export function Plot(props: Props): React.JSX.Element {
  return (
    <WhenSeen height={props.height}>
      {/* The frame around it, its axes and its curves are each a piece of work of their own. */}
      <Later>
        <Drawing {...props} />
      </Later>
    </WhenSeen>
  );
}

function Drawing(props: Props): React.JSX.Element {
  const { title, height, xs, x, yLabel, yAxis: axis, yLog = false, formatY, shapes, hitsAt, syncId } = props;
  const zoom = useZoom(x.onRange);
  // Recharts works out its axes anew whenever one of their props is another object.
  const data = useMemo(() => xs.map((value) => ({ x: value })), [xs]);
  const horizontal = useMemo(() => xAxisProps(xs, x), [xs, x]);
  const vertical = useMemo(
    () => ({
      ...yAxis(yLabel),
      domain: [...axis.domain],
      ticks: [...axis.ticks],
      tickFormatter: formatY,
      ...(yLog ? { scale: 'log' as const } : {}),
    }),
    [yLabel, axis, formatY, yLog],
  );
  return (
    <LineChart
      data={data}
      responsive
      className={classes.plot ?? ''}
      style={{ '--chart-height': `${height}px` } as CSSProperties}
      margin={MARGIN}
      title={title}
      {...zoom.handlers}
    >
      <Later>
        <Grid axis={axis} log={yLog} />
        <XAxis {...horizontal} dataKey="x" type="number" allowDataOverflow niceTicks="none" />
        <YAxis {...vertical} interval={0} allowDataOverflow niceTicks="none" />
        <Shapes
          shapes={shapes}
          domainX={horizontal.domain}
          xLog={x.log ?? false}
          domainY={axis.domain}
          yLog={yLog}
        />
      </Later>
      {/* Nobody points at a curve before it is there. */}
      <AfterFirst>
        <Pointing height={height} label={x.label} unit={x.unit} xs={xs} hitsAt={hitsAt} group={syncId} />
      </AfterFirst>
      <Selection store={zoom.store} />
    </LineChart>
  );
}

function xAxisProps(
  xs: readonly number[],
  { label, unit, log = false, range = null }: XScale,
): XAxisProps & { readonly domain: [number, number] } {
  const [first = 0, last = 0] = [xs[0], xs.at(-1)];
  const { from, to } = range ?? { from: first, to: last };
  const low = log ? Math.max(from, first) : from;
  const high = to > low ? to : low + 1;
  return {
    ...xAxis(label),
    domain: [low, high],
    ticks: log ? logTicksWithin(low, high) : ticksWithin(low, high),
    ...(log ? { scale: 'log' as const } : {}),
    tickFormatter: (value: number) => formatTick(value, unit),
  };
}

const NOTHING: readonly Shape[] = [];

/** A level line at each tick; Recharts' own grid measures every label again. */
const Grid = memo(function Grid({ axis, log }: { readonly axis: Axis; readonly log: boolean }) {
  const scale = useYAxisScale();
  const area = usePlotArea();
  const placing = scale ? placingOf(scale, axis.domain, log) : null;
  if (!placing || !area) return null;
  const sy = placer(placing);
  return (
    <g>
      {axis.ticks.map((tick) => (
        <line
          key={tick}
          x1={area.x}
          x2={area.x + area.width}
          y1={sy(tick)}
          y2={sy(tick)}
          stroke={GRID.stroke}
        />
      ))}
    </g>
  );
});

/** A drawn shape with its outline in pixels. */
interface Outlined {
  readonly shape: Shape;
  readonly d: string;
}

/** Written once for each place and size of the axes: Recharts hands out equal scales several times while it sets up. */
function useOutlines(shapes: readonly Shape[], x: Placing | null, y: Placing | null): readonly Outlined[] {
  const [xOffset, xFactor, xLog] = [x?.offset ?? 0, x?.factor ?? 0, x?.log ?? false];
  const [yOffset, yFactor, yLog] = [y?.offset ?? 0, y?.factor ?? 0, y?.log ?? false];
  return useMemo(() => {
    if (xFactor === 0 || yFactor === 0) return [];
    const sx = placer({ offset: xOffset, factor: xFactor, log: xLog });
    const sy = placer({ offset: yOffset, factor: yFactor, log: yLog });
    return shapes.map((shape) => ({
      shape,
      d:
        shape.kind === 'band'
          ? bandPath(shape.x, shape.low, shape.high, sx, sy)
          : linePath(shape.x, shape.y, sx, sy),
    }));
  }, [shapes, xOffset, xFactor, xLog, yOffset, yFactor, yLog]);
}

interface ShapesProps {
  readonly shapes: readonly Shape[];
  readonly domainX: Ends;
  readonly xLog: boolean;
  readonly domainY: Ends;
  readonly yLog: boolean;
}

const Shapes = memo(function Shapes(props: ShapesProps): React.JSX.Element | null {
  const { shapes, domainX, xLog, domainY, yLog } = props;
  const scaleX = useXAxisScale();
  const scaleY = useYAxisScale();
  const area = usePlotArea();
  const clip = useId();
  const isTurn = useOwnTurn();
  const x = scaleX ? placingOf(scaleX, domainX, xLog) : null;
  const y = scaleY ? placingOf(scaleY, domainY, yLog) : null;
  const outlines = useOutlines(isTurn ? shapes : NOTHING, x, y);
  if (!x || !y || !area) return null;
  return (
    <g className="curves" clipPath={`url(#${clip})`} fill="none" strokeLinejoin="round">
      <clipPath id={clip}>
        <rect x={area.x - 3} y={area.y - 3} width={area.width + 6} height={area.height + 6} />
      </clipPath>
      {/* A page may hold a thousand of them: one element each, and what they share on the group. */}
      {outlines.map(({ shape, d }) =>
        shape.kind === 'band' ? (
          <path key={shape.key} d={d} fill={shape.colour} fillOpacity={shape.opacity} />
        ) : (
          <path
            key={shape.key}
            d={d}
            stroke={shape.colour}
            strokeWidth={shape.width}
            strokeOpacity={shape.opacity}
            strokeDasharray={shape.dash}
          />
        ),
      )}
      {outlines.map(
        ({ shape }) =>
          shape.kind === 'line' &&
          shape.dots && <Dots key={shape.key} line={shape} sx={placer(x)} sy={placer(y)} />,
      )}
    </g>
  );
});

interface DotsProps {
  readonly line: Shape & { readonly kind: 'line' };
  readonly sx: (value: number) => number;
  readonly sy: (value: number) => number;
}

function Dots({ line, sx, sy }: DotsProps): React.ReactNode {
  return line.x.map((value, index) => {
    const at = line.y[index];
    return typeof at === 'number' ? (
      <circle key={value} cx={sx(value)} cy={sy(at)} r={2.5} fill={line.colour} />
    ) : null;
  });
}
