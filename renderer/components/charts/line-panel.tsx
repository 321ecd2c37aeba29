import { memo, useCallback, useMemo } from 'react';
import { formatPlural } from '../../lib/format.ts';
import { formatTick, formatWithUnit } from '../../lib/metric-text.ts';
import {
  type Curve,
  curveOf,
  extent,
  heightsOf,
  indexAt,
  type LineData,
  lastValue,
  unionOfX,
} from '../../lib/series.ts';
import { roundAxis } from '../../lib/ticks.ts';
import { ChartFrame } from './chart-frame.tsx';
import classes from './charts.module.css';
import { Legend } from './legend.tsx';
import { type Hit, Plot, type Shape, type XScale } from './plot.tsx';

export interface DrawnLine {
  readonly data: LineData;
  readonly label: string;
  readonly colour: string;
  readonly dash?: string | undefined;
  /** Drawn as recorded, whatever the smoothing: schedules and rare measurements. */
  readonly exact?: boolean;
}

interface Props {
  readonly title: string;
  readonly help?: string;
  readonly lines: readonly DrawnLine[];
  readonly x: XScale;
  readonly unit: string | undefined;
  /** Words for the vertical axis where the unit alone does not say it. */
  readonly yLabel?: string;
  /** Limits that the values have by nature, such as shares. */
  readonly domain?: readonly [number, number];
  readonly smoothing: number;
  readonly height?: number;
  readonly syncId?: string;
}

/** Curves over one x, each with its raw points and range behind it. */
export const LinePanel = memo(function LinePanel(props: Props): React.JSX.Element {
  const { title, help, lines, x, unit, yLabel, domain, smoothing, height = 210, syncId } = props;
  const curves = useMemo(
    () => lines.map((line) => ({ line, curve: curveOf(line.data, line.exact ? 0 : smoothing) })),
    [lines, smoothing],
  );
  const xs = useMemo(() => unionOfX(lines.map(({ data }) => data)), [lines]);
  const hitsAt = useCallback((at: number) => hitsOf(curves, at, unit), [curves, unit]);
  const shapes = useMemo(() => shapesOf(curves, xs.length), [curves, xs]);
  const [low, high] = domain ?? extent(curves.flatMap(({ curve }) => heightsOf(curve))) ?? [0, 1];
  const axis = useMemo(() => roundAxis(low, high), [low, high]);
  const formatY = useCallback((value: number) => formatTick(value, unit), [unit]);
  const keys = lines.map(({ data, label, colour, dash }) => {
    const value = lastValue(data);
    return {
      key: data.key,
      label,
      colour,
      dash,
      ...(value === null ? {} : { value: formatWithUnit(value, unit) }),
    };
  });
  const summary = keys.map(({ label, value }) => `${label}: ${value ?? 'no value yet'}`).join('; ');
  return (
    <ChartFrame
      title={title}
      {...(help ? { help } : {})}
      summary={`${title} over ${x.label}. Newest values: ${summary}.`}
      legend={<Legend keys={keys} />}
    >
      <NotDrawn lines={lines} />
      {xs.length === 0 ? (
        <div className={classes.waiting} style={{ height }}>
          Points show here as soon as the run records them.
        </div>
      ) : (
        <Plot
          title={title}
          height={height}
          xs={xs}
          x={x}
          yLabel={yLabel ?? unit ?? ''}
          yDomain={axis.domain}
          yTicks={axis.ticks}
          formatY={formatY}
          shapes={shapes}
          hitsAt={hitsAt}
          syncId={syncId}
        />
      )}
    </ChartFrame>
  );
});

function NotDrawn({ lines }: { readonly lines: readonly DrawnLine[] }): React.JSX.Element | null {
  const broken = lines.filter(({ data }) => (data.nonFinite ?? 0) > 0);
  if (broken.length === 0) return null;
  const counts = broken.map(({ label, data }) => `${formatPlural(data.nonFinite ?? 0, 'value')} of ${label}`);
  return (
    <p className={classes.broken} role="status">
      Not drawn, because NaN or infinite: {counts.join(', ')}.
    </p>
  );
}

interface DrawnCurve {
  readonly line: DrawnLine;
  readonly curve: Curve;
}

/** A line recorded so seldom that its points must be seen. */
function isRare(curve: Curve, points: number): boolean {
  return points < 3 || curve.x.length * 5 <= points;
}

function shapesOf(curves: readonly DrawnCurve[], points: number): Shape[] {
  const bands = curves.flatMap(({ line: { colour }, curve: { key, x, low, high } }): Shape[] =>
    low && high ? [{ kind: 'band', key: `band ${key}`, x, low, high, colour, opacity: 0.16 }] : [],
  );
  const raws = curves.flatMap(({ line: { colour }, curve: { key, x, raw } }): Shape[] =>
    raw ? [{ kind: 'line', key: `raw ${key}`, x, y: raw, colour, width: 1, opacity: 0.28 }] : [],
  );
  const lines = curves.map(
    ({ line: { colour, dash }, curve }): Shape => ({
      kind: 'line',
      key: curve.key,
      x: curve.x,
      y: curve.shown,
      colour,
      dash,
      width: 1.8,
      dots: isRare(curve, points),
    }),
  );
  return [...bands, ...raws, ...lines];
}

function hitsOf(curves: readonly DrawnCurve[], x: number, unit: string | undefined): Hit[] {
  return curves.flatMap(({ line: { label, colour, dash }, curve }): Hit[] => {
    const index = indexAt(curve, x);
    const y = curve.shown[index] ?? null;
    if (y === null) return [];
    return [
      {
        row: {
          key: curve.key,
          label,
          colour,
          dash,
          value: formatWithUnit(y, unit),
          detail: detailOf(curve, index, unit),
        },
        y,
      },
    ];
  });
}

/** The range a point stands for, else what it was before smoothing. */
function detailOf({ low, high, raw }: Curve, index: number, unit: string | undefined): string | undefined {
  const lowest = low?.[index] ?? null;
  const highest = high?.[index] ?? null;
  if (lowest !== null && highest !== null && lowest < highest) {
    return `${formatWithUnit(lowest, unit)} to ${formatWithUnit(highest, unit)}`;
  }
  const recorded = raw?.[index] ?? null;
  return recorded === null ? undefined : `raw ${formatWithUnit(recorded, unit)}`;
}
