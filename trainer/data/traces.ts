/**
 * Examples that teach a base the two thinking formats on any text. The thinking is recall: what followed an earlier
 * occurrence of the newest token, which is a real, if humble, way to predict, then the newest tokens themselves.
 * Better thinking is what the RL stages are for.
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

/** Newest tokens that end a recalled passage: small models predict best from what stands right before. */
const RECITED = 4;

/**
 * About `length` tokens of thinking: what followed the most recent earlier occurrence of the text's last token, as far
 * as there is room, then the text's last tokens.
 */
export function recall(text: Int32Array, length: number): Int32Array {
  const recited = text.subarray(Math.max(0, text.length - Math.min(RECITED, length)));
  const room = length - recited.length;
  const earlier = text.subarray(0, -1).lastIndexOf(text[text.length - 1]!);
  const followed =
    earlier < 0 ? text.subarray(0, 0) : text.subarray(earlier + 1, Math.min(earlier + 1 + room, text.length));
  return Int32Array.from([...followed, ...recited]);
}

/** Half the time no budget, a quarter the true length, a quarter any: so that budgets are read but not trusted. */
function exampleBudget(draws: Draws, thinkingLength: number, longest: number): number {
  const u = draws.uniform();
  if (u < 0.5) return budgetToken(null);
  if (u < 0.75) return budgetToken(thinkingLength);
  return budgetToken(draws.pick(BUDGET_BUCKETS.filter((bucket, i) => i === 0 || bucket <= 2 * longest)));
}

/** Half of the examples answer with this many tokens at most and stop; the others read on to the text's end. */
const LONGEST_ANSWER = 8;

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
  // Reading on gives the thinking as many targets as plain text has, so that what comes after it is predicted as well.
  const end =
    draws.uniform() < 0.5 ? textEnd : Math.min(textEnd, position + draws.between(1, LONGEST_ANSWER));
  return weighted(
    Int32Array.from([...prompt, ...trace, END_THINK, ...sequence.subarray(position, end), EOS]),
  );
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
