import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bandPath, linePath } from '../../renderer/lib/path.ts';
import { placer, placingOf } from '../../renderer/lib/placing.ts';
import {
  curveOf,
  extent,
  indexNear,
  type LineData,
  lastValue,
  positivePart,
  reachOf,
  stackOf,
  thinned,
  unionOfX,
} from '../../renderer/lib/series.ts';
import { smooth } from '../../renderer/lib/smooth.ts';
import { logAxis, logTicksWithin, roundAxis, ticksWithin } from '../../renderer/lib/ticks.ts';

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

describe('curves of a chart', () => {
  const a: LineData = { key: 'a', x: [1, 3], y: [10, 30], low: [9, 30], high: [11, 30] };
  const b: LineData = { key: 'b', x: [2, 3], y: [null, 5] };

  it('share every x that one of them has a point at', () => {
    expect(unionOfX([a, b])).toEqual([1, 2, 3]);
    expect(unionOfX([a])).toEqual([1, 3]);
    expect(unionOfX([])).toEqual([]);
  });

  it('find the point nearest to x, and none outside', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { maxLength: 60 }),
        fc.integer({ min: -1100, max: 1100 }),
        (values, wanted) => {
          const x = values.toSorted((p, q) => p - q);
          const found = indexNear({ key: 'l', x, y: x }, wanted);
          const outside = x.length === 0 || wanted < x[0]! || wanted > x.at(-1)!;
          if (outside) expect(found).toBe(-1);
          else {
            const least = Math.min(...x.map((value) => Math.abs(value - wanted)));
            expect(Math.abs(x[found]! - wanted)).toBe(least);
          }
        },
      ),
    );
  });

  it('thin their x evenly and keep both ends', () => {
    const x = Array.from({ length: 5000 }, (_, i) => i);
    const few = thinned(x, 1000);
    expect(few).toHaveLength(1000);
    expect([few[0], few.at(-1)]).toEqual([0, 4999]);
    expect(thinned([1, 2, 3], 3)).toEqual([1, 2, 3]);
  });

  it('leave out, and count, what a logarithmic axis cannot show', () => {
    const line: LineData = { key: 'l', x: [0, 1, 2, 3], y: [5, -1, 0, 2], low: [1, -2, 0, 1], high: null };
    const { line: both, left } = positivePart(line, { x: true, y: true });
    expect(both).toMatchObject({ x: [1, 2, 3], y: [null, null, 2], low: [null, null, 1] });
    expect(left).toBe(3);
    expect(positivePart(line, { x: false, y: false })).toEqual({ line, left: 0 });
  });

  it('take height in a stretch only from what lies in it', () => {
    expect(reachOf([curveOf(a, 0)], { from: 2, to: 4 })).toEqual([30, 30]);
    expect(reachOf([curveOf(a, 0)], { from: 4, to: 5 })).toBeNull();
  });

  it('keep what was recorded behind what is smoothed', () => {
    expect(curveOf(a, 0)).toMatchObject({ shown: [10, 30], raw: null });
    expect(curveOf(a, 0.5).raw).toEqual([10, 30]);
    expect(reachOf([curveOf(a, 0), curveOf(b, 0)])).toEqual([5, 30]);
    expect(reachOf([{ ...curveOf(a, 0.5), low: [1, 2], high: [40, 50] }])).toEqual([1, 50]);
    expect(curveOf(a, 0.5).low).toEqual([9, 30]);
    expect(curveOf(a, 0.5, true).low).toEqual(smooth([9, 30], 0.5));
  });

  it('stack to their sum, smoothed or not', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
          {
            minLength: 1,
            maxLength: 40,
          },
        ),
        fc.constantFrom(0, 0.6, 0.95),
        (shares, weight) => {
          const x = shares.map((_, index) => index);
          const lines = [
            { key: 'p', x, y: shares.map(([p]) => p / 3) },
            { key: 'q', x, y: shares.map(([, q]) => q / 3) },
            { key: 'r', x, y: shares.map(([p, q]) => 1 - p / 3 - q / 3) },
          ];
          const stack = stackOf(lines.map((line) => curveOf(line, weight)));
          expect(stack[0]?.low.every((value) => value === 0)).toBe(true);
          expect(stack[1]?.low).toEqual(stack[0]?.high);
          for (const top of stack[2]?.high ?? []) expect(top).toBeCloseTo(1, 9);
        },
      ),
    );
  });

  it('know their newest value and limits', () => {
    expect(lastValue({ key: 'a', x: [1, 2], y: [4, null] })).toBe(4);
    expect(lastValue({ key: 'a', x: [], y: [] })).toBeNull();
    expect(extent([3, null, -1, Number.NaN])).toEqual([-1, 3]);
    expect(extent([null])).toBeNull();
  });
});

