import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetPlace, trapezoidWeights } from '../../../electron/statistics/area.ts';
import {
  affordableDraws,
  bootstrapMeans,
  bootstrapP,
  clusteredMean,
  clusterTable,
  differences,
  percentileInterval,
  quantile,
} from '../../../electron/statistics/bootstrap.ts';
import { binOf, binsFrom, equalBins } from '../../../electron/statistics/length-bins.ts';
import { lineBand } from '../../../electron/statistics/linear-fit.ts';
import { mcnemarExact } from '../../../electron/statistics/mcnemar.ts';
import { isBinary, minimumDetectable, pairCounts } from '../../../electron/statistics/paired.ts';
import { dominates, paretoSet } from '../../../electron/statistics/pareto.ts';
import { uniformDraws } from '../../../electron/statistics/random.ts';
// Made by test/golden/comparison_statistics.py with numpy, scipy and statsmodels.
import golden from '../../golden/comparison_statistics.json' with { type: 'json' };

describe('comparisons agree with scipy and statsmodels', () => {
  it('McNemar’s exact test', () => {
    for (const [b, c, p] of golden.mcnemar) {
      expect(Math.abs(mcnemarExact(b!, c!) - p!), `${b}, ${c}`).toBeLessThanOrEqual(1e-9 * p!);
    }
  });

  it('the clustered bootstrap: means, differences and p-values, to what random draws allow', () => {
    for (const { keys, columns, means, difference } of golden.bootstraps) {
      const table = clusterTable(columns, keys);
      const draws = bootstrapMeans(table, 20_000);
      const compared = [
        ...means.map((expected, i) => ({ expected, own: draws[i]!, observed: clusteredMean(table, i) })),
        {
          expected: difference!,
          own: differences(draws[1]!, draws[0]!),
          observed: clusteredMean(clusterTable([columns[1]!.map((b, i) => b - columns[0]![i]!)], keys), 0),
        },
      ];
      for (const { expected, own, observed } of compared) {
        const interval = percentileInterval(expected.mean, own, keys.length);
        // A 2.5% quantile of 20,000 draws is itself off by about 0.02 standard errors.
        expect(Math.abs(interval.low - expected.low)).toBeLessThan(0.1 * expected.se);
        expect(Math.abs(interval.high - expected.high)).toBeLessThan(0.1 * expected.se);
        expect(Math.abs(bootstrapP(own, observed) - expected.p)).toBeLessThan(0.02);
      }
    }
  });

  it('the clustered bootstrap of so few documents that every draw can be listed', () => {
    const { keys, column, quantiles } = golden.exact_bootstrap;
    const [means] = bootstrapMeans(clusterTable([column], keys), 50_000, 5);
    const sorted = means!.toSorted();
    const spread = Math.max(...column) - Math.min(...column);
    for (const [share, expected] of quantiles) {
      expect(Math.abs(quantile(sorted, share!) - expected!)).toBeLessThan(0.02 * spread);
    }
  });

  it('quantiles', () => {
    const sorted = golden.quantiles.values.toSorted((a, b) => a - b);
    for (const [share, expected] of golden.quantiles.at) {
      expect(quantile(sorted, share!)).toBeCloseTo(expected!, 12);
    }
  });

  it('the standard error of a clustered difference, its minimum detectable size and the tail of its p-value', () => {
    for (const { keys, differences: given, family, value, se, p } of golden.detectable) {
      const observed = clusteredMean(clusterTable([given], keys), 0);
      expect(observed.se).toBeCloseTo(se, 12);
      expect(minimumDetectable(observed, family)).toBeCloseTo(value, 8);
      // Draws that all lie on one side leave the p-value to the tail.
      expect(bootstrapP(new Float64Array(1000).fill(observed.mean), observed)).toBeCloseTo(p, 8);
    }
  });

  it('the Pareto set, by another algorithm', () => {
    for (const { length, accuracy, kept } of golden.pareto) {
      const places = length.map((value, i) => ({ length: value, accuracy: accuracy[i]! }));
      expect(paretoSet(places)).toEqual(kept);
    }
  });

  it('the interval of a fitted line', () => {
    for (const { x, y, band } of golden.bands) {
      const own = lineBand(
        x,
        y,
        band.map(([at]) => at!),
      );
      band.forEach(([, low, high], i) => {
        expect(own[i]!.low).toBeCloseTo(low!, 8);
        expect(own[i]!.high).toBeCloseTo(high!, 8);
      });
    }
  });

  it('areas under budget curves', () => {
    for (const { budgets, y, linear, log2 } of golden.areas) {
      for (const [scale, expected] of [
        ['linear', linear],
        ['log2', log2],
      ] as const) {
        const weights = trapezoidWeights(budgets.map((budget) => budgetPlace(budget, scale)));
        expect(weights.reduce((sum, weight, i) => sum + weight * y[i]!, 0)).toBeCloseTo(expected, 12);
      }
    }
  });
});

