/** One RL step on a real engine: what its options change, and the FLOPs it counts. */
import { afterAll, describe, expect, it } from 'vitest';
import { resolveStage } from '../../../trainer/config/stages.ts';
import { BUDGET_OPEN, THINK } from '../../../trainer/data/special-tokens.ts';
import { trainTokenizer } from '../../../trainer/data/train-tokenizer.ts';
import type { Completion, Policy } from '../../../trainer/engine/engine.ts';
import { initialWeights, type ModelConfig } from '../../../trainer/engine/model.ts';
import { selectEngine } from '../../../trainer/engine/select.ts';
import { rlStep } from '../../../trainer/methods/learn.ts';
import { isTruncated, type Task } from '../../../trainer/rl/rollouts.ts';

const tokenizer = trainTokenizer('words', ['a b c d e f'], 0);

const CONFIG: ModelConfig = {
  vocabSize: tokenizer.vocabSize,
  hiddenSize: 16,
  intermediateSize: 24,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  headDim: 8,
  ropeTheta: 10000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  maxPositionEmbeddings: 64,
};

const { engine } = await selectEngine('kernels-wasm', { threads: 1, cacheFolder: '' });
afterAll(() => engine.dispose());

const task = (text: string, stream: number): Task => ({
  prompt: Int32Array.from([...tokenizer.encode(text), BUDGET_OPEN, THINK]),
  stream,
  documentKey: text,
  tier: null,
  maskFraction: null,
  budget: null,
  truth: tokenizer.encode('f'),
});
const TASKS = [task('a b c', 0), task('d e', 1)];

interface Stepped {
  readonly policy: Policy;
  readonly completions: readonly (readonly Completion[])[];
  readonly outcome: Awaited<ReturnType<typeof rlStep>>;
}

async function stepWith(given: Record<string, unknown>): Promise<Stepped> {
  const { values, problems } = resolveStage('posttrain', {
    numGenerations: 4,
    maxThinkingTokens: 6,
    maxAnswerTokens: 3,
    warmupSteps: 0,
    ...given,
  });
  expect(problems).toEqual([]);
  const start = { config: CONFIG, weights: initialWeights(CONFIG, 5), optimizer: null };
  const policy = await engine.createPolicy(start);
  const reference = values.beta === 0 ? null : await engine.createPolicy(start, { withOptimizer: false });
  let completions: Stepped['completions'] = [];
  const outcome = await rlStep({
    policy,
    reference,
    tokenizer,
    tasks: TASKS,
    // Longer completions are better: every group has spread.
    score: async (sampled) => {
      completions = sampled;
      return sampled.map((group) =>
        group.map((one, c) => ({ reward: one.tokens.length + c / 10, parts: {} })),
      );
    },
    documents: [],
    ntpCoefficient: 0,
    settings: values,
    learningRate: 1e-2,
    keepSamples: false,
    metrics: () => ({}),
  });
  reference?.dispose();
  return { policy, completions, outcome };
}

describe('an RL step', () => {
  it('counts the FLOPs that a hand count of its shapes gives', async () => {
    const { policy, completions, outcome } = await stepWith({});
    policy.dispose();
    // Per token and layer: q 2·16·16, k and v 2·2·16·8, o 2·16·16, gate, up and down 3·2·16·24; 2 layers.
    const perToken = 2 * (512 + 512 + 512 + 2304);
    // Per token attended to, layer and head width: scores 2·16, values 2·16; 2 layers.
    const perAttended = 2 * (32 + 32);
    const perLogits = 2 * 16 * CONFIG.vocabSize;
    let sampling = 0;
    let training = 0;
    completions.forEach((group, g) => {
      const p = TASKS[g]!.prompt.length;
      const prompt = p * perToken + ((p * (p + 1)) / 2) * perAttended + perLogits;
      sampling += prompt;
      training += prompt;
      for (const { tokens } of group) {
        for (let i = 1; i <= tokens.length; i++) {
          const one = perToken + (p + i) * perAttended + perLogits;
          training += one;
          // The last token is sampled and never read.
          if (i < tokens.length) sampling += one;
        }
      }
    });
    expect(outcome.flops).toBe(sampling + 3 * training);
  });

  it('beta counts the reference’s forward pass too, and starts without divergence', async () => {
    const plain = await stepWith({});
    const { policy, outcome } = await stepWith({ beta: 0.1 });
    policy.dispose();
    plain.policy.dispose();
    expect(plain.outcome.metrics).not.toHaveProperty('kl');
    expect(Math.abs(outcome.metrics.kl!)).toBeLessThan(1e-6);
    expect(outcome.flops).toBeGreaterThan(plain.outcome.flops);
  });

  it('num_iterations takes as many optimizer steps on one batch, the later ones off-policy', async () => {
    const { policy, outcome } = await stepWith({ numIterations: 3, epsilon: 0.001, epsilonHigh: 0.001 });
    const { optimizer } = await policy.state();
    policy.dispose();
    expect(optimizer!.step).toBe(3);
    expect(outcome.metrics['clip_ratio/region_mean']).toBeGreaterThan(0);
    const once = await stepWith({ epsilon: 0.001, epsilonHigh: 0.001 });
    expect((await once.policy.state()).optimizer!.step).toBe(1);
    once.policy.dispose();
    expect(once.outcome.metrics['clip_ratio/region_mean']).toBe(0);
  });

  it('mask_truncated_completions keeps cut rollouts out of the loss', async () => {
    // One thinking token: hardly anything closes.
    const cut = { maxThinkingTokens: 1, numGenerations: 3 };
    const { policy, completions, outcome } = await stepWith({ ...cut, maskTruncatedCompletions: true });
    policy.dispose();
    expect(completions.flat().every(isTruncated)).toBe(true);
    expect(outcome.metrics.grad_norm).toBe(0);
    const unmasked = await stepWith(cut);
    unmasked.policy.dispose();
    expect(unmasked.outcome.metrics.grad_norm).toBeGreaterThan(0);
  });

  it('top_entropy_quantile trains fewer tokens', async () => {
    const all = await stepWith({});
    const some = await stepWith({ topEntropyQuantile: 0.2 });
    all.policy.dispose();
    some.policy.dispose();
    // The same rollouts, another gradient.
    expect(some.completions.flat().map(({ tokens }) => [...tokens])).toEqual(
      all.completions.flat().map(({ tokens }) => [...tokens]),
    );
    expect(some.outcome.metrics.grad_norm).not.toBeCloseTo(all.outcome.metrics.grad_norm!, 6);
  });
});
