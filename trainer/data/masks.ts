/** Spans to mask for restoration (RLM: one contiguous portion, up to 30% of the document). */
import type { Draws } from '../engine/random.ts';

export interface Span {
  /** First masked token, counted in the document's text without `<bos>`. */
  readonly start: number;
  readonly length: number;
}

export interface SpanLimits {
  /** Shares of the text's tokens. */
  readonly maskMin: number;
  readonly maskMax: number;
  readonly maxMaskTokens: number;
}

/** Shortest and longest mask in tokens for a text of `tokens` tokens; a mask has at least one token. */
export function maskBounds(tokens: number, limits: SpanLimits): { shortest: number; longest: number } {
  const longest = Math.max(1, Math.min(limits.maxMaskTokens, Math.floor(limits.maskMax * tokens)));
  const shortest = Math.max(1, Math.min(longest, Math.ceil(limits.maskMin * tokens)));
  return { shortest, longest };
}

/** Uniform length in the bounds, then uniform start. */
export function uniformSpan(draws: Draws, tokens: number, limits: SpanLimits): Span {
  const { shortest, longest } = maskBounds(tokens, limits);
  const length = draws.between(shortest, longest);
  return { start: draws.below(tokens - length + 1), length };
}

/**
 * Uniform over all spans within the bounds that hold at least one hard token and no medium one: medium entropy is
 * chance (one of a few equally likely tokens) rather than consequence, and nothing in the rest could tell it.
 * @param tiers per token of the text: 0 easy, 1 medium, 2 hard, −1 not eligible (counts as easy)
 * @returns null if the text has no such span
 */
export function hardSpan(draws: Draws, tiers: ArrayLike<number>, limits: SpanLimits): Span | null {
  const { shortest, longest } = maskBounds(tiers.length, limits);
  const candidates: Span[] = [];
  for (let start = 0; start < tiers.length; start++) {
    let hard = false;
    for (let length = 1; length <= longest && start + length <= tiers.length; length++) {
      const tier = tiers[start + length - 1]!;
      if (tier === 1) break;
      hard ||= tier === 2;
      if (hard && length >= shortest) candidates.push({ start, length });
    }
  }
  return candidates.length === 0 ? null : draws.pick(candidates);
}
