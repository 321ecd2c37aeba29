import type { MeanWithSpread } from './crossed.ts';

/**
 * Any statistic of several seeds with its delete-one jackknife standard error, S − 1 degrees of freedom:
 * Var = (S−1)/S · Σ (θ_(s) − θ̄)², θ_(s) being the statistic without seed s. B. Efron and C. Stein, “The jackknife
 * estimate of variance”, Annals of Statistics 9, 1981. One seed alone tells nothing.
 * @param statistic of some of the seeds, given by their indices
 */
export function jackknife(seeds: number, statistic: (chosen: readonly number[]) => number): MeanWithSpread {
  const all = Array.from({ length: seeds }, (_, i) => i);
  const mean = statistic(all);
  if (seeds < 2) return { mean, se: null, df: null };
  const without = all.map((left) => statistic(all.filter((i) => i !== left)));
  const centre = without.reduce((sum, value) => sum + value, 0) / seeds;
  const squares = without.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  return { mean, se: Math.sqrt(((seeds - 1) / seeds) * squares), df: seeds - 1 };
}
