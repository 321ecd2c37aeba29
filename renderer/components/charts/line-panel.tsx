import { memo, useMemo } from 'react';
import { Area, CartesianGrid, ComposedChart, Line, Tooltip, XAxis, YAxis } from 'recharts';
import { formatPlural } from '../../lib/format.ts';
import { formatTick, formatWithUnit } from '../../lib/metric-text.ts';
import { bandKey, type ChartRow, chartRows, type LineData, lastValue, rawKey } from '../../lib/series.ts';
import { GRID, MARGIN, xAxis, yAxis } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { ChartTooltip } from './chart-tooltip.tsx';
import classes from './charts.module.css';
import { Legend } from './legend.tsx';

export interface DrawnLine {
  readonly data: LineData;
  readonly label: string;
  readonly colour: string;
  readonly dash?: string | undefined;
  /** Drawn as recorded, whatever the smoothing: schedules and targets. */
  readonly exact?: boolean;
}

export interface XScale {
  readonly label: string;
  readonly unit: string | undefined;
}

interface Props {
  readonly title: string;
  readonly help?: string;
  readonly lines: readonly DrawnLine[];
  readonly x: XScale;
  readonly unit: string | undefined;
  /** Words for the vertical axis where the unit alone does not say it. */
  readonly yLabel?: string;
  readonly domain?: readonly [number, number];
  readonly smoothing: number;
  readonly height?: number;
  /** Charts of one id show their tooltips together. */
  readonly syncId?: string;
}

/** Curves over one x, each with its raw points and range behind it. */
export const LinePanel = memo(function LinePanel(props: Props): React.JSX.Element {
  const { title, help, lines, x, unit, yLabel, smoothing, height = 210 } = props;
  const rows = useMemo(() => {
    const moving = lines.filter(({ exact }) => !exact).map(({ data }) => data);
    const exact = lines.filter((line) => line.exact).map(({ data }) => data);
    return merge(chartRows(moving, smoothing), chartRows(exact, 0));
  }, [lines, smoothing]);
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
  const broken = lines.filter(({ data }) => (data.nonFinite ?? 0) > 0);
  const summary = keys.map(({ label, value }) => `${label}: ${value ?? 'no value yet'}`).join('; ');
  return (
    <ChartFrame
      title={title}
      {...(help ? { help } : {})}
      summary={`${title} over ${x.label}. Newest values: ${summary}.`}
      legend={<Legend keys={keys} />}
    >
      {broken.length > 0 && (
        <p className={classes.broken} role="status">
          Not drawn, because NaN or infinite:{' '}
          {broken
            .map(({ label, data }) => `${formatPlural(data.nonFinite ?? 0, 'value')} of ${label}`)
            .join(', ')}
          .
        </p>
      )}
      {rows.length === 0 ? (
        <div className={classes.waiting} style={{ height }}>
          Points show here as soon as the run records them.
        </div>
      ) : (
        <Plot {...props} rows={rows} height={height} yLabel={yLabel ?? unit ?? ''} />
      )}
    </ChartFrame>
  );
});

function merge(a: readonly ChartRow[], b: readonly ChartRow[]): ChartRow[] {
  const byX = new Map(a.map((row) => [row.x, row]));
  for (const row of b) byX.set(row.x, { ...byX.get(row.x), ...row });
  return [...byX.values()].sort((p, q) => p.x - q.x);
}

interface PlotProps extends Props {
  readonly rows: ChartRow[];
  readonly height: number;
  readonly yLabel: string;
}

function Plot({
  title,
  lines,
  x,
  unit,
  yLabel,
  domain,
  smoothing,
  height,
  syncId,
  rows,
}: PlotProps): React.JSX.Element {
  const lonely = rows.length < 3;
  return (
    <ComposedChart
      data={rows}
      responsive
      className={classes.plot ?? ''}
      style={{ height }}
      margin={MARGIN}
      title={title}
      {...(syncId ? { syncId, syncMethod: 'value' as const } : {})}
    >
      <CartesianGrid {...GRID} />
      <XAxis
        {...xAxis(x.label)}
        dataKey="x"
        type="number"
        domain={['dataMin', 'dataMax']}
        tickFormatter={(value: number) => formatTick(value, x.unit)}
      />
      <YAxis
        {...yAxis(yLabel)}
        domain={domain ? [...domain] : ['auto', 'auto']}
        tickFormatter={(value: number) => formatTick(value, unit)}
      />
      {lines.map(({ data, colour }) => (
        <Area
          key={bandKey(data.key)}
          dataKey={bandKey(data.key)}
          stroke="none"
          fill={colour}
          fillOpacity={0.14}
          isAnimationActive={false}
          activeDot={false}
          connectNulls
        />
      ))}
      {smoothing > 0 &&
        lines
          .filter(({ exact }) => !exact)
          .map(({ data, colour }) => (
            <Line
              key={rawKey(data.key)}
              dataKey={rawKey(data.key)}
              stroke={colour}
              strokeOpacity={0.25}
              strokeWidth={1}
              dot={false}
              activeDot={false}
              isAnimationActive={false}
              connectNulls
            />
          ))}
      {lines.map(({ data, colour, dash, label }) => (
        <Line
          key={data.key}
          dataKey={data.key}
          name={label}
          stroke={colour}
          strokeWidth={1.8}
          {...(dash ? { strokeDasharray: dash } : {})}
          dot={lonely || isRare(data, rows.length) ? { r: 2.5, fill: colour } : false}
          isAnimationActive={false}
          connectNulls
        />
      ))}
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: 'var(--chart-axis)', strokeDasharray: '3 3' }}
        content={({ active, payload }) => {
          const row = payload[0]?.payload as ChartRow | undefined;
          return active && row ? <RowTooltip row={row} lines={lines} x={x} unit={unit} /> : null;
        }}
      />
    </ComposedChart>
  );
}

/** Recorded so seldom that its points must be seen. */
function isRare(data: LineData, rows: number): boolean {
  return data.x.length * 5 <= rows;
}

interface RowTooltipProps {
  readonly row: ChartRow;
  readonly lines: readonly DrawnLine[];
  readonly x: XScale;
  readonly unit: string | undefined;
}

function RowTooltip({ row, lines, x, unit }: RowTooltipProps): React.JSX.Element {
  const rows = lines.flatMap(({ data, label, colour, dash }) => {
    const value = row[data.key];
    if (typeof value !== 'number') return [];
    const raw = row[rawKey(data.key)];
    const band = row[bandKey(data.key)];
    const detail = Array.isArray(band)
      ? `${formatWithUnit(band[0], unit)} to ${formatWithUnit(band[1], unit)}`
      : typeof raw === 'number'
        ? `raw ${formatWithUnit(raw, unit)}`
        : undefined;
    return [{ key: data.key, label, colour, dash, value: formatWithUnit(value, unit), detail }];
  });
  return <ChartTooltip head={`${x.label} ${formatTick(row.x, x.unit)}`} rows={rows} />;
}
