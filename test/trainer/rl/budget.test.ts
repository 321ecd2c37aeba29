import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetSchedule, dynamicBudget, triangularLengthReward } from '../../../trainer/rl/budget.ts';

describe('dynamic token budget', () => {
  // By hand: 800 · 0.2^(t/T) is 800, 357.77, 160 at t/T = 0, 1/2, 1.
  it('follows the paper’s formula', () => {
    expect([0, 50, 100].map((t) => dynamicBudget(800, 1, 0.2, t, 100))).toEqual([800, 357, 160]);
    // 20 · 0.6^(90/180) = 15.49; 20 · 0.6 = 12.
    expect([0, 90, 180].map((t) => dynamicBudget(20, 4, 0.6, t, 180))).toEqual([20, 15, 12]);
  });

  it('never falls below the smallest budget', () => {
    expect(dynamicBudget(8, 5, 0.1, 10, 10)).toBe(5);
  });

  it('shrinks monotonically', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1, max: 1000, noNaN: true }),
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        (b, g) => {
          const budgets = Array.from({ length: 21 }, (_, t) => dynamicBudget(b, 1, g, t, 20));
          return budgets.every((budget, t) => t === 0 || budget <= budgets[t - 1]!);
        },
      ),
    );
  });

  it('is off, fixed or dynamic by setting', () => {
    const at = (budgetSchedule_: 'dynamic' | 'fixed' | 'none') =>
      budgetSchedule({
        budgetSchedule: budgetSchedule_,
        budgetInitial: 20,
        budgetMin: 4,
        budgetDecay: 0.6,
        maxSteps: 10,
      });
    expect(at('none')(3)).toBeNull();
    expect(at('fixed')(9)).toBe(20);
    expect(at('dynamic')(5)).toBe(15);
  });
});

describe('triangular length reward', () => {
  // By hand from r·ℓ/B, then r·(2B − ℓ)/B, then 0, with B = 10, r_max = 1.
  it('peaks at the budget and ends at twice it', () => {
    expect([0, 5, 10, 15, 20, 25].map((l) => triangularLengthReward(l, 10, 1))).toEqual([
      0, 0.5, 1, 0.5, 0, 0,
    ]);
    expect(triangularLengthReward(5, 10, 3)).toBe(1.5);
  });

  it('lies in [0, r_max] and is symmetric about the budget', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 0, max: 2000 }), (budget, length) => {
        const reward = triangularLengthReward(length, budget, 1);
        const mirrored = 2 * budget - length;
        return (
          reward >= 0 &&
          reward <= 1 &&
          (mirrored < 0 || Math.abs(triangularLengthReward(mirrored, budget, 1) - reward) < 1e-12)
        );
      }),
    );
  });
});
