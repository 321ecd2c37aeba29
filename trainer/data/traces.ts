/**
 * Examples that teach a base the two thinking formats on any text. The thinking is recall: what followed an earlier
 * occurrence of the newest tokens, which is a real, if humble, way to predict; where there is none, the newest tokens
 * are recited. Better thinking is what the RL stages are for.
 */
import type { WeightedDocument } from '../engine/engine.ts';
import type { Draws } from '../engine/random.ts';
import { type SpanLimits, uniformSpan } from './masks.ts';
import { nextTokenPrompt, restorationPrompt } from './prompts.ts';
import { BUDGET_BUCKETS, budgetToken, END_THINK, EOS, PROMPT_ONLY_TOKENS } from './special-tokens.ts';

const promptOnly = new Set(PROMPT_ONLY_TOKENS);

/** A sequence whose every token carries loss, except those a model never has to write. */
export function weighted(tokens: Int32Array): WeightedDocument {
  return {
    tokens,
    weights: Float32Array.from(tokens, (token, i) => (i === 0 || promptOnly.has(token) ? 0 : 1)),
  };
}

/**
 * `length` tokens of `text` that followed the most recent earlier occurrence of its last token, else its last tokens.
 */
export function recall(text: Int32Array, length: number): Int32Array {
  const newest = text[text.length - 1];
  for (let i = text.length - 2; i >= 0; i--) {
    if (text[i] === newest) return text.slice(i + 1, Math.min(i + 1 + length, text.length));
  }
  return text.slice(Math.max(0, text.length - length));
}

/** Half the time no budget, a quarter the true length, a quarter any: so that budgets are read but not trusted. */
function exampleBudget(draws: Draws, thinkingLength: number, longest: number): number {
  const u = draws.uniform();
  if (u < 0.5) return budgetToken(null);
  if (u < 0.75) return budgetToken(thinkingLength);
  return budgetToken(draws.pick(BUDGET_BUCKETS.filter((bucket, i) => i === 0 || bucket <= 2 * longest)));
}

/** @param sequence `<bos>` text [`<eos>`] with at least two tokens of text */
export function thinkingExample(
  draws: Draws,
  sequence: Int32Array,
  maxTraceTokens: number,
): WeightedDocument {
  const textEnd = sequence[sequence.length - 1] === EOS ? sequence.length - 1 : sequence.length;
  const position = draws.between(2, textEnd - 1);
  const prefix = sequence.subarray(0, position);
  const trace = recall(prefix.subarray(1), draws.between(1, maxTraceTokens));
  const prompt = nextTokenPrompt(prefix, [exampleBudget(draws, trace.length, maxTraceTokens)]);
  return weighted(Int32Array.from([...prompt, ...trace, END_THINK, sequence[position]!, EOS]));
}

/** @param sequence `<bos>` text [`<eos>`] with at least two tokens of text */
export function restorationExample(
  draws: Draws,
  sequence: Int32Array,
  maxTraceTokens: number,
  limits: SpanLimits,
): WeightedDocument {
  const text = sequence.subarray(1, sequence[sequence.length - 1] === EOS ? -1 : undefined);
  const { start, length } = uniformSpan(draws, text.length, limits);
  const context = start > 0 ? text.subarray(0, start) : text.subarray(length);
  const trace = recall(context, draws.between(1, maxTraceTokens));
  const prompt = restorationPrompt(text, start, length, [exampleBudget(draws, trace.length, maxTraceTokens)]);
  return weighted(
    Int32Array.from([...prompt, ...trace, END_THINK, ...text.subarray(start, start + length), EOS]),
  );
}
