import type { EvaluationProtocol } from '../../trainer/protocol.ts';

/** What an ordinary evaluation asks: the next token after thinking, once, at temperature 1. */
export const PROTOCOL: EvaluationProtocol = {
  task: 'next-token',
  mode: 'thinking',
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  promptBudget: 0,
  forcedBudget: null,
  maxThinkingTokens: 72,
  maxAnswerTokens: 1,
  samplesPerItem: 1,
  seed: 0,
  itemsHash: 'items',
};
