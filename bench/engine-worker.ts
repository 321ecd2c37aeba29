/** One engine at one piece of work, in a process of its own: `node bench/engine-worker.ts '<JSON of EngineJob>'`. */
import { availableParallelism } from 'node:os';
import { engineCacheFolder } from '../electron/paths.ts';
import type {
  Completion,
  EngineName,
  OptimizerSettings,
  Policy,
  UpdateRequest,
} from '../trainer/engine/engine.ts';
import { initialWeights, type ModelConfig } from '../trainer/engine/model.ts';
import { drawsFor } from '../trainer/engine/random.ts';
import { selectEngine } from '../trainer/engine/select.ts';
import { groupAdvantages } from '../trainer/rl/grpo.ts';
import type { RolloutSize } from './models.ts';
import { serve } from './serve.ts';

export type Work =
  | { readonly kind: 'train'; readonly sequences: number; readonly tokens: number }
  | { readonly kind: 'rollout'; readonly size: RolloutSize }
  | { readonly kind: 'grpo'; readonly size: RolloutSize };

export interface EngineJob {
  readonly engine: EngineName;
  readonly config: ModelConfig;
  readonly work: Work;
}

const OPTIMIZER: OptimizerSettings = {
  learningRate: 1e-5,
  adamBeta1: 0.9,
  adamBeta2: 0.999,
  adamEpsilon: 1e-8,
  weightDecay: 0,
  maxGradNorm: 1,
};

let streams = 0;

/** The last token of the vocabulary ends a completion, and is banned so that all have the length asked for. */
function randomTokens(config: ModelConfig, length: number): Int32Array {
  const draws = drawsFor(1, 2, streams++);
  return Int32Array.from({ length }, () => draws.below(config.vocabSize - 1));
}

function update(policy: Policy, parts: Pick<UpdateRequest, 'groups' | 'documents'>): Promise<unknown> {
  return policy.update({
    ...parts,
    logits: { temperature: 1, bannedTokens: [] },
    loss: {
      lossType: 'dapo',
      epsilon: 0.2,
      epsilonHigh: 0.2,
      beta: 0,
      importanceSamplingLevel: 'token',
      maxCompletionLength: 64,
    },
    ntpCoefficient: 1,
    optimizer: OPTIMIZER,
    maxTokensPerMicroBatch: 16384,
    recomputeActivations: false,
  });
}

async function rollout(
  policy: Policy,
  { prompts, numGenerations, promptTokens, newTokens }: RolloutSize,
): Promise<{ readonly prompts: Int32Array[]; readonly completions: Completion[][] }> {
  const { config } = policy;
  const tokens = Array.from({ length: prompts }, () => randomTokens(config, promptTokens));
  const end = config.vocabSize - 1;
  const completions = await policy.sample({
    prompts: tokens,
    streams: tokens.map(() => streams++),
    numGenerations,
    decoding: { temperature: 1, topK: 0, topP: 1, minP: 0, bannedTokens: [end] },
    thinking: null,
    maxAnswerTokens: newTokens,
    eosToken: end,
    seed: 1,
  });
  return { prompts: tokens, completions };
}

/** Sampling, a reward for each completion, advantages within its group, one update on all. */
async function grpoStep(policy: Policy, size: RolloutSize): Promise<void> {
  const { prompts, completions } = await rollout(policy, size);
  const rewards = completions.map((group) =>
    group.map(({ tokens }) => tokens.reduce((a, b) => a + b, 0) % 7),
  );
  const { advantages } = groupAdvantages(rewards, 'group');
  await update(policy, {
    groups: completions.map((group, i) => ({
      prompt: prompts[i]!,
      completions: group.map(({ tokens, logps }, j) => ({
        tokens,
        completionMask: new Uint8Array(tokens.length).fill(1),
        advantage: advantages[i]![j]!,
        oldPerTokenLogps: logps,
        refPerTokenLogps: null,
      })),
    })),
    documents: [],
  });
}

async function trainStep(policy: Policy, sequences: number, tokens: number): Promise<void> {
  const documents = Array.from({ length: sequences }, () => ({
    tokens: randomTokens(policy.config, tokens + 1),
    weights: new Float32Array(tokens + 1).fill(1).fill(0, 0, 1),
  }));
  await update(policy, { groups: [], documents });
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

async function measure(policy: Policy, work: Work): Promise<number> {
  switch (work.kind) {
    case 'train':
      return 1000 * (await secondsOf(() => trainStep(policy, work.sequences, work.tokens)));
    case 'rollout': {
      const { prompts, numGenerations, newTokens } = work.size;
      return (prompts * numGenerations * newTokens) / (await secondsOf(() => rollout(policy, work.size)));
    }
    case 'grpo':
      return 1 / (await secondsOf(() => grpoStep(policy, work.size)));
    default:
      return work satisfies never;
  }
}

const { engine: name, config, work } = JSON.parse(process.argv[2]!) as EngineJob;
const { engine } = await selectEngine(name, {
  threads: availableParallelism(),
  cacheFolder: engineCacheFolder,
});
const policy = await engine.createPolicy(
  { config, weights: initialWeights(config, 1), optimizer: null },
  { withOptimizer: work.kind !== 'rollout' },
);
await serve(() => measure(policy, work));
