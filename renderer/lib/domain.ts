/** Limits of axes that several charts share. */
import type { FrontierPoint } from './comparison.ts';
import { extent } from './series.ts';
import { type Axis, roundAxis } from './ticks.ts';

/** Whole steps of a round size around [low, high], kept within [least, most]. */
export function roundDomain(
  low: number,
  high: number,
  step: number,
  least: number,
  most: number,
): [number, number] {
  const from = Math.max(least, Math.floor(low / step + 1e-9) * step);
  const to = Math.min(most, Math.ceil(high / step - 1e-9) * step);
  // Keeps 0.30000000000000004 off the axis.
  return [Number(from.toPrecision(12)), Number((to > from ? to : from + step).toPrecision(12))];
}

/** Lengths from 0, so that "half as long" looks it. */
export function lengthAxis(points: readonly FrontierPoint[]): Axis {
  const [, high] = extent(points.flatMap(({ length }) => [length.mean, length.high])) ?? [0, 10];
  return roundAxis(0, Math.max(high, 1), 5);
}

/** Shares around what is shown, with a little room for the marks. */
export function scoreAxis(points: readonly FrontierPoint[]): Axis {
  const [low, high] = extent(points.flatMap(({ score }) => [score.low, score.high])) ?? [0, 1];
  return roundAxis(Math.max(0, low - 0.02), Math.min(1, high + 0.02), 5);
}
