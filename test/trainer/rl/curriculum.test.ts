import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, tierOf, tierProbabilities, tierThresholds } from '../../../trainer/rl/curriculum.ts';

const adaptive = {
  curriculum: 'adaptive',
  curriculumStart: [0.5, 0.35, 0.15],
  curriculumEnd: [0.15, 0.35, 0.5],
  curriculumFrom: 0.3,
  curriculumTo: 0.7,
} as const;

describe('curriculum', () => {
  // By hand: τ = (0.5 − 0.3)/0.4 = 0.5 gives the means; τ = 0.25 at 0.4 gives 0.75·p₁ + 0.25·p₂.
  it('moves linearly from p₁ to p₂ between t₁ and t₂', () => {
    const at = (progress: number) => tierProbabilities(progress, adaptive)!.map((p) => Number(p.toFixed(10)));
    expect(at(0)).toEqual([0.5, 0.35, 0.15]);
    expect(at(0.2999)).toEqual([0.5, 0.35, 0.15]);
    expect(at(0.4)).toEqual([0.4125, 0.35, 0.2375]);
    expect(at(0.5)).toEqual([0.325, 0.35, 0.325]);
    expect(at(0.7)).toEqual([0.15, 0.35, 0.5]);
    expect(at(1)).toEqual([0.15, 0.35, 0.5]);
  });

  it('is a distribution at every step', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (progress) => {
        const p = tierProbabilities(progress, adaptive)!;
        return Math.abs(p.reduce((sum, x) => sum + x, 0) - 1) < 1e-9 && p.every((x) => x >= 0);
      }),
    );
  });

  it('has its ablations', () => {
    expect(tierProbabilities(0.5, { ...adaptive, curriculum: 'hard' })).toEqual([0, 0, 1]);
    expect(tierProbabilities(0.5, { ...adaptive, curriculum: 'uniform' })).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(tierProbabilities(0.5, { ...adaptive, curriculum: 'positions' })).toBeNull();
  });
});

describe('tiers', () => {
  const thresholds = { easyUpTo: 0.5, hardAbove: 1.7, floor: -1 };

  it('split by threshold: easy includes its bound, hard lies above its own', () => {
    expect([0, 0.5, 0.51, 1.7, 1.71].map((h) => tierOf(h, thresholds))).toEqual([0, 0, 1, 1, 2]);
  });

  it('leave out positions at or below the floor and those never scored', () => {
    expect(tierOf(0.2, { ...thresholds, floor: 0.2 })).toBe(-1);
    expect(tierOf(Number.NaN, thresholds)).toBe(-1);
  });

  // numpy.quantile([0.1, 0.2, 0.4, 0.8, 1.6], [1/3, 2/3]) → [0.26666667, 0.66666667]
  it('take quantiles as NumPy does', () => {
    const values = [0.1, 0.2, 0.4, 0.8, 1.6];
    expect(quantile(values, 1 / 3)).toBeCloseTo(0.26666667, 7);
    expect(quantile(values, 2 / 3)).toBeCloseTo(0.66666667, 7);
  });

  it('take quantiles among eligible positions only', () => {
    const entropies = Float32Array.from([0, 0, 0, 0.1, 0.2, 0.4, 0.8, 1.6, Number.NaN]);
    const found = tierThresholds(entropies, {
      tierThresholds: 'quantile',
      easyQuantile: 1 / 3,
      hardQuantile: 2 / 3,
      easyEntropy: 0,
      hardEntropy: 0,
      entropyFloor: 0.05,
    });
    expect(found.easyUpTo).toBeCloseTo(0.26666667, 6);
    expect(found.hardAbove).toBeCloseTo(0.66666667, 6);
    expect(tierOf(0, found)).toBe(-1);
  });
});
