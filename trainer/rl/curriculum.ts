/** Entropy tiers and RMT's curriculum-based adaptive sampling (arXiv 2509.24375). */
import type { Tier } from '../protocol.ts';

export const TIERS: readonly Tier[] = ['easy', 'medium', 'hard'];

export interface TierThresholds {
  /** Entropies (nats) up to this are easy. */
  readonly easyUpTo: number;
  /** Entropies above this are hard. */
  readonly hardAbove: number;
  /** Positions at or below this are in no tier. */
  readonly floor: number;
}

/** 0 easy, 1 medium, 2 hard; −1 at or below the floor or where no entropy was scored (NaN). */
export function tierOf(entropy: number, thresholds: TierThresholds): number {
  if (!(entropy > thresholds.floor)) return -1;
  if (entropy <= thresholds.easyUpTo) return 0;
  return entropy > thresholds.hardAbove ? 2 : 1;
}

/** The q-quantile of sorted values by linear interpolation (NumPy's default). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!);
}

/** Thresholds over eligible entropies (above the floor): quantiles of them, or as given. */
export function tierThresholds(
  entropies: Float32Array,
  settings: {
    readonly tierThresholds: 'quantile' | 'absolute';
    readonly easyQuantile: number;
    readonly hardQuantile: number;
    readonly easyEntropy: number;
    readonly hardEntropy: number;
    readonly entropyFloor?: number;
  },
): TierThresholds {
  // A floor of 0 keeps every scored position eligible, certain ones included.
  const floor = settings.entropyFloor ? settings.entropyFloor : -1;
  if (settings.tierThresholds === 'absolute') {
    return { easyUpTo: settings.easyEntropy, hardAbove: settings.hardEntropy, floor };
  }
  const eligible = entropies.filter((entropy) => entropy > floor).sort();
  if (eligible.length === 0) return { easyUpTo: 0, hardAbove: 0, floor };
  return {
    easyUpTo: quantile(eligible, settings.easyQuantile),
    hardAbove: quantile(eligible, settings.hardQuantile),
    floor,
  };
}

/**
 * p_t = p₁ before t₁, (1 − τ)p₁ + τp₂ with τ = (t − t₁)/(t₂ − t₁) between, p₂ from t₂ on.
 * @param progress t/T in [0, 1]
 */
export function tierProbabilities(
  progress: number,
  settings: {
    readonly curriculum: 'adaptive' | 'uniform' | 'hard' | 'positions';
    readonly curriculumStart: readonly number[];
    readonly curriculumEnd: readonly number[];
    readonly curriculumFrom: number;
    readonly curriculumTo: number;
  },
): readonly number[] | null {
  const { curriculumFrom: from, curriculumTo: to, curriculumStart, curriculumEnd } = settings;
  switch (settings.curriculum) {
    case 'uniform':
      return [1 / 3, 1 / 3, 1 / 3];
    case 'hard':
      return [0, 0, 1];
    case 'positions':
      return null;
    case 'adaptive': {
      if (progress < from) return curriculumStart;
      if (progress >= to) return curriculumEnd;
      const tau = (progress - from) / (to - from);
      return curriculumStart.map((p, i) => (1 - tau) * p + tau * curriculumEnd[i]!);
    }
    default:
      return settings.curriculum satisfies never;
  }
}
