import { Bar, BarChart, CartesianGrid, Tooltip, XAxis, YAxis } from 'recharts';
import { formatCompact, formatCount } from '../../lib/format.ts';
import { formatTick } from '../../lib/metric-text.ts';
import { GRID, MARGIN, xAxis, yAxis } from './axes.tsx';
import { ChartFrame } from './chart-frame.tsx';
import { ChartTooltip } from './chart-tooltip.tsx';
import classes from './charts.module.css';

interface Bin {
  /** From this value … */
  readonly from: number;
  /** … up to, and without, this one. */
  readonly to: number;
  readonly count: number;
}

interface Props {
  readonly title: string;
  readonly bins: readonly Bin[];
  readonly xLabel: string;
  readonly yLabel: string;
}

export function Histogram({ title, bins, xLabel, yLabel }: Props): React.JSX.Element {
  const fullest = bins.reduce<Bin | null>(
    (best, bin) => (best && best.count >= bin.count ? best : bin),
    null,
  );
  const rangeOf = ({ from, to }: Bin): string => `${formatCompact(from)} to ${formatCompact(to)}`;
  return (
    <ChartFrame
      title={title}
      summary={
        fullest
          ? `${bins.length} bins of ${xLabel}; the fullest is ${rangeOf(fullest)} with ${formatCount(fullest.count)} ${yLabel}.`
          : `No ${yLabel} were counted.`
      }
    >
      <BarChart
        data={[...bins]}
        responsive
        className={classes.plot ?? ''}
        style={{ height: 240 }}
        margin={MARGIN}
        barCategoryGap={1}
        title={title}
      >
        <CartesianGrid {...GRID} />
        <XAxis
          {...xAxis(xLabel)}
          dataKey="from"
          tickFormatter={(value: number) => formatCompact(Math.round(value))}
        />
        <YAxis
          {...yAxis(yLabel)}
          tickFormatter={(value: number) => formatTick(value, undefined)}
          allowDecimals={false}
        />
        <Bar dataKey="count" fill="var(--series-1)" isAnimationActive={false} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ fill: 'var(--chart-grid)' }}
          content={({ active, payload }) => {
            const bin = payload[0]?.payload as Bin | undefined;
            return active && bin ? (
              <ChartTooltip
                head={`${rangeOf(bin)} ${xLabel}`}
                rows={[{ key: 'count', label: yLabel, value: formatCount(bin.count) }]}
              />
            ) : null;
          }}
        />
      </BarChart>
    </ChartFrame>
  );
}
