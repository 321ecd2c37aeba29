/** Whole models of random shapes: log-probabilities, gradients and an optimizer step as the reference's. */
import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import { createPolicy } from '../../../trainer/engine/kernels/policy.ts';
import type { ModelConfig } from '../../../trainer/engine/model.ts';
import { mixedUpdate, TIED, weightsOf } from '../cases.ts';
import { expectClose } from '../closeness.ts';
import { createReference, update } from '../reference/model.ts';
import { openLibraries } from './libraries.ts';

const TOLERANCE = 1e-4;
const libraries = await openLibraries(2);
afterAll(() => {
  for (const { library } of libraries) library.close();
});

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const models = fc.record({
  vocabSize: between(8, 90),
  hiddenSize: between(2, 50),
  intermediateSize: between(1, 70),
  numHiddenLayers: between(1, 3),
  numKeyValueHeads: between(1, 2),
  share: between(1, 3),
  headDim: between(1, 12).map((n) => 2 * n),
  tieWordEmbeddings: fc.boolean(),
  recomputeActivations: fc.boolean(),
  maxTokensPerMicroBatch: fc.constantFrom(1, 20, 1000),
  seed: fc.nat(1e6),
});

describe.each(libraries)('$name', ({ library }) => {
  it('random models, requests and micro-batches', () =>
    fc.assert(
      fc.asyncProperty(
        models,
        async ({ share, recomputeActivations, maxTokensPerMicroBatch, seed, ...shape }) => {
          const config: ModelConfig = {
            ...TIED,
            ...shape,
            numAttentionHeads: share * shape.numKeyValueHeads,
          };
          const weights = weightsOf(config, seed);
          const request = mixedUpdate(config, seed, { recomputeActivations, maxTokensPerMicroBatch });
          const reference = createReference(config, weights);
          const expected = update(reference, request);
          const policy = createPolicy(library, { config, weights, optimizer: null }, true, () => {});
          try {
            const result = await policy.update(request);
            expected.perTokenLogps.forEach((group, g) => {
              group.forEach((logps, c) => {
                expectClose(result.perTokenLogps[g]![c]!, logps, TOLERANCE, 'perTokenLogps');
              });
            });
            // Against the largest gradient of all: a tensor whose gradients cancel has none but rounding.
            const most = Math.max(...[...expected.gradients.values()].flatMap((g) => [...g].map(Math.abs)));
            for (const [name, gradient] of await policy.gradients()) {
              expectClose(
                [...gradient, most],
                [...expected.gradients.get(name)!, most],
                TOLERANCE,
                `gradient of ${name}`,
              );
            }
            for (const [name, weight] of (await policy.state()).weights) {
              expectClose(weight, reference.weights.get(name)!.data, TOLERANCE, `weights of ${name}`);
            }
          } finally {
            policy.dispose();
          }
        },
      ),
      { numRuns: 25, seed: 1 },
    ));
});
