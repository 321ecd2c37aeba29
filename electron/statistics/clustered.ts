/**
 * 95% intervals of means whose items come in clusters: several positions of one document, several samples of one
 * prompt. Such items resemble each other, and an interval that takes them as independent is too narrow.
 *
 * Cluster-robust standard errors are used rather than a clustered bootstrap: they need no random draws, so that the
 * same items always give the same interval, and agree with the bootstrap for the tens of clusters and more seen here.
 */
import type { Interval } from '../contract/shapes.ts';
import { t95, Z_95 } from './t-quantile.ts';
import { wilson } from './wilson.ts';

interface ClusterSums {
  readonly mean: number;
  readonly clusters: number;
  /** Cluster-robust variance of the mean. */
  readonly variance: number;
}

/**
 * Var(s̄) = C/(C−1) · Σ_c (Σ_{i∈c} (s_i − s̄))² / n²: E. Miller, “Adding Error Bars to Evals”, arXiv 2411.00640,
 * eq. 4, with the usual correction for C clusters (CR1).
 */
function clusterSums(values: readonly number[], clusterKeys: readonly string[]): ClusterSums {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const residuals = new Map<string, number>();
  values.forEach((value, i) => {
    const key = clusterKeys[i]!;
    residuals.set(key, (residuals.get(key) ?? 0) + value - mean);
  });
  const clusters = residuals.size;
  let squares = 0;
  for (const residual of residuals.values()) squares += residual * residual;
  const variance = clusters > 1 ? ((clusters / (clusters - 1)) * squares) / (n * n) : Number.NaN;
  return { mean, clusters, variance };
}

/**
 * Mean of real values with s̄ ± t_{C−1}·√Var. One cluster tells nothing about spread: low and high are then the mean.
 * @param values at least one
 * @param clusterKeys one for each value
 */
export function meanInterval(values: readonly number[], clusterKeys: readonly string[]): Interval {
  const { mean, clusters, variance } = clusterSums(values, clusterKeys);
  const half = clusters > 1 ? t95(clusters - 1) * Math.sqrt(variance) : 0;
  return { mean, low: mean - half, high: mean + half, n: values.length };
}

/**
 * Share of ones among zeros and ones: Wilson's interval. Where clusters hold several items, its n is the effective
 * number n / deff with deff = Var / (p(1−p)/n) (at least 1) and its quantile Student's with C−1 degrees of freedom;
 * where all agree and Var tells nothing, the number of clusters. See N. Dean and M. Pagano, “Evaluating Confidence
 * Interval Methods for Binomial Proportions in Clustered Surveys”, J. Survey Statistics and Methodology 3(4), 2015.
 * One cluster alone gives [0, 1].
 * @param values at least one, each 0 or 1
 * @param clusterKeys one for each value
 */
export function proportionInterval(values: readonly number[], clusterKeys: readonly string[]): Interval {
  const n = values.length;
  const { mean, clusters, variance } = clusterSums(values, clusterKeys);
  if (clusters === n) return { mean, ...wilson(mean, n, Z_95), n };
  if (clusters === 1) return { mean, low: 0, high: 1, n };
  const independent = (mean * (1 - mean)) / n;
  const effective = independent === 0 ? clusters : n / Math.max(1, variance / independent);
  return { mean, ...wilson(mean, effective, t95(clusters - 1)), n };
}
