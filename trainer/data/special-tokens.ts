/** The tokens every tokenizer of ours starts with, in id order, and what they are for. */

/** Budgets that have a token of their own; a prompt names the nearest one. */
export const BUDGET_BUCKETS = [
  4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64, 96, 128, 192, 256, 512, 1024,
] as const;

export const SPECIAL_TOKENS = [
  '<pad>',
  '<bos>',
  '<eos>',
  '<unk>',
  '<think>',
  '</think>',
  '<mask>',
  '<fill>',
  '<b?>',
  ...BUDGET_BUCKETS.map((budget) => `<b${budget}>`),
] as const;

export const PAD = 0;
export const BOS = 1;
export const EOS = 2;
export const UNK = 3;
export const THINK = 4;
export const END_THINK = 5;
export const MASK = 6;
export const FILL = 7;
export const BUDGET_OPEN = 8;
const FIRST_BUDGET = 9;

/** Index of the bucket nearest to a budget; the smaller one on a tie. */
export function nearestBucket(budget: number): number {
  let best = 0;
  BUDGET_BUCKETS.forEach((bucket, i) => {
    if (Math.abs(bucket - budget) < Math.abs(BUDGET_BUCKETS[best]! - budget)) best = i;
  });
  return best;
}

/** The token that asks for about this many thinking tokens; `<b?>` where none is asked for. */
export function budgetToken(budget: number | null): number {
  return budget === null ? BUDGET_OPEN : FIRST_BUDGET + nearestBucket(budget);
}

/**
 * Tokens that prompts hold and a model never has to write: no loss on them, and probability 0 in direct prediction
 * and in entropies (a model trained on prompts would otherwise spend its first guess on `<b?>`).
 */
export const PROMPT_ONLY_TOKENS: readonly number[] = [
  PAD,
  BOS,
  UNK,
  THINK,
  MASK,
  FILL,
  BUDGET_OPEN,
  ...BUDGET_BUCKETS.map((_, i) => FIRST_BUDGET + i),
];

/** Probability 0 in direct prediction: prompt-only tokens and the end of thinking. */
export const NOT_TEXT_TOKENS: readonly number[] = [...PROMPT_ONLY_TOKENS, END_THINK];
