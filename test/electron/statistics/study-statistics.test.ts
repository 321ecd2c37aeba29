import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossedMean, pAgainst, withInterval } from '../../../electron/statistics/crossed.ts';
import { holm } from '../../../electron/statistics/holm.ts';
import { jackknife } from '../../../electron/statistics/jackknife.ts';
import { linearFit } from '../../../electron/statistics/linear-fit.ts';
import { passAtK } from '../../../electron/statistics/pass-at-k.ts';
import { criticalT, twoSidedP } from '../../../electron/statistics/student.ts';
// Made by test/golden/study_statistics.py with scipy and statsmodels.
import golden from '../../golden/study_statistics.json' with { type: 'json' };

const near = (actual: number, expected: number, relative = 1e-9): void => {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(relative * Math.max(1e-12, Math.abs(expected)));
};

describe('the studies’ statistics agree with scipy and statsmodels', () => {
  it('Student’s quantile, with fractions of degrees of freedom', () => {
    for (const [df, level, expected] of golden.critical) near(criticalT(df!, level!), expected!);
  });

  it('Student’s two-sided p-value', () => {
    for (const [x, df, expected] of golden.p) near(twoSidedP(x!, df!), expected!, 1e-8);
  });

  it('a mean over seeds and documents, both random', () => {
    for (const expected of golden.crossed) {
      const mean = crossedMean(expected.cells);
      const { low, high } = withInterval(mean);
      near(mean.mean, expected.mean);
      near(mean.se!, expected.se);
      near(mean.df!, expected.df);
      near(low!, expected.low, 1e-8);
      near(high!, expected.high, 1e-8);
      near(pAgainst(mean, 0), expected.p, 1e-8);
    }
  });

  it('a line with its slope’s interval and R²', () => {
    for (const { x, y, slope, intercept, low, high, r2 } of golden.fits) {
      const line = linearFit(x, y);
      near(line.slope, slope);
      near(line.intercept, intercept);
      near(line.slopeLow!, low, 1e-7);
      near(line.slopeHigh!, high, 1e-7);
      near(line.r2, r2);
    }
  });

  it('pass@k', () => {
    for (const [n, c, k, expected] of golden.pass_at_k) {
      expect(passAtK(n!, c!, k!)).toBeCloseTo(expected!, 12);
    }
  });

  it('Holm’s correction', () => {
    for (const { p, corrected } of golden.holm) {
      holm(p).forEach((value, i) => {
        expect(value).toBeCloseTo(corrected[i]!, 12);
      });
    }
  });

  it('the jackknife of a median', () => {
    const { values, mean, se } = golden.jackknife;
    const median = (chosen: readonly number[]): number => {
      const sorted = chosen.map((i) => values[i]!).sort((a, b) => a - b);
      const half = sorted.length >> 1;
      return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
    };
    const estimate = jackknife(values.length, median);
    expect(estimate.mean).toBeCloseTo(mean, 12);
    near(estimate.se!, se);
  });
});

/** Repeatable draws from a normal distribution (Box and Muller over a linear congruential generator). */
function normals(seed: number): () => number {
  let state = seed;
  const uniform = (): number => {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    return (state + 0.5) / 2 ** 32;
  };
  return () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

describe('the crossed mean', () => {
  it('covers the truth about 95 times in 100 from three seeds on, whatever varies', () => {
    const normal = normals(1);
    for (const seeds of [3, 5]) {
      for (const [seedSd, documentSd] of [
        [0, 1],
        [0.1, 1],
        [1, 1],
        [0.05, 0],
      ] as const) {
        let covered = 0;
        const trials = 400;
        for (let trial = 0; trial < trials; trial++) {
          const documents = Array.from({ length: 100 }, () => normal() * documentSd);
          const cells = Array.from({ length: seeds }, () => {
            const seed = normal() * seedSd;
            return documents.map((document) => seed + document + normal());
          });
          const { low, high } = withInterval(crossedMean(cells));
          covered += Number(low! <= 0 && 0 <= high!);
        }
        expect(covered / trials, `${seeds} seeds, ${seedSd}, ${documentSd}`).toBeGreaterThan(0.915);
      }
    }
  });

  it('does not depend on the order of seeds and documents, and shifts with its cells', () => {
    const table = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 }))
      .chain(([rows, columns]) =>
        fc.array(fc.array(fc.integer({ min: -20, max: 20 }), { minLength: columns, maxLength: columns }), {
          minLength: rows,
          maxLength: rows,
        }),
      );
    fc.assert(
      fc.property(table, (cells) => {
        const here = crossedMean(cells);
        const turned = crossedMean(cells.toReversed().map((row) => row.toReversed()));
        const shifted = crossedMean(cells.map((row) => row.map((value) => value + 7)));
        expect(turned.mean).toBeCloseTo(here.mean, 9);
        expect(shifted.mean).toBeCloseTo(here.mean + 7, 9);
        if (here.se === null) {
          expect(turned.se).toBeNull();
          return;
        }
        expect(turned.se!).toBeCloseTo(here.se, 9);
        expect(shifted.se!).toBeCloseTo(here.se, 9);
      }),
    );
  });

  it('knows no spread from one answer of one model', () => {
    expect(withInterval(crossedMean([[0.5]]))).toEqual({
      mean: 0.5,
      se: null,
      df: null,
      low: null,
      high: null,
    });
    expect(pAgainst(crossedMean([[0.5]]), 0)).toBe(1);
  });
});
