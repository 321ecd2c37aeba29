/** Runs that differ in nothing but their seed, drawn as one: their mean, extremes and interval at each x. Pure. */
import { t95 } from '../statistics/t-quantile.ts';

/** Rising x and their values; NaN where nothing finite was recorded. */
export interface Drawn {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface SeedBand {
  readonly x: Float64Array;
  readonly mean: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** mean ± t · s/√n, s with n − 1; NaN below two lines. */
  readonly intervalLow: Float64Array;
  readonly intervalHigh: Float64Array;
  readonly n: Float64Array;
}

/**
 * At the x of all lines, thinned evenly to `maxPoints` with both ends kept. Between its points a line has the value of
 * the straight line through them; outside its first and last point it has none.
 */
export function seedBand(lines: readonly Drawn[], maxPoints: number): SeedBand {
  const finite = lines.map(finiteOf).filter(({ x }) => x.length > 0);
  const x = thin(unionOf(finite), maxPoints);
  const valued = finite.map((line) => valuesWithin(line, x));
  const band = {
    x,
    mean: new Float64Array(x.length).fill(Number.NaN),
    low: new Float64Array(x.length).fill(Number.NaN),
    high: new Float64Array(x.length).fill(Number.NaN),
    intervalLow: new Float64Array(x.length).fill(Number.NaN),
    intervalHigh: new Float64Array(x.length).fill(Number.NaN),
    n: new Float64Array(x.length),
  };
  for (let i = 0; i < x.length; i++) {
    const values = valued.map((line) => line[i]!).filter((value) => !Number.isNaN(value));
    const n = values.length;
    band.n[i] = n;
    if (n === 0) continue;
    const mean = values.reduce((sum, value) => sum + value / n, 0);
    band.mean[i] = mean;
    band.low[i] = Math.min(...values);
    band.high[i] = Math.max(...values);
    if (n < 2) continue;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
    const half = t95(n - 1) * Math.sqrt(variance / n);
    band.intervalLow[i] = mean - half;
    band.intervalHigh[i] = mean + half;
  }
  return band;
}

function finiteOf({ x, y }: Drawn): Drawn {
  const keep = (_: number, i: number): boolean => Number.isFinite(x[i]) && Number.isFinite(y[i]);
  return { x: x.filter(keep), y: y.filter(keep) };
}

function unionOf(lines: readonly Drawn[]): Float64Array {
  const [first] = lines;
  const alike = lines.every(({ x }) => x.length === first?.x.length && x.every((v, i) => v === first.x[i]));
  if (first && alike) return first.x;
  return Float64Array.from(new Set(lines.flatMap(({ x }) => Array.from(x)))).sort();
}

function thin(x: Float64Array, maxPoints: number): Float64Array {
  if (x.length <= maxPoints) return x;
  const last = x.length - 1;
  return Float64Array.from({ length: maxPoints }, (_, i) => x[Math.round((i * last) / (maxPoints - 1))]!);
}

/** @param line finite, not empty. @param at rising */
function valuesWithin({ x, y }: Drawn, at: Float64Array): Float64Array {
  const values = new Float64Array(at.length).fill(Number.NaN);
  let next = 0;
  for (let i = 0; i < at.length; i++) {
    const wanted = at[i]!;
    while (next < x.length && x[next]! < wanted) next++;
    if (next === x.length) break;
    if (x[next] === wanted) values[i] = y[next]!;
    else if (next > 0) {
      const share = (wanted - x[next - 1]!) / (x[next]! - x[next - 1]!);
      values[i] = y[next - 1]! + (y[next]! - y[next - 1]!) * share;
    }
  }
  return values;
}
