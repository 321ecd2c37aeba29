/** A study's figures as charts to draw in its report. Pure. */
import type { StudyFigure } from '../contract/studies.ts';
import { fitText } from '../contract/study-text.ts';
import type { Chart } from './chart.ts';

const AXES = { step: 'step', num_tokens: 'tokens', flops: 'FLOPs', wall_time: 'seconds' } as const;

export function chartsOf(figure: StudyFigure): Chart[] {
  const { title } = figure;
  switch (figure.kind) {
    case 'curve': {
      const lines = figure.lines.map(({ label, points }) => ({ label, points, joined: true }));
      return [{ title, xLabel: AXES[figure.x], yLabel: figure.y.label, lines }];
    }
    case 'fit': {
      const lines = figure.lines.map(({ label, points, fit }) => ({
        label: fit ? `${label}: ${fitText(fit)}` : label,
        points,
        joined: false,
        ...(fit ? { fit } : {}),
      }));
      return [{ title, xLabel: 'log10 FLOPs', yLabel: figure.y.label, lines }];
    }
    case 'scatter': {
      const lines = figure.points.map(({ label, x, y }) => ({
        label,
        joined: false,
        points: [{ x: x.mean, y: y.mean, low: y.low, high: y.high }],
      }));
      return [{ title, xLabel: figure.x.label, yLabel: figure.y.label, lines }];
    }
    case 'sensitivity':
      return figure.panels.map(({ label, symbol, y, points }) => ({
        title: `${title}: ${y.label} by ${label}`,
        xLabel: symbol ? `${label} (${symbol})` : label,
        yLabel: y.label,
        categories: points.map(({ value, isReference }) => (isReference ? `${value} •` : value)),
        lines: [
          {
            label: `${y.label} (• as in the other runs)`,
            joined: false,
            points: points.map(({ estimate }, i) => ({
              x: i,
              y: estimate.mean,
              low: estimate.low,
              high: estimate.high,
            })),
          },
        ],
      }));
    default:
      return figure satisfies never;
  }
}
