/** Small requests that between them use every option of the engine interface, for tests against the reference. */
import type {
  OptimizerSettings,
  PolicyCompletion,
  SampleRequest,
  ScoreRequest,
  UpdateRequest,
} from '../../trainer/engine/engine.ts';
import { initialWeights, type ModelConfig } from '../../trainer/engine/model.ts';
import type { PolicyLossSettings } from '../../trainer/engine/policy-loss.ts';
import { drawsFor } from '../../trainer/engine/random.ts';

/** Grouped heads, a head width that is not hidden / heads, tied embeddings. */
export const TIED: ModelConfig = {
  vocabSize: 37,
  hiddenSize: 24,
  intermediateSize: 40,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 8,
  ropeTheta: 1000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  maxPositionEmbeddings: 128,
};

/** One key-value head per query head, separate output embeddings. */
export const UNTIED: ModelConfig = {
  ...TIED,
  vocabSize: 29,
  numAttentionHeads: 3,
  numKeyValueHeads: 3,
  tieWordEmbeddings: false,
};

/** Initial weights with norm gains off 1, so that their part shows. */
export function weightsOf(config: ModelConfig, seed: number): Map<string, Float32Array> {
  const draws = drawsFor(seed, 99, 0);
  return new Map(
    [...initialWeights(config, seed)].map(([name, values]) => [
      name,
      name.includes('norm') ? values.map(() => 0.6 + 0.8 * draws.uniform()) : values.map((v) => v * 2),
    ]),
  );
}

/** The last token never occurs, so that it can be banned. */
export function tokensOf(config: ModelConfig, length: number, seed: number): Int32Array {
  const draws = drawsFor(seed, 98, 0);
  return Int32Array.from({ length }, () => draws.below(config.vocabSize - 1));
}

/** A large epsilon: with a small one AdamW turns the rounding of gradients near 0 into steps of full size. */
const OPTIMIZER: OptimizerSettings = {
  learningRate: 1e-3,
  adamBeta1: 0.9,
  adamBeta2: 0.95,
  adamEpsilon: 1e-4,
  weightDecay: 0.1,
  maxGradNorm: 1,
};

const LOSS: PolicyLossSettings = {
  lossType: 'dapo',
  epsilon: 0.2,
  epsilonHigh: 0.28,
  beta: 0,
  importanceSamplingLevel: 'token',
  maxCompletionLength: 8,
};

interface CompletionShape {
  readonly length: number;
  readonly advantage: number;
}

function completionOf(
  config: ModelConfig,
  { length, advantage }: CompletionShape,
  seed: number,
  compare: boolean,
): PolicyCompletion {
  const draws = drawsFor(seed, 97, 0);
  const near = (): Float32Array =>
    Float32Array.from({ length }, () => -Math.log(config.vocabSize) + (draws.uniform() - 0.5) / 2);
  return {
    tokens: tokensOf(config, length, seed),
    completionMask: Uint8Array.from({ length }, () => (draws.uniform() < 0.85 ? 1 : 0)),
    advantage,
    oldPerTokenLogps: compare ? near() : null,
    refPerTokenLogps: compare ? near() : null,
  };
}

/** Groups of unequal prompts and completions (one empty) beside documents of unequal length. */
export function mixedUpdate(
  config: ModelConfig,
  seed: number,
  change: Partial<UpdateRequest> = {},
): UpdateRequest {
  const compare = change.loss !== undefined && change.loss.beta !== 0;
  const group = (
    prompt: number,
    shapes: readonly CompletionShape[],
    at: number,
  ): UpdateRequest['groups'][number] => ({
    prompt: tokensOf(config, prompt, seed + at),
    completions: shapes.map((shape, i) => completionOf(config, shape, seed + at + 10 * i, compare)),
  });
  const document = (length: number, at: number): UpdateRequest['documents'][number] => {
    const draws = drawsFor(seed, 96, at);
    return {
      tokens: tokensOf(config, length, seed + at),
      weights: Float32Array.from({ length }, (_, i) =>
        i === 0 || draws.uniform() < 0.2 ? 0 : draws.uniform() + 0.5,
      ),
    };
  };
  return {
    groups: [
      group(
        5,
        [
          { length: 4, advantage: 1.2 },
          { length: 7, advantage: -0.7 },
          { length: 1, advantage: 0.3 },
        ],
        100,
      ),
      group(
        9,
        [
          { length: 6, advantage: -1 },
          { length: 6, advantage: 1 },
        ],
        200,
      ),
      group(
        1,
        [
          { length: 3, advantage: 0.5 },
          { length: 0, advantage: -0.5 },
        ],
        300,
      ),
    ],
    documents: [document(12, 400), document(3, 401), document(11, 402)],
    logits: { temperature: 0.8, bannedTokens: [config.vocabSize - 1] },
    loss: LOSS,
    ntpCoefficient: 0.4,
    optimizer: OPTIMIZER,
    maxTokensPerMicroBatch: 1000,
    recomputeActivations: false,
    ...change,
  };
}

