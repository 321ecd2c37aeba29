/** RMT's triangular length reward, as charts show it (arXiv 2509.24375). */
import type { LineData } from './series.ts';

/** r_max·ℓ/B up to B, r_max·(2B − ℓ)/B up to 2B, 0 beyond. @param length thinking tokens ℓ */
export function lengthReward(length: number, budget: number, max: number): number {
  if (length < 0 || budget <= 0) return 0;
  return max * Math.max(0, length <= budget ? length / budget : 2 - length / budget);
}

export interface RewardBand {
  /** Lengths between `low` and `high` earn at least this share of r_max. */
  readonly share: number;
  readonly x: readonly number[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

const SHARES = [0.1, 0.3, 0.5, 0.7, 0.9] as const;

/** The reward over the lengths of every step, as bands within bands: the more lie on a length, the more it earns. */
export function rewardBands({ x, y }: Pick<LineData, 'x' | 'y'>): RewardBand[] {
  return SHARES.map((share) => ({
    share,
    x,
    low: y.map((budget) => (budget === null ? null : share * budget)),
    high: y.map((budget) => (budget === null ? null : (2 - share) * budget)),
  }));
}
