import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandKey, chartRows, extent, lastValue, rawKey } from '../../renderer/lib/series.ts';
import { smooth } from '../../renderer/lib/smooth.ts';

const finite = fc.double({ min: -1e6, max: 1e6, noNaN: true });

describe('smoothing', () => {
  it('equals the debiased average worked out by hand', () => {
    // w = 0.5: s₁ = 0.5·2 = 1, shown 1/(1 − 0.5) = 2; s₂ = 0.5·1 + 0.5·4 = 2.5, shown 2.5/0.75 = 10/3;
    // s₃ = 0.5·2.5 + 0.5·1 = 1.75, shown 1.75/0.875 = 2.
    const shown = smooth([2, 4, 1], 0.5);
    expect(shown[0]).toBeCloseTo(2, 12);
    expect(shown[1]).toBeCloseTo(10 / 3, 12);
    expect(shown[2]).toBeCloseTo(2, 12);
  });

  it('leaves a line alone at weight 0 and a flat line alone at any weight', () => {
    fc.assert(
      fc.property(fc.array(finite, { maxLength: 50 }), (values) => {
        expect(smooth(values, 0)).toEqual(values);
      }),
    );
    fc.assert(
      fc.property(
        finite,
        fc.integer({ min: 1, max: 200 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        (y, n, w) => {
          for (const value of smooth(new Array(n).fill(y), w)) expect(value).toBeCloseTo(y, 4);
        },
      ),
    );
  });

  it('stays between the least and the greatest value so far', () => {
    fc.assert(
      fc.property(
        fc.array(finite, { minLength: 1, maxLength: 80 }),
        fc.double({ min: 0.01, max: 0.98, noNaN: true }),
        (values, weight) => {
          smooth(values, weight).forEach((value, index) => {
            const seen = values.slice(0, index + 1);
            const slack = 1e-6 * (1 + Math.max(...seen.map(Math.abs)));
            expect(value).toBeGreaterThanOrEqual(Math.min(...seen) - slack);
            expect(value).toBeLessThanOrEqual(Math.max(...seen) + slack);
          });
        },
      ),
    );
  });

  it('keeps gaps and passes over them', () => {
    expect(smooth([1, null, 1], 0.9)).toEqual([1, null, 1]);
    expect(smooth([null, null], 0.9)).toEqual([null, null]);
  });
});

describe('rows of a chart', () => {
  it('joins lines on x, sorted, with raw values and ranges behind them', () => {
    const rows = chartRows(
      [
        { key: 'a', x: [1, 3], y: [10, 30], low: [9, 30], high: [11, 30] },
        { key: 'b', x: [2, 3], y: [null, 5] },
      ],
      0.5,
    );
    expect(rows.map((row) => row.x)).toEqual([1, 2, 3]);
    expect(rows[0]?.[rawKey('a')]).toBe(10);
    expect(rows[0]?.[bandKey('a')]).toEqual([9, 11]);
    expect(rows[2]?.[bandKey('a')]).toBeUndefined();
    expect(rows[1]?.b).toBeNull();
    expect(rows[2]?.[rawKey('b')]).toBe(5);
  });

  it('has no raw values where nothing is smoothed', () => {
    expect(chartRows([{ key: 'a', x: [1], y: [2] }], 0)).toEqual([{ x: 1, a: 2 }]);
  });

  it('finds the newest value and the limits', () => {
    expect(lastValue({ key: 'a', x: [1, 2], y: [4, null] })).toBe(4);
    expect(lastValue({ key: 'a', x: [], y: [] })).toBeNull();
    expect(extent([3, null, -1, Number.NaN])).toEqual([-1, 3]);
    expect(extent([null])).toBeNull();
  });
});
