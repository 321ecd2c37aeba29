/** Recorded series as the rows a chart draws. */
import type { Series } from '../../electron/contract/runs.ts';
import { smooth } from './smooth.ts';

/** One x with the value of each line there; `raw:` and `band:` keys hold what is drawn behind a line. */
export interface ChartRow {
  readonly x: number;
  readonly [key: string]: number | readonly [number, number] | null;
}

export interface LineData {
  readonly key: string;
  readonly x: readonly number[];
  readonly y: readonly (number | null)[];
  /** Lowest and highest value behind each point, where it stands for several. */
  readonly low?: readonly (number | null)[] | null;
  readonly high?: readonly (number | null)[] | null;
  /** Recorded values that were NaN or infinite, which nothing can draw. */
  readonly nonFinite?: number;
}

export const rawKey = (key: string): string => `raw:${key}`;
export const bandKey = (key: string): string => `band:${key}`;

export function lineOf(series: Series, key = series.name): LineData {
  return { key, x: series.x, y: series.y, low: series.low, high: series.high, nonFinite: series.nonFinite };
}

/** Joins lines on x. With smoothing, the line itself moves to its `raw:` key. */
export function chartRows(lines: readonly LineData[], smoothing: number): ChartRow[] {
  const rows = new Map<number, Record<string, number | readonly [number, number] | null>>();
  for (const line of lines) {
    const shown = smooth(line.y, smoothing);
    for (const [index, x] of line.x.entries()) {
      let row = rows.get(x);
      if (!row) {
        row = {};
        rows.set(x, row);
      }
      row[line.key] = shown[index] ?? null;
      if (smoothing > 0) row[rawKey(line.key)] = line.y[index] ?? null;
      const low = line.low?.[index] ?? null;
      const high = line.high?.[index] ?? null;
      if (low !== null && high !== null && low < high) row[bandKey(line.key)] = [low, high];
    }
  }
  return [...rows].sort(([a], [b]) => a - b).map(([x, values]) => ({ ...values, x }));
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
