/** Two checkpoints on the same items. Pure. */
import type { ClusteredMean } from './bootstrap.ts';
import { criticalT } from './student.ts';

/** How items fell, for right-or-wrong outcomes. */
export interface PairCounts {
  readonly bothRight: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly bothWrong: number;
}

/** @param a @param b 1 or 0 for each item */
export function pairCounts(a: ArrayLike<number>, b: ArrayLike<number>): PairCounts {
  const counts = { bothRight: 0, onlyA: 0, onlyB: 0, bothWrong: 0 };
  for (let i = 0; i < a.length; i++) {
    if (a[i] === 1) counts[b[i] === 1 ? 'bothRight' : 'onlyA']++;
    else counts[b[i] === 1 ? 'onlyB' : 'bothWrong']++;
  }
  return counts;
}

export const isBinary = (values: ArrayLike<number>): boolean => {
  for (let i = 0; i < values.length; i++) if (values[i] !== 0 && values[i] !== 1) return false;
  return true;
};

const POWER = 0.8;
const LEVEL = 0.05;

/**
 * Smallest true difference that a test at 5% over the whole family finds with 80% power, given the spread seen:
 * (t(1 − α/2m) + t(0.8)) · SE, with the cluster-robust standard error of the mean difference and Student's t with
 * C − 1 degrees of freedom. H. A. Bloom, “Minimum detectable effects”, Evaluation Review 19, 1995; E. Miller,
 * arXiv 2411.00640, §5. Testing all of a family at α/m is the first and hardest step of Holm's procedure.
 * @param difference b − a, over items
 * @param family number of tests corrected for
 * @returns null where the differences show no spread, or all items are of one document
 */
export function minimumDetectable({ se, clusters }: ClusteredMean, family: number): number | null {
  if (se === 0) return null;
  const df = clusters - 1;
  // P(|T| ≤ t) = 2·0.8 − 1 for the one-sided 80% point.
  return (criticalT(df, 1 - LEVEL / family) + criticalT(df, 2 * POWER - 1)) * se;
}
