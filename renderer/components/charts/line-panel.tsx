import { memo, useCallback, useMemo } from 'react';
import { formatPlural } from '../../lib/format.ts';
import { formatTick, formatWithUnit } from '../../lib/metric-text.ts';
import { MOST_WITH_RANGE } from '../../lib/overlay.ts';
import {
  type Curve,
  curveOf,
  extent,
  indexNear,
  type LineData,
  lastValue,
  positivePart,
  reachOf,
  thinned,
  unionOfX,
} from '../../lib/series.ts';
import { logAxis, roundAxis } from '../../lib/ticks.ts';
import { ChartFrame } from './chart-frame.tsx';
import classes from './charts.module.css';
import { Legend } from './legend.tsx';
import { Plot, type Shape, type XScale } from './plot.tsx';
import type { Hit } from './pointing.tsx';

export interface DrawnLine {
  readonly data: LineData;
  readonly label: string;
  readonly colour: string;
  readonly dash?: string | undefined;
  /** Drawn as recorded, whatever the smoothing: schedules and rare measurements. */
  readonly exact?: boolean;
  /** What its range stands for, where it is not the points behind each drawn one. */
  readonly rangeLabel?: string;
  /** Said of a point in the tooltip. */
  readonly note?: (x: number, y: number) => string | undefined;
  /** Steps back behind the others. */
  readonly faint?: boolean;
}

/** Places where the pointer can stand: about one a pixel. */
export const MOST_XS = 1000;

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
  readonly yLog?: boolean;
  /** Where a list beside the charts says what each line is. */
  readonly withoutLegend?: boolean;
  readonly csv?: () => Promise<string>;
  /** Drawn behind the curves, and what it is. */
  readonly behind?: readonly Shape[];
  readonly behindLabel?: string;
  readonly actions?: React.ReactNode;
}

/** Curves over one x, each with its raw points and range behind it. */
export const LinePanel = memo(function LinePanel(props: Props): React.JSX.Element {
  const { title, help, lines: all, x, unit, yLabel, domain, smoothing, height = 210, syncId } = props;
  const { yLog = false, withoutLegend = false, csv, behind = NOTHING, behindLabel, actions } = props;
  const xLog = x.log ?? false;
  const lines = useMemo(
    () =>
      all.map((drawn) => {
        const { line: data, left } = positivePart(drawn.data, { x: xLog, y: yLog });
        return { ...drawn, data, left };
      }),
    [all, xLog, yLog],
  );
  const curves = useMemo(
    () =>
      lines.map((line) => ({
        line,
        curve: curveOf(line.data, line.exact ? 0 : smoothing, line.rangeLabel !== undefined),
      })),
    [lines, smoothing],
  );
  const xs = useMemo(() => thinned(unionOfX(lines.map(({ data }) => data)), MOST_XS), [lines]);
  const hitsAt = useCallback((at: number) => hitsOf(curves, at, unit), [curves, unit]);
  const shapes = useMemo(() => [...behind, ...shapesOf(curves, xs)], [behind, curves, xs]);
  const range = x.range ?? null;
  const axis = useMemo(() => {
    const reached = reachOf(
      curves.map(({ curve }) => curve),
      range,
    );
    const shades = behind.flatMap((shape) => (shape.kind === 'band' && !yLog ? shape.high : []));
    const all = shades.length > 0 ? extent([...(reached ?? []), ...shades]) : reached;
    const [low, high] = (yLog ? null : domain) ?? all ?? (yLog ? [1, 10] : [0, 1]);
    return yLog ? logAxis(low, high) : roundAxis(low, high);
  }, [curves, behind, range, yLog, domain]);
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
      keys={keys}
      legend={withoutLegend ? null : <Legend keys={keys} {...(behindLabel ? { shade: behindLabel } : {})} />}
      actions={actions}
      {...(csv ? { csv } : {})}
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
          yAxis={axis}
          yLog={yLog}
          formatY={formatY}
          shapes={shapes}
          hitsAt={hitsAt}
          syncId={syncId}
        />
      )}
    </ChartFrame>
  );
});

const NOTHING: readonly Shape[] = [];

