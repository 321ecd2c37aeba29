/**
 * Group-relative advantages and masks (GRPO, arXiv 2402.03300), with TRL's conventions. The loss itself is the
 * engine's: engine/policy-loss.ts.
 */
import { quantile } from './curriculum.ts';

/** TRL's: keeps a group of nearly equal rewards from exploding. */
const STD_EPSILON = 1e-4;

export interface Advantages {
  readonly advantages: number[][];
  /** Mean over scored rewards. */
  readonly reward: number;
  /** Mean over groups of the unbiased standard deviation. */
  readonly rewardStd: number;
  readonly fracRewardZeroStd: number;
}

/**
 * (r − group mean) / (std + 1e-4) with the unbiased standard deviation of the group or of the batch, or unscaled.
 * A null reward is a completion that could not be scored: it gets advantage 0 and counts nowhere.
 * A group whose rewards are all equal gets zeros.
 * @param rewards by group, then completion
 */
export function groupAdvantages(
  rewards: readonly (readonly (number | null)[])[],
  scale: 'group' | 'batch' | 'none',
): Advantages {
  const scored = (group: readonly (number | null)[]): number[] => group.filter((r) => r !== null);
  const all = scored(rewards.flat());
  const batchStd = unbiasedStd(all);
  let stdSum = 0;
  let withoutSpread = 0;
  const advantages = rewards.map((group) => {
    const values = scored(group);
    const mean = values.reduce((sum, r) => sum + r, 0) / Math.max(1, values.length);
    const std = unbiasedStd(values);
    stdSum += std;
    if (values.every((r) => r === values[0])) {
      withoutSpread++;
      return group.map(() => 0);
    }
    const divisor = scale === 'none' ? 1 : (scale === 'group' ? std : batchStd) + STD_EPSILON;
    return group.map((r) => (r === null ? 0 : (r - mean) / divisor));
  });
  return {
    advantages,
    reward: all.reduce((sum, r) => sum + r, 0) / Math.max(1, all.length),
    rewardStd: stdSum / Math.max(1, rewards.length),
    fracRewardZeroStd: withoutSpread / Math.max(1, rewards.length),
  };
}

function unbiasedStd(values: readonly number[]): number {
  if (values.length < 2) return 0;
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  return Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (values.length - 1));
}

/**
 * Masks keeping only the share `topEntropyQuantile` of masked-in tokens with the highest entropy over the batch
 * ("Beyond the 80/20 rule", arXiv 2506.01939). 1 keeps all.
 */
export function topEntropyMasks(
  masks: readonly Uint8Array[],
  entropies: readonly Float32Array[],
  topEntropyQuantile: number,
): Uint8Array[] {
  if (topEntropyQuantile >= 1) return masks.map((mask) => mask);
  const kept = masks.flatMap((mask, i) => Array.from(entropies[i]!).filter((_, t) => mask[t] === 1));
  const threshold = quantile(Float64Array.from(kept).sort(), 1 - topEntropyQuantile);
  return masks.map((mask, i) => mask.map((m, t) => (m === 1 && entropies[i]![t]! >= threshold ? 1 : 0)));
}
