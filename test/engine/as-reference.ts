/** What every engine must do as the plain reference does: scoring, three optimizer steps, sampling. */
import { afterAll, describe, expect, it } from 'vitest';
import type { EngineName, Policy } from '../../trainer/engine/engine.ts';
import type { ModelConfig } from '../../trainer/engine/model.ts';
import {
  mixedUpdate,
  SAMPLE_CASES,
  sampleRequest,
  scoreRequest,
  TIED,
  UNTIED,
  UPDATE_CASES,
  weightsOf,
} from './cases.ts';
import { expectClose } from './closeness.ts';
import { openPresent } from './engines.ts';
import { createReference, sample, score, update } from './reference/model.ts';

const TOLERANCE = 1e-4;
/** SwiftShader needs 2 ms for any dispatch. */
const TIMEOUT_MS = 120_000;
const configs = [
  { name: 'tied, grouped heads', config: TIED },
  { name: 'untied', config: UNTIED },
];

/** @param names of engines; those that are not here are named and left out */
export async function describeAsReference(names: readonly EngineName[]): Promise<void> {
  const engines = await openPresent(names);
  afterAll(() => {
    for (const engine of engines) engine.dispose();
  });
  describe.each(engines)('$name', { timeout: TIMEOUT_MS }, (engine) => {
    const few = engine.name === 'webgpu-software';
    const updateCases = few ? UPDATE_CASES.filter((_, i) => i === 0 || i === 4) : UPDATE_CASES;
    const sampleCases = few ? SAMPLE_CASES.filter(({ name }) => /closed|every/.test(name)) : SAMPLE_CASES;

    async function withPolicy(config: ModelConfig, work: (policy: Policy) => Promise<void>): Promise<void> {
      const policy = await engine.createPolicy({ config, weights: weightsOf(config, 5), optimizer: null });
      try {
        await work(policy);
      } finally {
        policy.dispose();
      }
    }

    it.each(configs)('scores as the reference: $name', ({ config }) =>
      withPolicy(config, async (policy) => {
        const request = scoreRequest(config, 40);
        const scores = await policy.score(request);
        const reference = createReference(config, weightsOf(config, 5));
        request.sequences.forEach((tokens, i) => {
          const expected = score(reference, tokens, request.logits);
          const start = request.starts![i]!;
          for (const key of ['logps', 'entropies'] as const) {
            expectClose(
              scores[i]![key],
              expected[key].fill(0, 0, start),
              TOLERANCE,
              `${key} of sequence ${i}`,
            );
          }
          expect([...scores[i]!.greedyTokens]).toEqual([...expected.greedyTokens.fill(-1, 0, start)]);
        });
      }),
    );

    describe.each(few ? configs.slice(0, 1) : configs)('$name', ({ config }) => {
      it.each(updateCases)('three optimizer steps as the reference: $name', ({ change }) =>
        withPolicy(config, async (policy) => {
          const reference = createReference(config, weightsOf(config, 5));
          for (let step = 0; step < 3; step++) {
            const request = mixedUpdate(config, 1000 + step, change);
            const result = await policy.update(request);
            const expected = update(reference, request);
            for (const key of ['loss', 'policyLoss', 'ntpLoss', 'kl', 'entropy', 'gradNorm'] as const) {
              expect(Math.abs(result[key] - expected[key]), key).toBeLessThan(
                TOLERANCE * (1 + Math.abs(expected[key])),
              );
            }
            const gradients = await policy.gradients();
            for (const [name, gradient] of expected.gradients) {
              expectClose(gradients.get(name)!, gradient, TOLERANCE, `step ${step}: gradient of ${name}`);
            }
            expected.perTokenLogps.forEach((group, g) => {
              group.forEach((logps, c) => {
                expectClose(result.perTokenLogps[g]![c]!, logps, TOLERANCE, 'perTokenLogps');
              });
            });
          }
          const state = await policy.state();
          expect(state.optimizer?.step).toBe(3);
          for (const [name, { data }] of reference.weights) {
            expectClose(state.weights.get(name)!, data, TOLERANCE, `weights of ${name}`);
          }
        }),
      );
    });

    it.each(sampleCases)('samples as the reference: $name', ({ change }) =>
      withPolicy(TIED, async (policy) => {
        const request = sampleRequest(TIED, 3, change);
        const reference = createReference(TIED, weightsOf(TIED, 5));
        const completions = await policy.sample(request);
        completions.forEach((group, prompt) => {
          group.forEach((completion, generation) => {
            const expected = sample(reference, request, prompt, generation);
            expect(
              expected.narrowest,
              'the case is decided by rounding: choose another seed',
            ).toBeGreaterThan(1e-6);
            expect([...completion.tokens]).toEqual(expected.tokens);
            expect(completion.finish).toBe(expected.finish);
            expect([...completion.forced]).toEqual(expected.forced);
            expectClose(completion.logps, expected.logps, TOLERANCE, 'logps');
            expectClose(completion.entropies, expected.entropies, TOLERANCE, 'entropies');
          });
        });
      }),
    );

    it('the update finds the log-probabilities that sampling found', () =>
      withPolicy(TIED, async (policy) => {
        const request = sampleRequest(TIED, 3);
        const completions = await policy.sample(request);
        const { perTokenLogps } = await policy.update({
          ...mixedUpdate(TIED, 1, { documents: [], apply: false }),
          logits: request.decoding,
          groups: request.prompts.map((prompt, i) => ({
            prompt,
            completions: completions[i]!.map(({ tokens, logps }) => ({
              tokens,
              completionMask: new Uint8Array(tokens.length).fill(1),
              advantage: 1,
              oldPerTokenLogps: logps,
              refPerTokenLogps: null,
            })),
          })),
        });
        completions.flat().forEach(({ logps }, i) => {
          expectClose(perTokenLogps.flat()[i]!, logps, TOLERANCE, 'logps');
        });
      }));
  });
}
