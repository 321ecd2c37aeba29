/** Lines through a training metric against log10 FLOPs. Pure. */
import { crossedMean, type MeanWithSpread, withInterval } from '../statistics/crossed.ts';
import { jackknife } from '../statistics/jackknife.ts';
import { type LinearFit, linearFit } from '../statistics/linear-fit.ts';
import { against, type GatheredPoint, gather, logCurve } from './curves.ts';
import type { MeasureDeclaration } from './declaration.ts';
import type { Source } from './observe.ts';

export interface FitOptions {
  /** Share of the steps left out at the start. */
  readonly warmup: number;
  /** Points the steps are gathered in. */
  readonly points: number;
}

export interface Fitted {
  readonly points: readonly GatheredPoint[];
  readonly seeds: number;
  /** Through the means over seeds; null below three points. */
  readonly fit: LinearFit | null;
  /**
   * Fisher's z of the correlation of those means, its spread by the jackknife over seeds. On this scale differences
   * of R² near 1 are as far apart as elsewhere.
   */
  readonly z: MeanWithSpread | null;
}

/** Correlations of 1 would be infinitely far away. */
const MAX_R = 1 - 1e-9;

export function fitOf(source: Source, run: string, measure: MeasureDeclaration, options: FitOptions): Fitted {
  const curves = source.plan.nodes.flatMap((node) => {
    if (node.subject !== run || node.kind !== 'train') return [];
    const series = source.data.series(node.id, measure.metric!);
    const flops = source.data.series(node.id, 'flops');
    return series && flops ? [logCurve(against(series, flops), options.warmup)] : [];
  });
  const points = gather(curves, options.points);
  if (points.length < 3) return { points, seeds: curves.length, fit: null, z: null };
  const x = points.map((point) => point.x);
  const lineOf = (chosen: readonly number[]): LinearFit =>
    linearFit(
      x,
      points.map(({ ys }) => chosen.reduce((sum, seed) => sum + ys[seed]!, 0) / chosen.length),
    );
  const zOf = (chosen: readonly number[]): number => {
    const { r2, slope } = lineOf(chosen);
    return Math.atanh(Math.min(MAX_R, Math.sqrt(r2)) * Math.sign(slope));
  };
  return {
    points,
    seeds: curves.length,
    fit: lineOf(curves.map((_, seed) => seed)),
    z: jackknife(curves.length, zOf),
  };
}

/** R² of a correlation on Fisher's scale; a falling line explains nothing of what should rise. */
export const r2Of = (z: number): number => (z <= 0 ? 0 : Math.tanh(z) ** 2);

/** Interval of R². */
export function r2Interval(z: MeanWithSpread): { low: number | null; high: number | null } {
  const { low, high } = withInterval(z);
  return { low: low === null ? null : r2Of(low), high: high === null ? null : r2Of(high) };
}

/** Mean and interval over seeds at each point. */
export function bandOf(points: readonly GatheredPoint[]) {
  return points.map(({ x, ys }) => {
    const { mean, low, high } = withInterval(crossedMean(ys.map((y) => [y])));
    return { x, y: mean, low, high, seeds: ys.length };
  });
}
