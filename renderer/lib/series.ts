/** Recorded series as the curves a chart draws. */
import type { Series } from '../../electron/contract/runs.ts';
import { smooth } from './smooth.ts';

type Values = readonly (number | null)[];

export interface LineData {
  readonly key: string;
  readonly x: readonly number[];
  readonly y: Values;
  /** Lowest and highest value behind each point, where points stand for several. */
  readonly low?: Values | null;
  readonly high?: Values | null;
  /** Recorded values that were NaN or infinite, which nothing can draw. */
  readonly nonFinite?: number;
}

/** A line with its smoothed values; `raw` is null where nothing was smoothed. */
export interface Curve extends LineData {
  readonly shown: Values;
  readonly raw: Values | null;
}

export function lineOf(series: Series, key = series.name): LineData {
  return { key, x: series.x, y: series.y, low: series.low, high: series.high, nonFinite: series.nonFinite };
}

/** @param smoothing as in `smooth`; 0 draws the line as it was recorded */
export function curveOf(line: LineData, smoothing: number): Curve {
  return smoothing > 0
    ? { ...line, shown: smooth(line.y, smoothing), raw: line.y }
    : { ...line, shown: line.y, raw: null };
}

/** Every x that any of the lines has a point at, ascending. */
export function unionOfX(lines: readonly LineData[]): number[] {
  const [only] = lines;
  if (lines.length === 1 && only) return [...only.x];
  return [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
}

/** Where a line has its point at x, or −1. Its x ascend. */
export function indexAt(line: LineData, x: number): number {
  let from = 0;
  let to = line.x.length - 1;
  while (from <= to) {
    const middle = (from + to) >> 1;
    const value = line.x[middle] ?? Number.NaN;
    if (value === x) return middle;
    if (value < x) from = middle + 1;
    else to = middle - 1;
  }
  return -1;
}

/** Curves that share their x, stacked on each other: the lower and upper edge of each. */
export function stackOf(curves: readonly Curve[]): { curve: Curve; low: number[]; high: number[] }[] {
  let below: number[] = [];
  return curves.map((curve) => {
    const low = curve.x.map((_, index) => below[index] ?? 0);
    const high = low.map((value, index) => value + (curve.shown[index] ?? 0));
    below = high;
    return { curve, low, high };
  });
}

/** Newest value of a line, or null where it has none. */
export function lastValue(line: LineData): number | null {
  return line.y.findLast((value) => value !== null) ?? null;
}

/** Smallest and largest value drawn, or null where nothing is. */
export function extent(values: Iterable<number | null | undefined>): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : null;
}

/** Everything of a curve that takes height: itself, its raw points and its range. */
export function heightsOf(curve: Curve): (number | null)[] {
  return [...curve.shown, ...(curve.raw ?? []), ...(curve.low ?? []), ...(curve.high ?? [])];
}
