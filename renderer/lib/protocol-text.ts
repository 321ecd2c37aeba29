import type { EvaluationSummary } from '../../electron/contract/comparisons.ts';

export type Protocol = EvaluationSummary['protocol'];

const TASKS = {
  'next-token': 'Next token',
  restoration: 'Restoration',
  question: 'Questions',
} as const satisfies Record<Protocol['task'], string>;

export function decodingText({ temperature, topK, topP, minP }: Protocol): string {
  if (temperature === 0) return 'greedy';
  const cuts = [topK > 0 && `top-k ${topK}`, topP < 1 && `top-p ${topP}`, minP > 0 && `min-p ${minP}`].filter(
    Boolean,
  );
  return [`temperature ${temperature}`, ...cuts].join(', ');
}

export function budgetText({ mode, promptBudget, forcedBudget }: Protocol): string {
  if (mode === 'direct') return 'without thinking';
  if (forcedBudget !== null) return `thinking forced to ${forcedBudget} tokens`;
  return promptBudget > 0 ? `with thinking, asked for ${promptBudget} tokens` : 'with thinking, free length';
}

/** What is measured, without how it is decoded: equal for temperature 1 and greedy. */
export function familyTitle(protocol: Protocol): string {
  return `${TASKS[protocol.task]}, ${budgetText(protocol)}`;
}

/** Equal for evaluations that differ in nothing but decoding. */
export function familyKey(protocol: Protocol): string {
  const { task, mode, promptBudget, forcedBudget, maxThinkingTokens, maxAnswerTokens, itemsHash } = protocol;
  return [task, mode, promptBudget, forcedBudget, maxThinkingTokens, maxAnswerTokens, itemsHash].join('|');
}

/** What the score means, for axes and heads of tables. */
export function scoreText(task: Protocol['task']): string {
  return task === 'restoration' ? 'exact restorations' : 'accuracy';
}
