import { CartesianGrid, ErrorBar, Line, LineChart, Tooltip, XAxis, YAxis } from 'recharts';
import type { StudyEstimate, StudyFigure } from '../../../electron/contract/studies.ts';
import { estimateText, unitSign } from '../../../electron/contract/study-text.ts';
import { seriesColour } from '../../lib/colours.ts';
import { formatNumber } from '../../lib/format.ts';
import { axisAround, scaleOf } from '../../lib/study-units.ts';
import type { Axis } from '../../lib/ticks.ts';
import { GRID, MARGIN, xAxis, yAxis } from '../charts/axes.tsx';
import { ChartFrame } from '../charts/chart-frame.tsx';
import { ChartTooltip } from '../charts/chart-tooltip.tsx';
import charts from '../charts/charts.module.css';
import classes from './studies.module.css';

type Sensitivity = Extract<StudyFigure, { kind: 'sensitivity' }>;
type Panel = Sensitivity['panels'][number];

/** One small chart a setting and measure; all charts of a measure share their vertical axis. */
export function SensitivityFigure({ figure }: { readonly figure: Sensitivity }): React.JSX.Element {
  const measures = [...new Set(figure.panels.map(({ measure }) => measure))];
  return (
    <div>
      {measures.map((measure, index) => {
        const panels = figure.panels.filter((panel) => panel.measure === measure);
        return (
          <div key={measure} className={classes.panels}>
            {panels.map((panel) => (
              <div key={panel.setting} className={isWide(panel) ? classes.wide : undefined}>
                <Small panel={panel} axis={axisOf(panels)} colour={seriesColour(index)} />
              </div>
            ))}
          </div>
        );
      })}
    </div>
  );
}

/** Characters that fit below a point. */
const NARROW = 10;
const isWide = ({ points }: Panel): boolean => points.some(({ value }) => value.length > NARROW);

/** As a small chart has room for. */
const FEW_TICKS = 3;

function axisOf(panels: readonly Panel[]): Axis {
  const ends = panels.flatMap(({ y, points }) =>
    points.flatMap(({ estimate: { mean, low, high } }) =>
      [mean, low ?? mean, high ?? mean].map((value) => scaleOf(y.unit) * value),
    ),
  );
  return axisAround(ends, FEW_TICKS);
}

/** `B_0` as drawings write it, which hold plain text. */
const subscript = (symbol: string): string =>
  symbol.replace(/_(\d+)$/, (_, digits: string) =>
    [...digits].map((digit) => '₀₁₂₃₄₅₆₇₈₉'[Number(digit)]).join(''),
  );

interface Drawn {
  readonly value: string;
  readonly y: number;
  readonly error: readonly [number, number];
  readonly estimate: StudyEstimate;
}

function Small({
  panel,
  axis,
  colour,
}: {
  readonly panel: Panel;
  readonly axis: Axis;
  readonly colour: string;
}): React.JSX.Element {
  const { label, symbol, y, points } = panel;
  const scale = scaleOf(y.unit);
  const data = points.map(({ value, estimate, isReference }): Drawn => {
    const { mean, low, high } = estimate;
    return {
      value: isReference ? `${value} •` : value,
      y: scale * mean,
      error: [scale * (mean - (low ?? mean)), scale * ((high ?? mean) - mean)],
      estimate,
    };
  });
  const name = symbol ? `${label} (${subscript(symbol)})` : label;
  const title = `${y.label} by ${name}`;
  const summary = data.map(({ value, estimate }) => `${value}: ${estimateText(estimate, y.unit)}`).join('; ');
  return (
    <ChartFrame title={title} summary={`${summary}. A dot marks the value that the other runs have.`}>
      {data.length === 0 ? (
        <div className={charts.waiting} style={{ height: 190 }}>
          Nothing is measured yet.
        </div>
      ) : (
        <LineChart
          responsive
          data={data}
          className={charts.plot ?? ''}
          style={{ height: 190 }}
          margin={MARGIN}
          title={title}
        >
          <CartesianGrid {...GRID} />
          <XAxis
            {...xAxis(name)}
            dataKey="value"
            type="category"
            padding={{ left: 30, right: 44 }}
            interval={0}
          />
          <YAxis
            {...yAxis(unitSign(y.unit))}
            domain={[...axis.domain]}
            ticks={[...axis.ticks]}
            interval={0}
            niceTicks="none"
            tickFormatter={(value: number) => formatNumber(value, 3)}
          />
          <Line
            dataKey="y"
            stroke={colour}
            strokeWidth={1.6}
            dot={{ r: 3.5, fill: colour, stroke: 'var(--surface)' }}
            isAnimationActive={false}
          >
            <ErrorBar dataKey="error" stroke={colour} strokeWidth={1.5} width={4} isAnimationActive={false} />
          </Line>
          <Tooltip
            isAnimationActive={false}
            cursor={false}
            content={({ active, payload }) => {
              const hit = payload[0]?.payload as Drawn | undefined;
              if (!active || !hit) return null;
              const { estimate, value } = hit;
              const row = { key: 'y', label: y.label, value: estimateText(estimate, y.unit) };
              return <ChartTooltip head={`${name} ${value}`} rows={[row]} />;
            }}
          />
        </LineChart>
      )}
    </ChartFrame>
  );
}
