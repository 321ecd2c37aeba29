import { memo, useMemo } from 'react';
import { Area, AreaChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts';
import { formatShare } from '../../lib/format.ts';
import { formatTick } from '../../lib/metric-text.ts';
import { type ChartRow, chartRows, lastValue } from '../../lib/series.ts';
import { GRID, MARGIN, xAxis, yAxis } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { ChartTooltip } from './chart-tooltip.tsx';
import classes from './charts.module.css';
import { Legend } from './legend.tsx';
import type { DrawnLine, XScale } from './line-panel.tsx';

interface Props {
  readonly title: string;
  readonly help?: string;
  /** Shares of one whole, bottom first. */
  readonly lines: readonly DrawnLine[];
  readonly x: XScale;
  readonly yLabel: string;
  readonly smoothing: number;
  readonly height?: number;
  readonly syncId?: string;
}

/** Shares of a whole over one x, stacked to one. */
export const StackPanel = memo(function StackPanel(props: Props): React.JSX.Element {
  const { title, help, lines, x, yLabel, smoothing, height = 210, syncId } = props;
  const rows = useMemo(
    () =>
      chartRows(
        lines.map(({ data }) => data),
        smoothing,
      ),
    [lines, smoothing],
  );
  const keys = lines.map(({ data, label, colour }) => ({
    key: data.key,
    label,
    colour,
    value: formatShare(lastValue(data), 0),
  }));
  return (
    <ChartFrame
      title={title}
      {...(help ? { help } : {})}
      summary={`${title} over ${x.label}. Newest shares: ${keys.map(({ label, value }) => `${label} ${value}`).join('; ')}.`}
      legend={<Legend keys={keys} />}
    >
      <AreaChart
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
          domain={[0, 1]}
          allowDataOverflow
          tickFormatter={(value: number) => formatShare(value, 0)}
        />
        {lines.map(({ data, colour, label }) => (
          <Area
            key={data.key}
            dataKey={data.key}
            name={label}
            stackId="whole"
            stroke={colour}
            strokeWidth={1}
            fill={colour}
            fillOpacity={0.55}
            isAnimationActive={false}
            connectNulls
          />
        ))}
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: 'var(--chart-axis)', strokeDasharray: '3 3' }}
          content={({ active, payload }) => {
            const row = payload[0]?.payload as ChartRow | undefined;
            if (!active || !row) return null;
            const shares = lines.flatMap(({ data, label, colour }) => {
              const value = row[data.key];
              return typeof value === 'number'
                ? [{ key: data.key, label, colour, value: formatShare(value) }]
                : [];
            });
            return <ChartTooltip head={`${x.label} ${formatTick(row.x, x.unit)}`} rows={shares.reverse()} />;
          }}
        />
      </AreaChart>
    </ChartFrame>
  );
});
