/** Training metrics over the course of runs, seed by seed, gathered into points. Pure. */
import type { MetricSeries } from './observe.ts';

export interface SeedCurve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** A metric against an axis metric, step by step; steps that lack either are left out. */
export function against(metric: MetricSeries, axis: MetricSeries | null): SeedCurve {
  const x: number[] = [];
  const y: number[] = [];
  let at = 0;
  metric.steps.forEach((step, i) => {
    const value = metric.values[i]!;
    let place = step;
    if (axis) {
      while (at < axis.steps.length && axis.steps[at]! < step) at++;
      if (axis.steps[at] !== step) return;
      place = axis.values[at]!;
    }
    if (!Number.isFinite(value) || !Number.isFinite(place)) return;
    x.push(place);
    y.push(value);
  });
  return { x, y };
}

/** Points of one group of steps: the mean place and value of each seed. */
export interface GatheredPoint {
  readonly x: number;
  readonly ys: readonly number[];
}

/** Equal stretches of the range that all seeds share; those in which a seed has nothing are left out. */
export function gather(curves: readonly SeedCurve[], points: number): GatheredPoint[] {
  const filled = curves.filter(({ x }) => x.length > 0);
  if (filled.length === 0) return [];
  const low = Math.max(...filled.map(({ x }) => x[0]!));
  const high = Math.min(...filled.map(({ x }) => x.at(-1)!));
  const bins = filled.map((curve) => binned(curve, low, high, points));
  return Array.from({ length: points }, (_, bin) => bins.map((own) => own[bin]!)).flatMap((own) => {
    if (own.some(({ n }) => n === 0)) return [];
    const x = own.reduce((sum, one) => sum + one.x / one.n, 0) / own.length;
    return [{ x, ys: own.map((one) => one.y / one.n) }];
  });
}

function binned({ x, y }: SeedCurve, low: number, high: number, points: number) {
  const bins = Array.from({ length: points }, () => ({ x: 0, y: 0, n: 0 }));
  x.forEach((place, i) => {
    if (place < low || place > high) return;
    const share = high > low ? (place - low) / (high - low) : 0;
    const bin = bins[Math.min(points - 1, Math.floor(share * points))]!;
    bin.x += place;
    bin.y += y[i]!;
    bin.n++;
  });
  return bins;
}

/** A curve over log10 of its axis, without the first `warmup` share of its steps. */
export function logCurve({ x, y }: SeedCurve, warmup: number): SeedCurve {
  const from = Math.floor(warmup * x.length);
  return { x: x.slice(from).map(Math.log10), y: y.slice(from) };
}
