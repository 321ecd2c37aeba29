import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossedMean } from '../../../electron/statistics/crossed.ts';
import { type AnswerRow, layoutOf, meanOver, valuesOf } from '../../../electron/studies/answers.ts';

const row = (itemKey: string, documentKey: string, more: Partial<AnswerRow> = {}): AnswerRow => ({
  itemKey,
  documentKey,
  tier: null,
  score: 0,
  scores: '{}',
  thinkingLength: 0,
  truncated: 0,
  ...more,
});

const SAMPLED = [
  row('a', 'd1', { tier: 'easy', score: 1, scores: '{"edit":0.5}', thinkingLength: 4 }),
  row('a', 'd1', { tier: 'easy', score: 0.5, scores: '{"edit":1}', thinkingLength: 8, truncated: 1 }),
  row('a', 'd1', { tier: 'easy', score: 1, scores: '{"edit":0}', thinkingLength: 3 }),
  row('b', 'd2', { tier: 'hard', score: 0, scores: '{"edit":0.25}', thinkingLength: 1 }),
  row('b', 'd2', { tier: 'hard', score: 0, scores: '{"edit":0.75}', thinkingLength: 2 }),
  row('b', 'd2', { tier: 'hard', score: 1, scores: '{"edit":0.5}', thinkingLength: 3 }),
];

describe('values of items', () => {
  it.each([
    // By hand; only a score of 1 is right.
    ['accuracy', [2 / 3, 1 / 3]],
    ['length', [5, 2]],
    ['truncated', [1 / 3, 0]],
    ['edit', [0.5, 0.5]],
    ['pass@1', [2 / 3, 1 / 3]],
    // 1 − C(1,2)/C(3,2) = 1; 1 − C(2,2)/C(3,2) = 2/3.
    ['pass@2', [1, 2 / 3]],
  ])('%s', (value, expected) => {
    expect([...valuesOf(SAMPLED, value)!].map((one) => one.toFixed(12))).toEqual(
      expected.map((one) => one.toFixed(12)),
    );
  });

  it('that were not scored so are none', () => {
    expect(valuesOf(SAMPLED, 'chrf')).toBeNull();
    expect(valuesOf(SAMPLED, 'pass@4')).toBeNull();
  });
});

describe('means over items', () => {
  const layout = layoutOf('k', [
    row('1', 'd1', { tier: 'easy' }),
    row('2', 'd1', { tier: 'easy' }),
    row('3', 'd2', { tier: 'easy' }),
    row('4', 'd2', { tier: 'hard' }),
  ]);

  it('average is the mean of the tiers’ means', () => {
    const seeds = [Float64Array.from([1, 0, 1, 0.5]), Float64Array.from([1, 1, 1, 0])];
    expect(meanOver(layout, 'average', seeds)!.mean).toBeCloseTo((5 / 6 + 1 / 4) / 2, 12);
    expect(meanOver(layout, 'easy', seeds)).toMatchObject({ items: 3, documents: 2, seeds: 2 });
    expect(meanOver(layout, 'medium', seeds)).toBeNull();
  });

  it('with one item a document are the plain crossed mean', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 }), {
          minLength: 2,
          maxLength: 5,
        }),
        (seeds) => {
          const plain = layoutOf(
            'p',
            ['w', 'x', 'y', 'z'].map((key) => row(key, key)),
          );
          const mean = meanOver(
            plain,
            'all',
            seeds.map((seed) => Float64Array.from(seed)),
          )!;
          const expected = crossedMean(seeds);
          expect(mean.mean).toBeCloseTo(expected.mean, 9);
          expect(mean.se!).toBeCloseTo(expected.se!, 9);
        },
      ),
    );
  });
});