describe('paths', () => {
  const same = (value: number): number => value;

  it('break at gaps', () => {
    expect(linePath([0, 1, 2, 3], [5, null, 6.25, 7], same, same)).toBe('M0 5M2 6.3L3 7');
    expect(linePath([0], [Number.NaN], same, same)).toBe('');
  });

  it('say tenths of a pixel, as numbers are written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(finite, finite), { minLength: 1, maxLength: 50 }), (points) => {
        const text = (value: number): string => String(Math.round(value * 10) / 10);
        const wanted = points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${text(x)} ${text(y)}`).join('');
        const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
        expect(linePath(xs, ys, same, same)).toBe(wanted);
      }),
    );
    expect(linePath([0, 1], [-1e300, 1e300], same, same)).toBe('M0 -99999999L1 99999999');
  });

  it('run along the upper edge of a band and back along the lower', () => {
    expect(bandPath([0, 1], [1, 2], [3, 4], same, same)).toBe('M0 3L1 4L1 2L0 1Z');
    expect(bandPath([0, 1, 2], [1, null, 1], [3, 4, 3], same, same)).toBe('M0 3L0 1ZM2 3L2 1Z');
  });
});

describe('places along an axis', () => {
  it('are those of its scale', () => {
    const linear = (value: number): number => 40 + (value - 3) * 7;
    const log = (value: number): number => 300 - 50 * Math.log10(value);
    for (const [scale, isLog] of [
      [linear, false],
      [log, true],
    ] as const) {
      const placing = placingOf(scale, [2, 900], isLog);
      expect(placing).not.toBeNull();
      for (const value of [2, 5.5, 100, 900, 2000]) {
        expect(placer(placing!)(value)).toBeCloseTo(scale(value), 8);
      }
    }
    expect(placingOf(() => undefined, [0, 1], false)).toBeNull();
    expect(placingOf(() => 12, [0, 1], false)).toBeNull();
  });
});

describe('axes', () => {
  it('end at round numbers around all values, with few ticks', () => {
    expect(roundAxis(0.13, 0.71)).toEqual({ domain: [0, 0.8], ticks: [0, 0.2, 0.4, 0.6, 0.8] });
    expect(roundAxis(0, 1)).toEqual({ domain: [0, 1], ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] });
    expect(roundAxis(5e-4, 5e-4).domain[0]).toBeLessThan(5e-4);
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
        (low, size) => {
          const { domain, ticks } = roundAxis(low, low + size);
          const slack = 1e-9 * (Math.abs(low) + size);
          expect(domain[0]).toBeLessThanOrEqual(low + slack);
          expect(domain[1]).toBeGreaterThanOrEqual(low + size - slack);
          expect(ticks.length).toBeGreaterThanOrEqual(2);
          expect(ticks.length).toBeLessThanOrEqual(8);
        },
      ),
    );
  });

  it('have few ticks, each a round number, when logarithmic', () => {
    expect(logTicksWithin(1, 20_000)).toEqual([1, 10, 100, 1000, 10_000]);
    expect(logTicksWithin(1, 10)).toEqual([1, 2, 5, 10]);
    fc.assert(
      fc.property(
        fc.double({ min: 1e-9, max: 1e12, noNaN: true }),
        fc.double({ min: 1, max: 1e12, noNaN: true }),
        (low, ratio) => {
          const { domain, ticks } = logAxis(low, low * ratio);
          expect(domain[0]).toBeGreaterThan(0);
          expect(domain[0]).toBeLessThanOrEqual(low);
          expect(domain[1]).toBeGreaterThanOrEqual(low * ratio);
          expect(ticks.length).toBeGreaterThanOrEqual(1);
          expect(ticks.length).toBeLessThanOrEqual(12);
          for (const tick of ticks) {
            expect(tick).toBeGreaterThanOrEqual(domain[0] * (1 - 1e-6));
            expect(tick).toBeLessThanOrEqual(domain[1] * (1 + 1e-6));
          }
        },
      ),
    );
  });

  it('put ticks between given ends', () => {
    expect(ticksWithin(1, 71)).toEqual([20, 40, 60]);
    expect(ticksWithin(3, 3)).toEqual([3]);
  });
});
