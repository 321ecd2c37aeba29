import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hardSpan, maskBounds, uniformSpan } from '../../../trainer/data/masks.ts';
import { drawsFor } from '../../../trainer/engine/random.ts';

const limits = { maskMin: 0.05, maskMax: 0.3, maxMaskTokens: 12 };

describe('masked spans', () => {
  // By hand for 30 tokens: ⌈1.5⌉ = 2 to min(12, ⌊9⌋) = 9; for 100: 5 to 12; for 2: at least one token.
  it('have the bounds of the settings', () => {
    expect(maskBounds(30, limits)).toEqual({ shortest: 2, longest: 9 });
    expect(maskBounds(100, limits)).toEqual({ shortest: 5, longest: 12 });
    expect(maskBounds(2, limits)).toEqual({ shortest: 1, longest: 1 });
  });

  it('lie in the text, one contiguous portion of at most 30%', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 200 }), fc.integer({ min: 0, max: 1e6 }), (tokens, seed) => {
        const { start, length } = uniformSpan(drawsFor(seed, 5, 0), tokens, limits);
        expect(start).toBeGreaterThanOrEqual(0);
        expect(start + length).toBeLessThanOrEqual(tokens);
        expect(length).toBeLessThanOrEqual(Math.max(1, 0.3 * tokens));
        expect(length).toBeGreaterThanOrEqual(1);
      }),
    );
  });

  it('reach every length and start', () => {
    const seen = new Set<string>();
    const draws = drawsFor(1, 5, 0);
    for (let i = 0; i < 2000; i++) {
      const { start, length } = uniformSpan(draws, 10, limits);
      seen.add(`${start}+${length}`);
    }
    // Lengths 1, 2, 3 in 10 tokens: 10 + 9 + 8 spans.
    expect(seen.size).toBe(27);
  });

  // Tiers by hand: e e M e H e e M. Spans of at most ⌊0.5·8⌋ = 4 with the H and no M: [3,4] [3..5] [3..6] [4] [4,5] [4..6].
  it('“hard” holds a hard position and no medium one, all such spans alike', () => {
    const tiers = [0, 0, 1, 0, 2, 0, 0, 1];
    const counts = new Map<string, number>();
    const draws = drawsFor(2, 5, 0);
    for (let i = 0; i < 6000; i++) {
      const span = hardSpan(draws, tiers, { maskMin: 0.01, maskMax: 0.5, maxMaskTokens: 12 })!;
      const key = `${span.start}+${span.length}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(['3+2', '3+3', '3+4', '4+1', '4+2', '4+3']);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  it('“hard” finds none where there is none', () => {
    expect(hardSpan(drawsFor(0, 5, 0), [0, 1, 0, 0], limits)).toBeNull();
  });
});
