import type { StudyFigure } from '../../../electron/contract/studies.ts';
import { fitText } from '../../../electron/contract/study-text.ts';
import { seriesColour } from '../../lib/colours.ts';
import { formatNumber } from '../../lib/format.ts';
import { axisAround } from '../../lib/study-units.ts';
import { Legend } from '../charts/legend.tsx';
import { type ChartCurve, type ChartPoint, PointChart } from '../charts/point-chart.tsx';
import classes from './studies.module.css';

type Fit = Extract<StudyFigure, { kind: 'fit' }>;

/** A metric against log10 FLOPs: means over seeds with their interval, and the line through them. */
export function FitFigure({ figure }: { readonly figure: Fit }): React.JSX.Element {
  const { title, y, lines } = figure;
  const points = lines.flatMap((line, index) => pointsOf(line, index, y.label));
  const curves = lines.flatMap(curvesOf);
  const keys = lines.map(({ run, label }, index) => ({ key: run, label, colour: seriesColour(index) }));
  const fits = lines.flatMap(({ run, label, fit }) =>
    fit ? [{ run, text: `${label}: ${fitText(fit)}` }] : [],
  );
  const xs = points.map(({ x }) => x);
  const ys = points.flatMap((point) => [point.y, ...(point.yRange ?? [])]);
  return (
    <div>
      <Legend keys={keys} />
      <PointChart
        title={title}
        summary={`${y.label} against log10 FLOPs. ${fits.map(({ text }) => text).join('; ')}.`}
        keys={keys}
        xLabel="log₁₀ FLOPs"
        yLabel={y.label}
        xAxis={axisAround(xs)}
        yAxis={axisAround(ys)}
        formatX={format}
        formatY={format}
        points={points}
        curves={curves}
        nothing="Points show here as soon as a run is done."
      />
      <ul className={classes.fits}>
        {fits.map(({ run, text }) => (
          <li key={run}>{text}</li>
        ))}
      </ul>
    </div>
  );
}

const format = (value: number): string => formatNumber(value, 4);

type Line = Fit['lines'][number];

function pointsOf({ run, label, points }: Line, index: number, what: string): ChartPoint[] {
  return points.map(({ x, y, low, high }) => ({
    key: `${run} ${x}`,
    label,
    index,
    x,
    y,
    ...(low === null || high === null ? {} : { yRange: [low, high] as const }),
    look: 'small',
    rows: [
      { key: 'y', label: what, value: formatNumber(y, 3) },
      { key: 'x', label: 'log₁₀ FLOPs', value: formatNumber(x, 4) },
    ],
  }));
}

function curvesOf({ run, points, fit }: Line, index: number): ChartCurve[] {
  const [first, last] = [points[0], points.at(-1)];
  if (!fit || !first || !last) return [];
  const x = [first.x, last.x];
  return [
    {
      kind: 'line',
      key: run,
      x,
      y: x.map((at) => fit.intercept + fit.slope * at),
      colour: seriesColour(index),
      dash: '6 4',
    },
  ];
}
