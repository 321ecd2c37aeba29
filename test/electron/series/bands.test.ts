import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Drawn, seedBand } from '../../../electron/series/bands.ts';

const line = (x: number[], y: number[]): Drawn => ({ x: Float64Array.from(x), y: Float64Array.from(y) });
const arbitraryLine = fc
  .uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 1, maxLength: 40 })
  .chain((xs) =>
    fc.tuple(
      fc.constant(xs.toSorted((a, b) => a - b)),
      fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), {
        minLength: xs.length,
        maxLength: xs.length,
      }),
    ),
  )
  .map(([x, y]) => line(x, y));

describe('a band over seeds', () => {
  it('follows straight lines between points and counts each run from its first point to its last', () => {
    const band = seedBand([line([0, 10], [0, 10]), line([5, 10, 20], [1, 2, 3])], 100);
    expect(Array.from(band.x)).toEqual([0, 5, 10, 20]);
    expect(Array.from(band.n)).toEqual([1, 2, 2, 1]);
    expect(Array.from(band.mean)).toEqual([0, 3, 6, 3]);
    expect(Array.from(band.low)).toEqual([0, 1, 2, 3]);
  });

  it('passes over values that are not finite', () => {
    const band = seedBand([line([1, 2, 3], [1, Number.NaN, 3]), line([1, 2, 3], [1, 2, 3])], 100);
    expect(Array.from(band.mean)).toEqual([1, 2, 3]);
    expect(seedBand([line([1], [Number.NaN])], 100).x.length).toBe(0);
  });

  it('holds its mean between its extremes and its interval around its mean, at no more points than asked for', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryLine, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 3, max: 50 }),
        (lines, maxPoints) => {
          const { x, mean, low, high, intervalLow, intervalHigh, n } = seedBand(lines, maxPoints);
          expect(x.length).toBeLessThanOrEqual(maxPoints);
          expect(x[0]).toBe(Math.min(...lines.map((one) => one.x[0]!)));
          expect(x.at(-1)).toBe(Math.max(...lines.map((one) => one.x.at(-1)!)));
          for (let i = 0; i < x.length; i++) {
            if (n[i] === 0) {
              expect(mean[i]).toBeNaN();
              continue;
            }
            expect(mean[i]!).toBeGreaterThanOrEqual(low[i]! - 1e-9);
            expect(mean[i]!).toBeLessThanOrEqual(high[i]! + 1e-9);
            if (n[i] === 1) {
              expect(intervalLow[i]).toBeNaN();
              continue;
            }
            expect(intervalLow[i]! + intervalHigh[i]!).toBeCloseTo(2 * mean[i]!, 6);
            expect(intervalHigh[i]!).toBeGreaterThanOrEqual(mean[i]!);
          }
        },
      ),
    );
  });
});