const place = fc.record({ length: fc.integer({ min: 0, max: 9 }), accuracy: fc.integer({ min: 0, max: 9 }) });

describe('the Pareto set', () => {
  it('is never empty, and holds what dominates anything left out', () => {
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 20 }), (places) => {
        const kept = paretoSet(places);
        expect(kept.some(Boolean)).toBe(true);
        places.forEach((one, i) => {
          const better = places.some((other, j) => kept[j] && dominates(other, one));
          expect(better).toBe(!kept[i]);
        });
      }),
    );
  });
});

describe('the clustered bootstrap', () => {
  const keys = ['a', 'a', 'b', 'c', 'c', 'c'];
  it('draws the same every time and keeps columns paired', () => {
    const table = clusterTable(
      [
        [1, 0, 1, 0, 1, 1],
        [2, 1, 2, 1, 2, 2],
      ],
      keys,
    );
    expect(table).toMatchObject({ items: 6, sizes: Float64Array.of(2, 1, 3) });
    const [a, b] = bootstrapMeans(table, 500);
    expect(bootstrapMeans(table, 500)[0]).toEqual(a);
    expect(bootstrapMeans(table, 500, 1)[0]).not.toEqual(a);
    // One column is the other and 1: so is every draw.
    for (const value of differences(b!, a!)) expect(value).toBeCloseTo(1, 12);
    const nothing = { mean: 0, se: 0, clusters: 3 };
    expect(bootstrapP(differences(a!, a!), nothing)).toBe(1);
    expect(bootstrapP(differences(b!, a!), { ...nothing, mean: 1 })).toBe(2 / 501);
    expect(clusteredMean(clusterTable([[2, 2, 2]], ['a', 'b', 'b']), 0)).toEqual({
      mean: 2,
      se: 0,
      clusters: 2,
    });
  });

  const sums = fc.array(
    fc.oneof(
      fc.array(fc.integer({ min: 0, max: 1e6 }), { minLength: 5, maxLength: 5 }),
      fc.array(fc.integer({ min: 2 ** 50, max: 2 ** 51 }), { minLength: 5, maxLength: 5 }),
      fc.array(fc.double({ min: -9, max: 9, noNaN: true }), { minLength: 5, maxLength: 5 }),
    ),
    { minLength: 1, maxLength: 9 },
  );
  it('finds for many columns together what it finds for each by itself', () => {
    fc.assert(
      fc.property(sums, fc.integer(), (given, seed) => {
        const sizes = Float64Array.of(3, 1, 2, 1, 4);
        const columns = given.map((own) => Float64Array.from(own));
        const means = bootstrapMeans({ items: 11, sizes, sums: columns }, 20, seed);
        const below = uniformDraws(seed);
        for (let draw = 0; draw < 20; draw++) {
          const drawn = Array.from(sizes, () => below(sizes.length));
          const over = (values: Float64Array): number => drawn.reduce((sum, c) => sum + values[c]!, 0);
          columns.forEach((own, column) => {
            const expected = over(own) / over(sizes);
            expect(Math.abs(means[column]![draw]! - expected)).toBeLessThanOrEqual(
              1e-15 * over(own.map(Math.abs)),
            );
          });
        }
      }),
    );
  });

  it('takes as many draws as there is time for', () => {
    const sized = (clusters: number, columns: number) => ({
      items: clusters,
      sizes: new Float64Array(clusters),
      sums: Array.from({ length: columns }, () => new Float64Array(clusters)),
    });
    expect(affordableDraws(sized(100, 2))).toBe(10_000);
    expect(affordableDraws(sized(2500, 8))).toBe(1818);
    expect(affordableDraws(sized(1_000_000, 64))).toBe(1000);
  });

  it('covers the truth of clustered items about as often as it says', () => {
    const below = uniformDraws(9);
    let covered = 0;
    for (let trial = 0; trial < 300; trial++) {
      const values: number[] = [];
      const documents: string[] = [];
      for (let c = 0; c < 60; c++) {
        const p = below(2) === 0 ? 500 : 900; // mean 0.7
        for (let i = 0; i < 4; i++) {
          values.push(Number(below(1000) < p));
          documents.push(String(c));
        }
      }
      const [draws] = bootstrapMeans(clusterTable([values], documents), 400, trial);
      const sorted = draws!.toSorted();
      covered += Number(quantile(sorted, 0.025) <= 0.7 && 0.7 <= quantile(sorted, 0.975));
    }
    expect(covered / 300).toBeGreaterThan(0.9);
  });
});

