/** Limits of axes that several charts share. */
import type { Interval } from '../../electron/contract/shapes.ts';
import type { FrontierPoint } from './comparison.ts';
import { extent } from './series.ts';
import { type Axis, roundAxis } from './ticks.ts';

/** Lengths from 0, so that "half as long" looks it. */
export function lengthAxis(points: readonly Pick<FrontierPoint, 'length'>[]): Axis {
  const [, high] = extent(points.flatMap(({ length }) => [length.mean, length.high])) ?? [0, 10];
  return roundAxis(0, Math.max(high, 1), 5);
}

/** Shares around what is shown, with a little room for the marks. */
export function scoreAxis(points: readonly Pick<FrontierPoint, 'score'>[]): Axis {
  return roundAxis(...scoreExtent(points.map(({ score }) => score)), 5);
}

/** Lowest and highest share that these intervals reach, with a little room, within 0 and 1. */
export function scoreExtent(intervals: readonly (Interval | null)[]): [number, number] {
  const [low, high] = extent(intervals.flatMap((one) => (one ? [one.low, one.high] : []))) ?? [0, 1];
  return [Math.max(0, low - 0.02), Math.min(1, high + 0.02)];
}
