import { useMemo } from 'react';
import type { StudyFigure } from '../../../electron/contract/studies.ts';
import { seriesColour, seriesDash } from '../../lib/colours.ts';
import { scaleOf, unitLabel } from '../../lib/study-units.ts';
import { LinePanel } from '../charts/line-panel.tsx';

type Curve = Extract<StudyFigure, { kind: 'curve' }>;

const AXES = {
  step: { label: 'step', unit: undefined },
  num_tokens: { label: 'tokens', unit: undefined },
  flops: { label: 'FLOPs', unit: 'FLOP' },
  wall_time: { label: 'time', unit: 's' },
} as const;

/** Means over seeds with their 95% interval. */
export function CurveFigure({ figure }: { readonly figure: Curve }): React.JSX.Element {
  const { title, y, lines: all, x } = figure;
  const scale = scaleOf(y.unit);
  const lines = useMemo(
    () =>
      all.map(({ run, label, points }, index) => ({
        label,
        colour: seriesColour(index),
        dash: seriesDash(index),
        exact: true,
        rangeLabel: '95% over seeds',
        data: {
          key: run,
          x: points.map((point) => point.x),
          y: points.map((point) => scale * point.y),
          low: points.map(({ low }) => low && scale * low),
          high: points.map(({ high }) => high && scale * high),
        },
      })),
    [all, scale],
  );
  return (
    <LinePanel
      title={title}
      lines={lines}
      x={AXES[x]}
      unit={unitLabel(y.unit)}
      yLabel={y.label}
      smoothing={0}
      height={280}
    />
  );
}
