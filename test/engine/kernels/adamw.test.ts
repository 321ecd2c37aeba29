/** The optimizer alone, over random models, moments and settings: AdamW as its paper has it, in float64. */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { TensorMap } from '../../../trainer/engine/engine.ts';
import { createKernelModel } from '../../../trainer/engine/kernels/kernel-model.ts';
import { type ModelConfig, parametersOf, sizeOf } from '../../../trainer/engine/model.ts';
import { drawsFor } from '../../../trainer/engine/random.ts';
import { TIED } from '../cases.ts';
import { expectClose } from '../closeness.ts';
import { openLibraries } from './libraries.ts';

const TOLERANCE = 1e-6;
const libraries = await openLibraries(2);
afterAll(() => {
  for (const { library } of libraries) library.close();
});

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const real = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const cases = fc.record({
  // More than one task of 16,384 floats in the larger ones.
  vocabSize: between(3, 400),
  hiddenSize: between(1, 100),
  intermediateSize: between(1, 100),
  numHiddenLayers: between(1, 2),
  numKeyValueHeads: between(1, 2),
  share: between(1, 2),
  headDim: between(1, 10).map((n) => 2 * n),
  tieWordEmbeddings: fc.boolean(),
  // So large that a step moves weights as far as they are from 0: small ones would hide behind what they move.
  learningRate: real(0.05, 1),
  beta1: real(0, 0.99),
  beta2: real(0.5, 0.999),
  epsilon: fc.constantFrom(1e-8, 1e-3),
  weightDecay: fc.oneof(fc.constant(0), real(0.01, 0.9)),
  clip: fc.oneof(fc.constant(1), real(0.01, 1)),
  step: between(1, 50),
  seed: fc.nat(1e6),
});

describe.each(libraries)('$name', ({ library }) => {
  const { functions, write, read } = library;

  it('gradient norm, and a step with clipping and weight decay', () =>
    fc.assert(
      fc.property(
        cases,
        ({ share, learningRate, beta1, beta2, epsilon, weightDecay, clip, step, ...rest }) => {
          const config: ModelConfig = { ...TIED, ...rest, numAttentionHeads: share * rest.numKeyValueHeads };
          const parameters = parametersOf(config);
          const tensors = (purpose: number, value: (u: number) => number): TensorMap => {
            const draws = drawsFor(rest.seed, purpose, 0);
            return new Map(
              parameters.map(({ name, shape }) => [
                name,
                Float32Array.from({ length: sizeOf(shape) }, () => value(2 * draws.uniform() - 1)),
              ]),
            );
          };
          const weights = tensors(1, (u) => u);
          const gradients = tensors(2, (u) => u);
          const first = tensors(3, (u) => u / 2);
          const second = tensors(4, (u) => u * u + 0.01);
          const state = { config, weights, optimizer: { step: step - 1, first, second } };
          const model = createKernelModel(library, state, true);
          try {
            model.writeTensors('gradients', gradients);
            const at = functions.memory_allocate(64);
            functions.model_gradient_norm(model.address, at);
            const norm = new Float64Array(1);
            read(at, norm);
            const squares = [...gradients.values()].flatMap((g) => [...g]).reduce((sum, g) => sum + g * g, 0);
            expect(Math.abs(norm[0]! / Math.sqrt(squares) - 1)).toBeLessThan(TOLERANCE);

            const corrections = [1 - beta1 ** step, Math.sqrt(1 - beta2 ** step)];
            write(
              at,
              Float64Array.of(learningRate, beta1, beta2, epsilon, weightDecay, clip, ...corrections),
            );
            functions.model_adamw(model.address, at);
            functions.memory_release(at);
            const found = {
              weights: model.readTensors('weights'),
              first: model.readTensors('first'),
              second: model.readTensors('second'),
            };
            for (const { name, shape } of parameters) {
              const g = Float64Array.from(gradients.get(name)!, (value) => clip * value);
              const m = g.map((value, i) => beta1 * first.get(name)![i]! + (1 - beta1) * value);
              const v = g.map((value, i) => beta2 * second.get(name)![i]! + (1 - beta2) * value ** 2);
              const decay = shape.length > 1 ? weightDecay : 0;
              const w = Float64Array.from(weights.get(name)!, (value, i) => {
                const mean = m[i]! / (1 - beta1 ** step);
                const spread = Math.sqrt(v[i]! / (1 - beta2 ** step)) + epsilon;
                return value - learningRate * (mean / spread + decay * value);
              });
              expectClose(found.first.get(name)!, m, TOLERANCE, `first moment of ${name}`);
              expectClose(found.second.get(name)!, v, TOLERANCE, `second moment of ${name}`);
              expectClose(found.weights.get(name)!, w, 5 * TOLERANCE, `weights of ${name}`);
            }
          } finally {
            model.dispose();
          }
        },
      ),
      { numRuns: 40, seed: 1 },
    ));
});
