import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { estimateMemory, largestThatFits, type Workload } from '../../../trainer/engine/kernels/memory.ts';
import { createPolicy } from '../../../trainer/engine/kernels/policy.ts';
import { openWasmLibrary, WASM_BUILDS } from '../../../trainer/engine/kernels/wasm.ts';
import { type ModelConfig, parameterCount } from '../../../trainer/engine/model.ts';
import { mixedUpdate, sampleRequest, TIED, tokensOf, weightsOf } from '../cases.ts';
import { openLibraries } from './libraries.ts';

const THREADS = 2;
const libraries = await openLibraries(THREADS);
afterAll(() => {
  for (const { library } of libraries) library.close();
});

const between = (min: number, max: number): fc.Arbitrary<number> => fc.integer({ min, max });
const cases = fc.record({
  vocabSize: between(40, 600),
  hiddenSize: between(20, 150),
  intermediateSize: between(30, 300),
  numHiddenLayers: between(1, 4),
  numKeyValueHeads: between(1, 2),
  share: between(1, 3),
  headDim: between(4, 20).map((n) => 2 * n),
  tieWordEmbeddings: fc.boolean(),
  prompts: between(1, 6),
  numGenerations: between(1, 6),
  promptTokens: between(1, 60),
  completionTokens: between(1, 50),
  documents: between(0, 6),
  documentTokens: between(2, 100),
  maxTokensPerMicroBatch: fc.constantFrom(1, 200, 16384),
  recomputeActivations: fc.boolean(),
  frozenCopies: between(0, 1),
});

describe.each(libraries)('$name', ({ library }) => {
  it('the engine holds what was estimated before, within 10%', () =>
    fc.assert(
      fc.asyncProperty(cases, async (c) => {
        const config: ModelConfig = {
          ...TIED,
          ...c,
          numAttentionHeads: c.share * c.numKeyValueHeads,
          maxPositionEmbeddings: 128,
        };
        const workload: Workload = {
          threads: THREADS,
          frozenCopies: c.frozenCopies,
          rollout: {
            prompts: c.prompts,
            numGenerations: c.numGenerations,
            maxPromptTokens: c.promptTokens,
            maxNewTokens: c.completionTokens,
          },
          update: { ...c, groups: c.prompts },
        };
        const pool = library.functions.pool_bytes(library.pool);
        const state = { config, weights: weightsOf(config, 1), optimizer: null };
        const policy = createPolicy(library, state, true, () => {});
        const frozen = Array.from({ length: c.frozenCopies }, () =>
          createPolicy(library, state, false, () => {}),
        );
        try {
          const prompts = Array.from({ length: c.prompts }, (_, i) => tokensOf(config, c.promptTokens, i));
          // The last token is banned, so that nothing ends early.
          const completions = await policy.sample(
            sampleRequest(config, 1, {
              prompts,
              streams: prompts.map((_, i) => i),
              numGenerations: c.numGenerations,
              decoding: { temperature: 1, topK: 0, topP: 1, minP: 0, bannedTokens: [config.vocabSize - 1] },
              thinking: null,
              maxAnswerTokens: c.completionTokens,
              eosToken: config.vocabSize - 1,
            }),
          );
          const sequences = completions.flatMap((group, i) =>
            group.map(({ tokens }) => Int32Array.of(...prompts[i]!, ...tokens)),
          );
          const starts = sequences.map(() => c.promptTokens);
          const logits = { temperature: 1, bannedTokens: [] };
          for (const reference of frozen) await reference.score({ sequences, starts, logits });
          await policy.update(
            mixedUpdate(config, 1, {
              groups: completions.map((group, i) => ({
                prompt: prompts[i]!,
                completions: group.map(({ tokens, logps }, j) => ({
                  tokens,
                  completionMask: new Uint8Array(tokens.length).fill(1),
                  advantage: j - 0.5,
                  oldPerTokenLogps: logps,
                  refPerTokenLogps: null,
                })),
              })),
              documents: Array.from({ length: c.documents }, (_, i) => ({
                tokens: tokensOf(config, c.documentTokens, 50 + i),
                weights: new Float32Array(c.documentTokens).fill(1),
              })),
              maxTokensPerMicroBatch: c.maxTokensPerMicroBatch,
              recomputeActivations: c.recomputeActivations,
            }),
          );
          // Another case's threads may have needed more room; the pool keeps what it has.
          const { totalBytes, scratchBytes } = estimateMemory(config, workload);
          const scratch = Math.max(pool, scratchBytes);
          const policies = [policy, ...frozen];
          const held =
            policies.reduce((sum, one) => sum + one.bytes(), 0) + library.functions.pool_bytes(library.pool);
          // Descriptions of batches have a fixed block of their own, which only shows beside the smallest models.
          const fixed = policies.length * (2 ** 18 + 2 ** 10);
          const ratio = (totalBytes - scratchBytes + scratch + fixed) / held;
          expect(ratio).toBeGreaterThan(0.9);
          expect(ratio).toBeLessThan(1.1);
        } finally {
          for (const one of [policy, ...frozen]) one.dispose();
        }
      }),
      { numRuns: 30, seed: 1 },
    ));
});

