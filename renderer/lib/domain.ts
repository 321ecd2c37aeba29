/** Limits of axes that several charts share. */
import type { FrontierPoint } from './comparison.ts';
import { extent } from './series.ts';

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
export function lengthDomain(points: readonly FrontierPoint[]): [number, number] {
  const [, high] = extent(points.flatMap(({ length }) => [length.mean, length.high])) ?? [0, 10];
  const step = 10 ** Math.floor(Math.log10(Math.max(high, 1))) / 2;
  return roundDomain(0, high, step, 0, Number.POSITIVE_INFINITY);
}

/** Shares in steps of ten percent around what is shown. */
export function scoreDomain(points: readonly FrontierPoint[]): [number, number] {
  const [low, high] = extent(points.flatMap(({ score }) => [score.low, score.high])) ?? [0, 1];
  return roundDomain(low - 0.02, high + 0.02, 0.1, 0, 1);
}