/** Every loss setting that changes what is computed. */
export const UPDATE_CASES: readonly { readonly name: string; readonly change: Partial<UpdateRequest> }[] = [
  { name: 'whole request at once', change: {} },
  { name: 'micro-batches of one', change: { maxTokensPerMicroBatch: 1 } },
  { name: 'recomputed activations', change: { recomputeActivations: true, maxTokensPerMicroBatch: 30 } },
  {
    name: 'old and reference log-probabilities',
    change: { loss: { ...LOSS, beta: 0.05, lossType: 'grpo' } },
  },
  {
    name: 'sequence-level ratios, Dr. GRPO, micro-batches',
    change: {
      loss: { ...LOSS, beta: 0.1, lossType: 'dr_grpo', importanceSamplingLevel: 'sequence' },
      maxTokensPerMicroBatch: 25,
    },
  },
  { name: 'documents only', change: { groups: [], ntpCoefficient: 1 } },
  {
    name: 'groups only, no clipping',
    change: { documents: [], optimizer: { ...OPTIMIZER, maxGradNorm: 0 } },
  },
];

export function scoreRequest(config: ModelConfig, seed: number): ScoreRequest {
  return {
    sequences: [7, 2, 13, 12, 1].map((length, i) => tokensOf(config, length, seed + i)),
    logits: { temperature: 1.3, bannedTokens: [] },
    starts: [1, 1, 6, 1, 1],
  };
}

export function sampleRequest(
  config: ModelConfig,
  seed: number,
  change: Partial<SampleRequest> = {},
): SampleRequest {
  return {
    prompts: [5, 2, 9, 5].map((length, i) => tokensOf(config, length, seed + i)),
    streams: [11, 7, 900, 3],
    numGenerations: 3,
    decoding: { temperature: 1, topK: 0, topP: 1, minP: 0, bannedTokens: [4] },
    thinking: { endToken: 1, minTokens: 2, maxTokens: 9, atLimit: 'close' },
    maxAnswerTokens: 4,
    eosToken: 2,
    seed,
    ...change,
  };
}

const plain = { temperature: 1, topK: 0, topP: 1, minP: 0, bannedTokens: [] };

export const SAMPLE_CASES: readonly { readonly name: string; readonly change: Partial<SampleRequest> }[] = [
  { name: 'temperature 1, closed thinking', change: {} },
  { name: 'greedy', change: { decoding: { ...plain, temperature: 0 } } },
  { name: 'answers only', change: { thinking: null, maxAnswerTokens: 12 } },
  {
    name: 'truncated thinking',
    change: { thinking: { endToken: 1, minTokens: 0, maxTokens: 8, atLimit: 'truncate' } },
  },
  {
    name: 'a forced budget',
    change: { thinking: { endToken: 1, minTokens: 5, maxTokens: 5, atLimit: 'close' } },
  },
  {
    name: 'no thinking room',
    change: { thinking: { endToken: 1, minTokens: 0, maxTokens: 0, atLimit: 'close' } },
  },
  {
    name: 'nothing to do',
    change: { thinking: { endToken: 1, minTokens: 0, maxTokens: 0, atLimit: 'truncate' } },
  },
  { name: 'top-k', change: { decoding: { ...plain, temperature: 1.5, topK: 5 } } },
  { name: 'top-p', change: { decoding: { ...plain, temperature: 1.2, topP: 0.6 } } },
  { name: 'min-p', change: { decoding: { ...plain, minP: 0.3 } } },
  {
    name: 'every cut',
    change: {
      decoding: { ...plain, temperature: 0.9, topK: 12, topP: 0.8, minP: 0.1, bannedTokens: [0, 9] },
    },
  },
  { name: 'one generation', change: { numGenerations: 1 } },
];
