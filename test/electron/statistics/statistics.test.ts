import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanInterval, proportionInterval } from '../../../electron/statistics/clustered.ts';
import { t95, Z_95 } from '../../../electron/statistics/t-quantile.ts';
import { wilson } from '../../../electron/statistics/wilson.ts';
// Made by test/golden/statistics.py with scipy and statsmodels.
import golden from '../../golden/statistics.json' with { type: 'json' };

describe('intervals agree with scipy and statsmodels', () => {
  it('Student’s quantile', () => {
    for (const [df, expected] of golden.t95)
      expect(Math.abs(t95(df!) - expected!)).toBeLessThan(2e-5 * expected!);
  });

  it('Wilson’s interval', () => {
    for (const [k, n, low, high] of golden.wilson) {
      const interval = wilson(k! / n!, n!, Z_95);
      expect(interval.low).toBeCloseTo(low!, 10);
      expect(interval.high).toBeCloseTo(high!, 10);
    }
  });

  it('a mean clustered by document', () => {
    for (const { values, keys, mean, low, high } of golden.means) {
      const interval = meanInterval(values, keys);
      expect(interval.n).toBe(values.length);
      expect(interval.mean).toBeCloseTo(mean, 10);
      const tolerance = 3e-5 * (high - low);
      expect(Math.abs(interval.low - low)).toBeLessThan(tolerance);
      expect(Math.abs(interval.high - high)).toBeLessThan(tolerance);
    }
  });

  it('a proportion clustered by document', () => {
    for (const { values, keys, mean, proportion } of golden.proportions) {
      const interval = proportionInterval(values, keys);
      expect(interval.mean).toBeCloseTo(mean, 10);
      expect(interval.low).toBeCloseTo(proportion!.low, 5);
      expect(interval.high).toBeCloseTo(proportion!.high, 5);
    }
  });
});

const items = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 8 })), {
  minLength: 1,
  maxLength: 60,
});

describe('intervals', () => {
  it('of a proportion hold it and stay within 0 and 1, however the items cluster', () => {
    fc.assert(
      fc.property(items, (pairs) => {
        const interval = proportionInterval(
          pairs.map(([value]) => value),
          pairs.map(([, key]) => String(key)),
        );
        expect(interval.low).toBeGreaterThanOrEqual(0);
        expect(interval.high).toBeLessThanOrEqual(1);
        expect(interval.low).toBeLessThanOrEqual(interval.mean);
        expect(interval.high).toBeGreaterThanOrEqual(interval.mean);
      }),
    );
  });

  it('do not depend on the items’ order', () => {
    fc.assert(
      fc.property(items, (pairs) => {
        const of = (list: typeof pairs) =>
          meanInterval(
            list.map(([value]) => value),
            list.map(([, key]) => String(key)),
          );
        const [a, b] = [of(pairs), of(pairs.toReversed())];
        for (const name of ['mean', 'low', 'high'] as const) expect(a[name]).toBeCloseTo(b[name], 9);
      }),
    );
  });

  it('are wider where items of a document agree, and Wilson’s own where each has its own document', () => {
    const values = [1, 1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 0];
    const apart = proportionInterval(
      values,
      values.map((_, i) => String(i)),
    );
    const together = proportionInterval(
      values,
      values.map((_, i) => String(Math.floor(i / 3))),
    );
    expect(apart).toEqual({ mean: 0.5, n: 12, ...wilson(0.5, 12, Z_95) });
    expect(together.high - together.low).toBeGreaterThan(apart.high - apart.low);
    expect(proportionInterval([1, 0, 1], ['a', 'a', 'a'])).toMatchObject({ low: 0, high: 1 });
    // Nine right items of three documents say no more than three right documents.
    expect(proportionInterval(Array(9).fill(1), ['a', 'a', 'a', 'b', 'b', 'b', 'c', 'c', 'c'])).toMatchObject(
      {
        mean: 1,
        high: 1,
        low: wilson(1, 3, t95(2)).low,
      },
    );
  });

  it('cover the truth about 95 times in 100 with clustered items', () => {
    // A fixed linear congruential generator: the test never flips by chance.
    let state = 12345;
    const uniform = (): number => {
      state = (state * 1664525 + 1013904223) % 2 ** 32;
      return state / 2 ** 32;
    };
    let covered = 0;
    const trials = 1000;
    for (let trial = 0; trial < trials; trial++) {
      const values: number[] = [];
      const keys: string[] = [];
      for (let c = 0; c < 30; c++) {
        const p = uniform() < 0.5 ? 0.5 : 0.9; // mean 0.7
        for (let i = 0; i < 4; i++) {
          values.push(Number(uniform() < p));
          keys.push(String(c));
        }
      }
      const { low, high } = proportionInterval(values, keys);
      covered += Number(low <= 0.7 && 0.7 <= high);
    }
    expect(covered / trials).toBeGreaterThan(0.93);
    expect(covered / trials).toBeLessThan(0.985);
  });
});
