import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BOS,
  END_THINK,
  EOS,
  FILL,
  MASK,
  PROMPT_ONLY_TOKENS,
  THINK,
} from '../../../trainer/data/special-tokens.ts';
import { recall, restorationExample, thinkingExample, weighted } from '../../../trainer/data/traces.ts';
import { drawsFor } from '../../../trainer/engine/random.ts';

const FIRST_WORD = 40;
const texts = fc.array(fc.integer({ min: FIRST_WORD, max: FIRST_WORD + 6 }), { minLength: 2, maxLength: 40 });

describe('recalled passages', () => {
  // By hand: the last token, 7, occurred before at index 1; 8 and 9 followed it; then the newest four are recited.
  it('are what followed the newest token before, then the newest tokens', () => {
    const text = Int32Array.from([6, 7, 8, 9, 5, 7]);
    expect([...recall(text, 6)]).toEqual([8, 9, 8, 9, 5, 7]);
    expect([...recall(text, 2)]).toEqual([5, 7]);
  });

  it('only recite where there is nothing to recall', () => {
    expect([...recall(Int32Array.from([6, 7, 8, 9, 5]), 10)]).toEqual([7, 8, 9, 5]);
  });
});

describe('format examples', () => {
  it('of thinking hold prefix, one budget, thinking, and the text’s own continuation', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 1e6 }), (text, seed) => {
        const sequence = Int32Array.from([BOS, ...text, EOS]);
        const { tokens } = thinkingExample(drawsFor(seed, 1, 0), sequence, 12);
        const think = tokens.indexOf(THINK);
        const end = tokens.indexOf(END_THINK);
        const prefix = [...tokens.subarray(1, think - 1)];
        const continuation = [...tokens.subarray(end + 1, -1)];
        expect(tokens[0]).toBe(BOS);
        expect(tokens.at(-1)).toBe(EOS);
        expect(prefix.length).toBeGreaterThan(0);
        expect(continuation.length).toBeGreaterThan(0);
        expect([...prefix, ...continuation]).toEqual(text.slice(0, prefix.length + continuation.length));
        expect(end - think - 1).toBeLessThanOrEqual(12);
      }),
    );
  });

  it('of restoration give the masked span back', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 0, max: 1e6 }), (text, seed) => {
        const sequence = Int32Array.from([BOS, ...text, EOS]);
        const limits = { maskMin: 0.05, maskMax: 0.3, maxMaskTokens: 12 };
        const { tokens } = restorationExample(drawsFor(seed, 1, 0), sequence, 12, limits);
        const [mask, fill] = [tokens.indexOf(MASK), tokens.indexOf(FILL)];
        const span = tokens.subarray(tokens.indexOf(END_THINK) + 1, -1);
        expect([...tokens.subarray(1, mask), ...span, ...tokens.subarray(mask + 1, fill)]).toEqual(text);
      }),
    );
  });

  it('carry loss everywhere but at the start and on what only prompts hold', () => {
    const { weights } = weighted(Int32Array.from([BOS, 50, THINK, 51, END_THINK, 52, EOS]));
    expect([...weights]).toEqual([0, 1, 0, 1, 1, 1, 1]);
    for (const token of PROMPT_ONLY_TOKENS) expect(weighted(Int32Array.from([50, token])).weights[1]).toBe(0);
  });
});
