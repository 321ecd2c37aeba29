/**
 * The two formats a model thinks in.
 *
 * Next token:   `<bos>` prefix BUDGET `<think>` … `</think>` next
 * Restoration:  `<bos>` text `<mask>` text `<fill>` BUDGET `<think>` … `</think>` span `<eos>`
 * Question:     `<bos>` question BUDGET `<think>` … `</think>` answer `<eos>`
 *
 * BUDGET is one token (`<b?>` when no budget is asked for) or a sentence.
 */
import { BOS, budgetToken, FILL, MASK, THINK } from './special-tokens.ts';
import type { Tokenizer } from './tokenizer.ts';

/** How a budget (null: none asked) is written before `<think>`. */
export type BudgetWriter = (budget: number | null) => readonly number[];

export class BudgetNotWritable extends Error {
  override readonly name = 'BudgetNotWritable';
  readonly wayOut = 'Set budgetPrompt to "token".';
}

/** @throws BudgetNotWritable if a sentence is asked of a vocabulary that cannot write it */
export function budgetWriter(how: 'token' | 'text' | 'none', tokenizer: Tokenizer): BudgetWriter {
  switch (how) {
    case 'token':
      return (budget) => [budgetToken(budget)];
    case 'none':
      return () => [budgetToken(null)];
    case 'text': {
      if (tokenizer.kind === 'words') {
        throw new BudgetNotWritable(
          'A closed vocabulary has no words for the sentence that names the budget.',
        );
      }
      return (budget) =>
        budget === null
          ? [budgetToken(null)]
          : [...tokenizer.encode(` (use exactly ${budget} tokens within think)`), budgetToken(null)];
    }
    default:
      return how satisfies never;
  }
}

/** @param prefix with `<bos>` */
export function nextTokenPrompt(prefix: Int32Array, budget: readonly number[]): Int32Array {
  return Int32Array.from([...prefix, ...budget, THINK]);
}

/**
 * @param text without `<bos>` and `<eos>`
 * @param start first masked token
 */
export function restorationPrompt(
  text: Int32Array,
  start: number,
  length: number,
  budget: readonly number[],
): Int32Array {
  return Int32Array.from([
    BOS,
    ...text.subarray(0, start),
    MASK,
    ...text.subarray(start + length),
    FILL,
    ...budget,
    THINK,
  ]);
}

export function questionPrompt(question: Int32Array, budget: readonly number[]): Int32Array {
  return Int32Array.from([BOS, ...question, ...budget, THINK]);
}