interface NotDrawnProps {
  readonly lines: readonly (DrawnLine & { readonly left: number })[];
}

function NotDrawn({ lines }: NotDrawnProps): React.JSX.Element | null {
  const broken = countsOf(lines, ({ data }) => data.nonFinite ?? 0);
  const low = countsOf(lines, ({ left }) => left);
  if (broken === '' && low === '') return null;
  return (
    <>
      {broken && (
        <p className={classes.broken} role="status">
          Not drawn, because NaN or infinite: {broken}.
        </p>
      )}
      {low && <p className={classes.left}>Not on a logarithmic axis, because 0 or less: {low}.</p>}
    </>
  );
}

function countsOf<L extends DrawnLine>(lines: readonly L[], count: (line: L) => number): string {
  return lines
    .filter((line) => count(line) > 0)
    .map((line) => `${formatPlural(count(line), 'value')} of ${line.label}`)
    .join(', ');
}

interface DrawnCurve {
  readonly line: DrawnLine;
  readonly curve: Curve;
}

const FEW_POINTS = 40;

/** A line of a few points far apart, which must be seen. */
function isRare({ x }: Curve, xs: readonly number[]): boolean {
  if (x.length < 3) return true;
  if (x.length > FEW_POINTS) return false;
  const [first = 0, last = 0] = [x[0], x.at(-1)];
  return x.length * 5 <= xs.filter((at) => at >= first && at <= last).length;
}

/** Of a crowd: told apart more easily than broad lines, and drawn in a third of the time. */
const HAIRLINE = 1;

function shapesOf(curves: readonly DrawnCurve[], xs: readonly number[]): Shape[] {
  const few = curves.filter(({ line }) => !line.faint).length <= MOST_WITH_RANGE;
  const bands = (few ? curves : []).flatMap(
    ({ line: { colour, faint }, curve: { key, x, low, high } }): Shape[] =>
      low && high && !faint
        ? [{ kind: 'band', key: `band ${key}`, x, low, high, colour, opacity: 0.16 }]
        : [],
  );
  const raws = (few ? curves : []).flatMap(({ line: { colour, faint }, curve: { key, x, raw } }): Shape[] =>
    raw && !faint ? [{ kind: 'line', key: `raw ${key}`, x, y: raw, colour, width: 1, opacity: 0.28 }] : [],
  );
  const lines = curves.map(
    ({ line: { colour, dash, faint }, curve }): Shape => ({
      kind: 'line',
      key: curve.key,
      x: curve.x,
      y: curve.shown,
      colour,
      dash,
      width: (faint ? curves.length <= MOST_WITH_RANGE : few) ? 1.8 : HAIRLINE,
      ...(faint ? { opacity: 0.18 } : {}),
      dots: isRare(curve, xs),
    }),
  );
  return [...bands, ...raws, ...lines];
}

function hitsOf(curves: readonly DrawnCurve[], x: number, unit: string | undefined): Hit[] {
  return curves.flatMap(({ line, curve }): Hit[] => {
    const index = indexNear(curve, x);
    const y = curve.shown[index] ?? null;
    if (y === null) return [];
    const { label, colour, dash } = line;
    const at = curve.x[index] ?? x;
    const details = [detailOf(line, curve, index, unit), line.note?.(at, y)].filter(Boolean);
    const detail = details.length > 0 ? details.join('; ') : undefined;
    const row = { key: curve.key, label, colour, dash, value: formatWithUnit(y, unit), detail };
    return [{ row, x: at, y }];
  });
}

/** The range a point stands for, else what it was before smoothing. */
function detailOf(
  { rangeLabel }: DrawnLine,
  { low, high, raw }: Curve,
  index: number,
  unit: string | undefined,
): string | undefined {
  const lowest = low?.[index] ?? null;
  const highest = high?.[index] ?? null;
  if (lowest !== null && highest !== null && lowest < highest) {
    const words = `${formatWithUnit(lowest, unit)} to ${formatWithUnit(highest, unit)}`;
    return rangeLabel ? `${words}, ${rangeLabel}` : words;
  }
  const recorded = raw?.[index] ?? null;
  return recorded === null ? undefined : `raw ${formatWithUnit(recorded, unit)}`;
}
