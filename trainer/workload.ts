/** What a stage's settings will have the engine do at a time, as far as it can be known before. Pure. */
import type { StageName } from './config/stages.ts';
import type { RolloutShape, UpdateShape, Workload } from './engine/kernels/memory.ts';

/** Share of the thinking cap that rollouts are taken to use. */
export const THINKING_USED = 0.6;
/** Words around a document in a prompt: the budget, the question, marks. */
const PROMPT_WORDS = 16;

export type NumberOf = (name: string, fallback: number) => number;

export interface Lengths {
  /** Tokens of a document, on average. */
  readonly document: number;
  /** Of a completion, at most. */
  readonly completion: number;
}

function rolloutOf(number: NumberOf, prompts: number, document: number): RolloutShape {
  return {
    prompts,
    numGenerations: number('numGenerations', 1),
    maxPromptTokens: Math.round(document) + PROMPT_WORDS,
    maxNewTokens: number('maxThinkingTokens', 0) + 1 + number('maxAnswerTokens', 1),
  };
}

/** @param threads of the engine */
export function workloadOf(stage: StageName, number: NumberOf, lengths: Lengths, threads: number): Workload {
  const document = Math.max(2, Math.round(lengths.document));
  const update: UpdateShape = {
    groups: 0,
    numGenerations: number('numGenerations', 1),
    promptTokens: document + PROMPT_WORDS,
    completionTokens: Math.max(1, Math.round(lengths.completion)),
    documents: 0,
    documentTokens: document,
    maxTokensPerMicroBatch: number('maxTokensPerMicroBatch', 16384),
    recomputeActivations: number('recomputeActivations', 0) === 1,
  };
  const prompts = number('promptsPerStep', 1);
  const documents = number('documentsPerStep', 0);
  const frozenCopies = number('beta', 0) === 0 ? 0 : 1;
  switch (stage) {
    case 'pretrain':
    case 'sft':
      return { threads, frozenCopies: 0, rollout: null, update: { ...update, documents } };
    case 'rmt':
    case 'rpt':
    case 'rlm':
      return {
        threads,
        frozenCopies,
        rollout: rolloutOf(number, prompts, document),
        update: { ...update, groups: prompts, documents: number('ntpWeight', 0) > 0 ? documents : 0 },
      };
    case 'posttrain':
      return {
        threads,
        frozenCopies,
        rollout: rolloutOf(number, prompts, document),
        update: { ...update, groups: prompts },
      };
    case 'evaluate':
      return {
        threads,
        frozenCopies: 0,
        rollout: {
          ...rolloutOf(number, 3 * number('itemsPerTier', 1), document),
          numGenerations: number('samplesPerItem', 1),
        },
        update: null,
      };
    default:
      return stage satisfies never;
  }
}