describe('uniform draws', () => {
  it('fill their range evenly', () => {
    const below = uniformDraws(1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[below(10)]! += 1;
    // Chi-squared with 9 degrees of freedom: 27.9 at 0.1%.
    expect(counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
    expect(below(1)).toBe(0);
  });
});

describe('pairs', () => {
  it('are counted, and a family’s detectable difference grows with it', () => {
    expect(pairCounts([1, 1, 0, 0, 1], [1, 0, 1, 0, 1])).toEqual({
      bothRight: 2,
      onlyA: 1,
      onlyB: 1,
      bothWrong: 1,
    });
    expect(isBinary([0, 1, 1])).toBe(true);
    expect(isBinary([0, 0.5])).toBe(false);
    const observed = { mean: 0.1, se: 0.05, clusters: 20 };
    expect(minimumDetectable(observed, 10)!).toBeGreaterThan(minimumDetectable(observed, 1)!);
    expect(minimumDetectable({ ...observed, se: 0 }, 1)).toBeNull();
  });
});

describe('length bins', () => {
  it('hold every length once, in order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 9 }),
        (lengths, count) => {
          const bins = equalBins(
            lengths.toSorted((a, b) => a - b),
            count,
          );
          expect(bins.length).toBeLessThanOrEqual(count);
          bins.forEach((bin, i) => {
            expect(bin.to).toBeGreaterThanOrEqual(bin.from);
            if (i > 0) expect(bin.from).toBe(bins[i - 1]!.to + 1);
          });
          for (const length of lengths) expect(binOf(bins, length)).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });

  it('are about equally full, and begin where asked', () => {
    const bins = equalBins(
      Array.from({ length: 100 }, (_, i) => i),
      4,
    );
    expect(bins).toEqual([
      { from: 0, to: 24 },
      { from: 25, to: 49 },
      { from: 50, to: 74 },
      { from: 75, to: 99 },
    ]);
    expect(equalBins([7, 7, 7], 3)).toEqual([{ from: 7, to: 7 }]);
    expect(binsFrom([20, 10, 10, 500], 0, 30)).toEqual([
      { from: 0, to: 9 },
      { from: 10, to: 19 },
      { from: 20, to: 30 },
    ]);
  });
});
