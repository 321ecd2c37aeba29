/** One whole GRPO update with next-token prediction, on every engine present, against PyTorch (golden/grpo_update.py). */
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { ENGINE_NAMES, type PolicyGroup, type TensorMap } from '../../trainer/engine/engine.ts';
import type { PolicyLossSettings } from '../../trainer/engine/policy-loss.ts';
import { groupAdvantages } from '../../trainer/rl/grpo.ts';
import { openPresent } from './engines.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/grpo_update.json', import.meta.url), 'utf8'));

interface GoldenCase {
  name: string;
  lossType: PolicyLossSettings['lossType'];
  beta: number;
  epsilonHigh: number;
  level: 'token' | 'sequence';
  old: (number[] | null)[][];
  ref: (number[] | null)[][];
  perTokenLogps: number[][][];
  loss: number;
  policyLoss: number;
  ntpLoss: number;
  kl: number;
  entropy: number;
  gradNorm: number;
  gradients: Record<string, number[]>;
  weights: Record<string, number[]>;
}

const config = {
  vocabSize: golden.config.vocab_size,
  hiddenSize: golden.config.hidden_size,
  intermediateSize: golden.config.intermediate_size,
  numHiddenLayers: golden.config.num_hidden_layers,
  numAttentionHeads: golden.config.num_attention_heads,
  numKeyValueHeads: golden.config.num_key_value_heads,
  headDim: golden.config.head_dim,
  ropeTheta: golden.config.rope_theta,
  rmsNormEps: golden.config.rms_norm_eps,
  tieWordEmbeddings: golden.config.tie_word_embeddings,
  maxPositionEmbeddings: golden.config.max_position_embeddings,
};

const tensors = (record: Record<string, number[]>): TensorMap =>
  new Map(Object.entries(record).map(([name, values]) => [name, Float32Array.from(values)]));

const floats = (values: number[] | null | undefined): Float32Array | null =>
  values ? Float32Array.from(values) : null;

/** The largest difference, relative to the expected tensor's largest value. */
function distance(actual: Float32Array, expected: readonly number[]): number {
  const scale = Math.max(...expected.map(Math.abs), 1e-3);
  return Math.max(...expected.map((value, i) => Math.abs(value - actual[i]!))) / scale;
}

const engines = await openPresent(ENGINE_NAMES);
afterAll(() => {
  for (const engine of engines) engine.dispose();
});

describe.each(engines.map((engine) => ({ engine, name: engine.name })))(
  'a GRPO update on $name',
  ({ engine }) => {
    it.each(golden.cases as GoldenCase[])('$name', async (one) => {
      // Advantages are our own: rewards in, so that the whole path from rewards to weights is compared.
      const { advantages } = groupAdvantages(golden.rewards, 'group');
      const groups: PolicyGroup[] = golden.completions.map((group: number[][], g: number) => ({
        prompt: Int32Array.from(golden.prompts[g]),
        completions: group.map((tokens, c) => ({
          tokens: Int32Array.from(tokens),
          completionMask: new Uint8Array(tokens.length).fill(1),
          advantage: advantages[g]![c]!,
          oldPerTokenLogps: floats(one.old[g]![c]),
          refPerTokenLogps: floats(one.ref[g]![c]),
        })),
      }));
      const policy = await engine.createPolicy({ config, weights: tensors(golden.weights), optimizer: null });
      try {
        const result = await policy.update({
          groups,
          documents: golden.documents.map((tokens: number[], i: number) => ({
            tokens: Int32Array.from(tokens),
            weights: Float32Array.from(golden.documentWeights[i]),
          })),
          logits: { temperature: golden.temperature, bannedTokens: golden.banned },
          loss: {
            lossType: one.lossType,
            epsilon: 0.2,
            epsilonHigh: one.epsilonHigh,
            beta: one.beta,
            importanceSamplingLevel: one.level,
            maxCompletionLength: 6,
          },
          ntpCoefficient: golden.lambda,
          optimizer: {
            learningRate: golden.learningRate,
            adamBeta1: 0.9,
            adamBeta2: golden.adamBeta2,
            adamEpsilon: 1e-8,
            weightDecay: golden.weightDecay,
            maxGradNorm: golden.maxGradNorm,
          },
          maxTokensPerMicroBatch: 1024,
          recomputeActivations: false,
        });
        for (const name of ['loss', 'policyLoss', 'ntpLoss', 'kl', 'entropy', 'gradNorm'] as const) {
          expect(Math.abs(result[name] - one[name]), name).toBeLessThan(
            1e-4 * Math.max(1, Math.abs(one[name])),
          );
        }
        one.perTokenLogps.flat().forEach((expected, i) => {
          expect(distance(result.perTokenLogps.flat()[i]!, expected)).toBeLessThan(1e-4);
        });
        const gradients = await policy.gradients();
        for (const [name, expected] of Object.entries(one.gradients)) {
          expect(distance(gradients.get(name)!, expected), `gradient of ${name}`).toBeLessThan(1e-4);
        }
        const { weights } = await policy.state();
        for (const [name, expected] of Object.entries(one.weights)) {
          expect(distance(weights.get(name)!, expected), `new ${name}`).toBeLessThan(1e-4);
        }
      } finally {
        policy.dispose();
      }
    });
  },
);
