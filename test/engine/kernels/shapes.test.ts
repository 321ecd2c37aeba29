/** Whole models of random shapes as the reference's: updates, scores, samples. */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../../trainer/engine/engine.ts';
import { createPolicy } from '../../../trainer/engine/kernels/policy.ts';
import type { ModelConfig } from '../../../trainer/engine/model.ts';
import { mixedUpdate, sampleRequest, TIED, tokensOf, weightsOf } from '../cases.ts';
import { expectClose } from '../closeness.ts';
import { createReference, type Reference, sample, score, update } from '../reference/model.ts';
import { openLibraries } from './libraries.ts';

const TOLERANCE = 1e-4;
/** A draw nearer than this to the boundary between two tokens may fall either way by rounding. */
const DECIDED = 1e-5;
const libraries = await openLibraries(2);
afterAll(() => {
  for (const { library } of libraries) library.close();
});

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const shapes = fc
  .record({
    vocabSize: between(8, 90),
    hiddenSize: between(2, 80),
    intermediateSize: between(1, 70),
    numHiddenLayers: between(1, 3),
    numKeyValueHeads: between(1, 2),
    share: between(1, 3),
    headDim: between(1, 12).map((n) => 2 * n),
    tieWordEmbeddings: fc.boolean(),
  })
  .map(
    ({ share, ...shape }): ModelConfig => ({
      ...TIED,
      ...shape,
      numAttentionHeads: share * shape.numKeyValueHeads,
    }),
  );
const updates = fc.record({
  recomputeActivations: fc.boolean(),
  maxTokensPerMicroBatch: fc.constantFrom(1, 20, 1000),
});
const samples = fc.record({
  promptLengths: fc.array(between(1, 45), { minLength: 1, maxLength: 5 }),
  numGenerations: between(1, 4),
  decoding: fc.record({
    temperature: fc.constantFrom(0, 0.7, 1, 1.4),
    topK: fc.constantFrom(0, 1, 4, 20),
    topP: fc.constantFrom(1, 0.9, 0.4),
    minP: fc.constantFrom(0, 0.05, 0.3),
    bannedTokens: fc.constantFrom([], [4], [0, 7]),
  }),
  thinking: fc.option(
    fc.record({
      endToken: fc.constant(1),
      minTokens: between(0, 4),
      maxTokens: between(4, 12),
      atLimit: fc.constantFrom('close' as const, 'truncate' as const),
    }),
  ),
  maxAnswerTokens: between(1, 20),
});
const seeds = fc.nat(1e6);

describe.each(libraries)('$name', ({ library }) => {
  async function withPolicy(
    config: ModelConfig,
    seed: number,
    compare: (policy: Policy, reference: Reference) => Promise<void>,
  ): Promise<void> {
    const weights = weightsOf(config, seed);
    const policy = createPolicy(library, { config, weights, optimizer: null }, true, () => {});
    try {
      await compare(policy, createReference(config, weights));
    } finally {
      policy.dispose();
    }
  }

  it('updates: random models, requests and micro-batches', () =>
    fc.assert(
      fc.asyncProperty(shapes, updates, seeds, (config, change, seed) =>
        withPolicy(config, seed, async (policy, reference) => {
          const request = mixedUpdate(config, seed, change);
          const expected = update(reference, request);
          const result = await policy.update(request);
          expected.perTokenLogps.forEach((group, g) => {
            group.forEach((logps, c) => {
              expectClose(result.perTokenLogps[g]![c]!, logps, TOLERANCE, 'perTokenLogps');
            });
          });
          for (const [name, gradient] of await policy.gradients()) {
            expectClose(gradient, expected.gradients.get(name)!, TOLERANCE, `gradient of ${name}`);
          }
          for (const [name, weight] of (await policy.state()).weights) {
            expectClose(weight, reference.weights.get(name)!.data, TOLERANCE, `weights of ${name}`);
          }
        }),
      ),
      { numRuns: 25, seed: 1 },
    ));

  it('scores: random models and lengths', () =>
    fc.assert(
      fc.asyncProperty(
        shapes,
        fc.array(between(1, 70), { minLength: 1, maxLength: 6 }),
        fc.double({ min: 0.3, max: 2, noNaN: true }),
        seeds,
        (config, lengths, temperature, seed) =>
          withPolicy(config, seed, async (policy, reference) => {
            const sequences = lengths.map((length, i) => tokensOf(config, length, seed + i));
            const logits = { temperature, bannedTokens: [config.vocabSize - 1] };
            const scores = await policy.score({ sequences, logits });
            sequences.forEach((tokens, i) => {
              const expected = score(reference, tokens, logits);
              expectClose(scores[i]!.logps, expected.logps, TOLERANCE, 'logps');
              expectClose(scores[i]!.entropies, expected.entropies, TOLERANCE, 'entropies');
            });
          }),
      ),
      { numRuns: 25, seed: 1 },
    ));

  it('samples: random models, prompts, cuts and limits', () =>
    fc.assert(
      fc.asyncProperty(shapes, samples, seeds, (config, { promptLengths, ...change }, seed) =>
        withPolicy(config, seed, async (policy, reference) => {
          const prompts = promptLengths.map((length, i) => tokensOf(config, length, seed + i));
          const request = sampleRequest(config, seed, {
            ...change,
            prompts,
            streams: prompts.map((_, i) => 7 * i + 1),
          });
          const completions = await policy.sample(request);
          completions.forEach((group, prompt) => {
            group.forEach((completion, generation) => {
              const expected = sample(reference, request, prompt, generation);
              if (expected.narrowest < DECIDED) return;
              expect([...completion.tokens]).toEqual(expected.tokens);
              expect(completion.finish).toBe(expected.finish);
              expect([...completion.forced]).toEqual(expected.forced);
              expectClose(completion.logps, expected.logps, TOLERANCE, 'logps');
              expectClose(completion.entropies, expected.entropies, TOLERANCE, 'entropies');
            });
          });
        }),
      ),
      { numRuns: 25, seed: 1 },
    ));
});
