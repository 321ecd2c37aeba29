import { expect, it } from 'vitest';
import type { UpdateRequest } from '../../../trainer/engine/engine.ts';
import { initialWeights, type ModelConfig } from '../../../trainer/engine/model.ts';
import { createReference, update } from './model.ts';

const config: ModelConfig = {
  vocabSize: 11,
  hiddenSize: 6,
  intermediateSize: 8,
  numHiddenLayers: 2,
  numAttentionHeads: 4,
  numKeyValueHeads: 2,
  headDim: 4,
  ropeTheta: 100,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: false,
  maxPositionEmbeddings: 32,
};

const request: UpdateRequest = {
  groups: [],
  documents: [
    { tokens: Int32Array.of(1, 5, 3, 9, 2, 2, 7), weights: Float32Array.of(0, 1, 0.5, 1, 2, 0, 1) },
    { tokens: Int32Array.of(4, 4, 8), weights: Float32Array.of(0, 1, 1) },
  ],
  logits: { temperature: 1, bannedTokens: [] },
  loss: {
    lossType: 'dapo',
    epsilon: 0.2,
    epsilonHigh: 0.2,
    beta: 0,
    importanceSamplingLevel: 'token',
    maxCompletionLength: 8,
  },
  ntpCoefficient: 1.5,
  optimizer: {
    learningRate: 1e-3,
    adamBeta1: 0.9,
    adamBeta2: 0.99,
    adamEpsilon: 1e-8,
    weightDecay: 0,
    maxGradNorm: 0,
  },
  maxTokensPerMicroBatch: 100,
  recomputeActivations: false,
  apply: false,
};

it('the reference’s gradients equal central differences of its loss', () => {
  const reference = createReference(config, initialWeights(config, 3));
  const { gradients } = update(reference, request);
  for (const [name, gradient] of gradients) {
    const { data } = reference.weights.get(name)!;
    for (const index of [0, Math.floor(data.length / 2), data.length - 1]) {
      const value = data[index]!;
      const lossAt = (shift: number): number => {
        data[index] = value + shift;
        return update(reference, request).loss;
      };
      const numeric = (lossAt(1e-5) - lossAt(-1e-5)) / 2e-5;
      data[index] = value;
      expect(Math.abs(numeric - gradient[index]!), `${name}[${index}]`).toBeLessThan(1e-7);
    }
  }
});
