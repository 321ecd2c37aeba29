/**
 * The recipe for a user's own text: a small base pre-trained on it, then the walk to a comparison within ten minutes on
 * two cores. At this size thinking costs accuracy on natural text (docs/log.md); the walk shows what each method does
 * to it. Everything not named here has the stage's default.
 */
import type { StageName } from './stages.ts';

const training = {
  maxDocumentTokens: 96,
  documentsPerStep: 24,
  learningRate: 3e-4,
  validationSteps: 0,
  saveSteps: 50,
} as const;

/** Short spans, so that restoring one fits the answer cap. */
const SPANS = { maskMin: 0.02, maxMaskTokens: 10 } as const;

export const ownTextSettings = {
  pretrain: {
    hiddenSize: 128,
    numHiddenLayers: 4,
    vocabSize: 1024,
    thinkFraction: 0.6,
    fillFraction: 0.2,
    maxTraceTokens: 16,
    documentsPerStep: 32,
    maxDocumentTokens: 96,
    maxSteps: 800,
    saveSteps: 200,
    validationSteps: 200,
  },
  sft: { ...training, maxSteps: 100 },
  rmt: {
    ...training,
    maxSteps: 100,
    promptsPerStep: 24,
    maxThinkingTokens: 32,
    budgetInitial: 8,
    budgetDecay: 0.4,
    budgetMin: 2,
    lengthRewardWeight: 0.3,
  },
  rlm: {
    ...training,
    ...SPANS,
    maxSteps: 100,
    promptsPerStep: 24,
    maxThinkingTokens: 32,
    maxAnswerTokens: 14,
  },
  evaluate: {
    ...SPANS,
    itemsPerTier: 400,
    restorationItems: 400,
    temperatures: [1, 0],
    promptBudgets: [0],
    maxDocumentTokens: 96,
    maxThinkingTokens: 32,
    maxAnswerTokens: 16,
  },
} as const satisfies Partial<Record<StageName, Record<string, unknown>>>;
