/** Recorded series as the curves a chart draws. */
import type { Series } from '../../electron/contract/runs.ts';
import { smooth } from './smooth.ts';

type Values = readonly (number | null)[];

/** A stretch of an x axis. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

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

/**
 * @param smoothing as in `smooth`; 0 draws the line as it was recorded
 * @param withRange whether its range is smoothed like it: a range over seeds is, the range behind each point is not
 */
export function curveOf(line: LineData, smoothing: number, withRange = false): Curve {
  if (smoothing <= 0) return { ...line, shown: line.y, raw: null };
  const range =
    withRange && line.low && line.high
      ? { low: smooth(line.low, smoothing), high: smooth(line.high, smoothing) }
      : {};
  return { ...line, ...range, shown: smooth(line.y, smoothing), raw: line.y };
}

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

/** Every x that any of the lines has a point at, ascending. */
export function unionOfX(lines: readonly LineData[]): number[] {
  const [first] = lines;
  // Runs of one kind record the same steps: a look at each is quicker than a set of all.
  if (first && lines.every(({ x }) => x === first.x || sameNumbers(x, first.x))) return [...first.x];
  return [...new Set(lines.flatMap((line) => line.x))].sort((a, b) => a - b);
}

/** The line's point nearest to x, or −1 where x lies outside it. Its x ascend. */
export function indexNear(line: LineData, x: number): number {
  const last = line.x.length - 1;
  if (last < 0 || x < (line.x[0] ?? x) || x > (line.x[last] ?? x)) return -1;
  let from = 0;
  let to = last;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((line.x[middle] ?? 0) < x) from = middle + 1;
    else to = middle;
  }
  const before = line.x[from - 1];
  return before !== undefined && x - before < (line.x[from] ?? x) - x ? from - 1 : from;
}

/** At most `most` of them, evenly, with both ends. */
export function thinned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values;
  const last = values.length - 1;
  return Array.from({ length: most }, (_, i) => values[Math.round((i * last) / (most - 1))] ?? 0);
}

/** What a logarithmic axis can show of a line, and how many of its points it cannot. */
export function positivePart(
  line: LineData,
  axes: { readonly x: boolean; readonly y: boolean },
): { readonly line: LineData; readonly left: number } {
  if (!axes.x && !axes.y) return { line, left: 0 };
  const keep = line.x.map((x) => !axes.x || x > 0);
  const above = (values: Values): Values =>
    values.filter((_, i) => keep[i]).map((value) => (axes.y && value !== null && value <= 0 ? null : value));
  const y = above(line.y);
  const drawn = (values: Values): number => values.filter((value) => value !== null).length;
  return {
    line: {
      ...line,
      x: line.x.filter((_, i) => keep[i]),
      y,
      ...(line.low ? { low: above(line.low) } : {}),
      ...(line.high ? { high: above(line.high) } : {}),
    },
    left: drawn(line.y) - drawn(y),
  };
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

/** Lowest and highest of everything that takes height, in a stretch of x or everywhere: curves, their raw points and ranges. */
export function reachOf(curves: readonly Curve[], stretch: Stretch | null = null): [number, number] | null {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { x, shown, raw, low, high } of curves) {
    const from = stretch ? x.findIndex((at) => at >= stretch.from) : 0;
    const to = stretch ? x.findLastIndex((at) => at <= stretch.to) : x.length - 1;
    if (from === -1) continue;
    for (const values of [shown, raw, low, high]) {
      if (!values) continue;
      for (let i = from; i <= to; i++) {
        const value = values[i];
        if (typeof value !== 'number' || !Number.isFinite(value)) continue;
        if (value < lowest) lowest = value;
        if (value > highest) highest = value;
      }
    }
  }
  return lowest <= highest ? [lowest, highest] : null;
}
