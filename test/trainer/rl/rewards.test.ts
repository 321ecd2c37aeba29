import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  answersMatch,
  chrf,
  editSimilarity,
  exactMatch,
  levenshtein,
  prefixMatch,
  tokenMatch,
  withLengthReward,
} from '../../../trainer/rl/rewards.ts';

const golden = JSON.parse(readFileSync(new URL('../../golden/text_metrics.json', import.meta.url), 'utf8'));
const tokens = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 12 });

describe('edit similarity', () => {
  // Classic distances: kitten → sitting is 3, flaw → lawn is 2.
  it('is 1 − Levenshtein over the longer length', () => {
    const codes = (text: string) => Array.from(text, (char) => char.charCodeAt(0));
    expect(levenshtein(codes('kitten'), codes('sitting'))).toBe(3);
    expect(levenshtein(codes('flaw'), codes('lawn'))).toBe(2);
    expect(editSimilarity(codes('kitten'), codes('sitting'))).toBeCloseTo(4 / 7, 12);
    expect(editSimilarity([], [])).toBe(1);
    expect(editSimilarity([], [1, 2])).toBe(0);
  });

  it('is symmetric, a metric, and 1 exactly for equal sequences', () => {
    fc.assert(
      fc.property(tokens, tokens, tokens, (a, b, c) => {
        expect(levenshtein(a, b)).toBe(levenshtein(b, a));
        expect(levenshtein(a, c)).toBeLessThanOrEqual(levenshtein(a, b) + levenshtein(b, c));
        expect(editSimilarity(a, b) === 1).toBe(exactMatch(a, b) === 1);
      }),
    );
  });
});

describe('chrF', () => {
  it.each(golden.chrf as { hypothesis: string; reference: string; score: number }[])(
    'agrees with sacreBLEU on “$hypothesis” / “$reference”',
    ({ hypothesis, reference, score }) => {
      expect(chrf(hypothesis, reference)).toBeCloseTo(score, 10);
    },
  );
});

describe('match rewards', () => {
  it('token: the first answer token is the next token', () => {
    expect([tokenMatch([5, 6], 5), tokenMatch([6, 5], 5), tokenMatch([], 5)]).toEqual([1, 0, 0]);
  });

  it('prefix: right bytes that end where a true token ends', () => {
    const bytes = (text: string) => new TextEncoder().encode(text);
    const truth = [' rein', 'force', 'ment'].map(bytes);
    const same = bytes('ab');
    expect(prefixMatch(bytes(' rein'), truth)).toBe(1);
    expect(prefixMatch(bytes(' reinforce'), truth)).toBe(1);
    expect(prefixMatch(bytes(' reinforcement'), truth)).toBe(1);
    expect(prefixMatch(bytes(' reinf'), truth)).toBe(0);
    expect(prefixMatch(bytes(' ruin'), truth)).toBe(0);
    expect(prefixMatch(bytes(' reinforcements'), truth)).toBe(0);
    expect(prefixMatch(bytes(''), truth)).toBe(0);
    expect(prefixMatch(bytes('abab'), [same, same])).toBe(1);
  });

  it('answers match as text or as numbers', () => {
    expect(answersMatch('exact', ' 7 ', '7')).toBe(1);
    expect(answersMatch('exact', '7.0', '7')).toBe(0);
    expect(answersMatch('numeric', 'about 1,007.0 items', '1007')).toBe(1);
    expect(answersMatch('numeric', 'none', '7')).toBe(0);
    expect(answersMatch('numeric', 'none', 'none')).toBe(0);
  });
});

describe('length reward forms', () => {
  // By hand with w = 0.2: additive 0.8·m + 0.2·r; gated m·(0.8 + 0.2·r).
  it('additive is the paper’s, gated pays length only where the match is right', () => {
    expect(withLengthReward('additive', 0.2, 0, 0.5)).toBeCloseTo(0.1, 12);
    expect(withLengthReward('additive', 0.2, 1, 0.5)).toBeCloseTo(0.9, 12);
    expect(withLengthReward('gated', 0.2, 0, 0.5)).toBe(0);
    expect(withLengthReward('gated', 0.2, 1, 0.5)).toBeCloseTo(0.9, 12);
  });
});
