/** Axes, grid and margins that all charts share. */
import type { XAxisProps, YAxisProps } from 'recharts';

export const MARGIN = { top: 8, right: 14, bottom: 4, left: 0 } as const;

export const GRID = { stroke: 'var(--chart-grid)', vertical: false } as const;

const AXIS = {
  stroke: 'var(--chart-axis)',
  tickLine: false,
  tick: { fontSize: 11.5 },
  minTickGap: 28,
} as const;

export function xAxis(label: string): XAxisProps {
  return {
    ...AXIS,
    height: 40,
    axisLine: { stroke: 'var(--chart-grid)' },
    tickMargin: 6,
    label: { value: label, position: 'insideBottom', offset: 0, fill: 'var(--chart-axis)', fontSize: 11.5 },
  };
}

export function yAxis(label: string): YAxisProps {
  return {
    ...AXIS,
    width: 64,
    axisLine: false,
    tickMargin: 4,
    label: {
      value: label,
      angle: -90,
      position: 'insideLeft',
      offset: 4,
      fill: 'var(--chart-axis)',
      fontSize: 11.5,
      style: { textAnchor: 'middle' },
    },
  };
}
