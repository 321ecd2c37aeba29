/**
 * The sample project's recipes: how its base was made, and the walk from that base to a comparison. Everything not
 * named here has the stage's default. Figures and what was tried are in docs/log.md.
 */
import type { BaseMixture } from '../data/sample-corpus.ts';
import type { StageName } from './stages.ts';

/** Entropies in nats: an operation is one of four (1.39), an answer about one of ten (2.1), names and forms less. */
const TIERS = { tierThresholds: 'absolute', easyEntropy: 0.5, hardEntropy: 1.7 } as const;

/** Up to 30% of a ledger, holding what must be worked out and nothing that was drawn at random. */
const SPANS = { spanChoice: 'hard', maskMin: 0.03, maskMax: 0.3, maxMaskTokens: 12 } as const;

/** Texts of the base: plain ledgers, worked predictions, worked restorations; see sample-corpus.ts. */
export const sampleBaseMixture: BaseMixture = {
  styles: { verbose: 0.45, medium: 0.08, concise: 0.17, filler: 0.3 },
  thinkShare: 0.55,
  fillShare: 0.12,
  computedSpanShare: 0.7,
  answerShare: 0.7,
  slip: 0.05,
};

export const sampleBaseSettings = {
  tokenizer: 'words',
  hiddenSize: 64,
  numHiddenLayers: 3,
  numAttentionHeads: 4,
  numKeyValueHeads: 4,
  headDim: 16,
  intermediateSize: 176,
  maxPositionEmbeddings: 256,
  // The texts bring their own examples of both formats.
  thinkFraction: 0,
  fillFraction: 0,
  documentsPerStep: 48,
  maxDocumentTokens: 256,
  maxSteps: 3500,
  learningRate: 4e-3,
  lrSchedulerType: 'cosine',
  warmupSteps: 50,
  adamBeta2: 0.98,
  weightDecay: 0.01,
  saveSteps: 0,
  validationSteps: 100,
} as const;

const training = { documentsPerStep: 24, learningRate: 5e-4, saveSteps: 60 } as const;

export const sampleSettings = {
  sft: { ...training, maxSteps: 120 },
  rmt: {
    ...training,
    ...TIERS,
    maxSteps: 300,
    budgetInitial: 20,
    budgetDecay: 0.05,
    budgetMin: 1,
    lengthReward: 'gated',
    lengthRewardWeight: 0.5,
    curriculumStart: [0.5, 0.1, 0.4],
    curriculumEnd: [0.3, 0.1, 0.6],
  },
  rlm: { ...training, ...TIERS, ...SPANS, maxSteps: 120, editWeight: 0.3, exactWeight: 0.7 },
  evaluate: {
    ...TIERS,
    ...SPANS,
    itemsPerTier: 400,
    restorationItems: 400,
    questionItems: 300,
    temperatures: [1, 0],
    promptBudgets: [0],
  },
} as const satisfies Partial<Record<StageName, Record<string, unknown>>>;