it.each(WASM_BUILDS)('%s: a heap that cannot shrink has no holes although lengths grow', async (build) => {
  // Of its own: a used one has room to spare.
  const library = await openWasmLibrary(1, [build]);
  const config: ModelConfig = {
    ...TIED,
    hiddenSize: 64,
    intermediateSize: 128,
    maxPositionEmbeddings: 512,
  };
  const endOfHeap = (): number => {
    // Too large for any hole.
    const block = library.functions.memory_allocate(2 ** 26);
    library.functions.memory_release(block);
    return block >>> 0;
  };
  const before = endOfHeap();
  let most = 0;
  const state = { config, weights: weightsOf(config, 1), optimizer: null };
  const policy = createPolicy(library, state, true, () => {});
  try {
    for (let step = 1; step <= 8; step++) {
      const prompts = Array.from({ length: 6 }, (_, i) => tokensOf(config, 20 * step, i));
      const completions = await policy.sample(
        sampleRequest(config, step, {
          prompts,
          streams: prompts.map((_, i) => i),
          numGenerations: 6,
          thinking: null,
          maxAnswerTokens: 20 + 5 * step,
          decoding: { temperature: 1, topK: 0, topP: 1, minP: 0, bannedTokens: [config.vocabSize - 1] },
          eosToken: config.vocabSize - 1,
        }),
      );
      await policy.update(
        mixedUpdate(config, step, {
          documents: Array.from({ length: 40 }, (_, i) => ({
            tokens: tokensOf(config, 50, 50 + i),
            weights: new Float32Array(50).fill(1),
          })),
          groups: completions.map((group, i) => ({
            prompt: prompts[i]!,
            completions: group.map(({ tokens }, j) => ({
              tokens,
              completionMask: new Uint8Array(tokens.length).fill(1),
              advantage: j - 2.5,
              oldPerTokenLogps: null,
              refPerTokenLogps: null,
            })),
          })),
          // The largest batch grows a little with each step, what is sampled grows much.
          maxTokensPerMicroBatch: 1000 + 20 * step,
        }),
      );
      most = Math.max(most, endOfHeap() - before);
    }
    expect(most).toBeLessThan(1.05 * (policy.bytes() + library.functions.pool_bytes(library.pool)));
  } finally {
    policy.dispose();
    library.close();
  }
});

it('the largest model that fits is the largest of those whose estimate does', () => {
  const candidates = [16, 32, 64, 128].map((hiddenSize): ModelConfig => ({ ...TIED, hiddenSize }));
  const workload: Workload = { threads: 2, frozenCopies: 1, rollout: null, update: null };
  const memoryOf = (config: ModelConfig): number => estimateMemory(config, workload).totalBytes;
  const sizes = candidates.map(memoryOf);
  for (const [i, bytes] of sizes.entries()) {
    const found = largestThatFits(candidates.toReversed(), memoryOf, bytes);
    expect(found && parameterCount(found)).toBe(parameterCount(candidates[i]!));
  }
  expect(largestThatFits(candidates, memoryOf, sizes[0]! - 1)).toBeNull();
});
