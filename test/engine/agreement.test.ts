/** Engines against each other, on a model large enough that each takes its fast paths. */
import { afterAll, describe, expect, it } from 'vitest';
import {
  ENGINE_NAMES,
  type Engine,
  type Policy,
  type SequenceScore,
  type TensorMap,
  type UpdateResult,
} from '../../trainer/engine/engine.ts';
import type { ModelConfig } from '../../trainer/engine/model.ts';
import { mixedUpdate, SAMPLE_CASES, sampleRequest, TIED, tokensOf, weightsOf } from './cases.ts';
import { expectClose } from './closeness.ts';
import { openPresent } from './engines.ts';

const TOLERANCE = 1e-4;
const TIMEOUT_MS = 240_000;

/** Wider than a SIMD register in every dimension, and none a multiple of 16. */
const CONFIG: ModelConfig = {
  ...TIED,
  vocabSize: 131,
  hiddenSize: 72,
  intermediateSize: 100,
  numAttentionHeads: 6,
  numKeyValueHeads: 2,
  headDim: 20,
};

const PREFIXES = [2, 11];
/** Sequences that end with each token of the vocabulary: their last log-probabilities are a row of logits, less its sum. */
const everyToken = (): Int32Array[] =>
  PREFIXES.flatMap((length, i) => {
    const prefix = tokensOf(CONFIG, length, 80 + i);
    return Array.from({ length: CONFIG.vocabSize }, (_, token) => Int32Array.of(...prefix, token));
  });

interface Findings {
  /** Of every token of the vocabulary after each prefix. */
  readonly rows: Float32Array[];
  readonly scores: SequenceScore[];
  readonly updates: UpdateResult[];
  readonly gradients: TensorMap[];
  readonly weights: TensorMap;
}

async function withPolicy<T>(engine: Engine, work: (policy: Policy) => Promise<T>): Promise<T> {
  const policy = await engine.createPolicy({
    config: CONFIG,
    weights: weightsOf(CONFIG, 8),
    optimizer: null,
  });
  try {
    return await work(policy);
  } finally {
    policy.dispose();
  }
}

const findingsOf = (engine: Engine): Promise<Findings> =>
  withPolicy(engine, async (policy) => {
    const sequences = [33, 17, 40].map((length, i) => tokensOf(CONFIG, length, 60 + i));
    const scores = await policy.score({ sequences, logits: { temperature: 1, bannedTokens: [] } });
    const last = await policy.score({
      sequences: everyToken(),
      logits: { temperature: 1, bannedTokens: [] },
      starts: PREFIXES.flatMap((length) => new Array<number>(CONFIG.vocabSize).fill(length)),
    });
    const rows = PREFIXES.map((length, i) =>
      Float32Array.from({ length: CONFIG.vocabSize }, (_, token) => {
        return last[i * CONFIG.vocabSize + token]!.logps[length]!;
      }),
    );
    const updates: UpdateResult[] = [];
    const gradients: TensorMap[] = [];
    for (let step = 0; step < 3; step++) {
      updates.push(await policy.update(mixedUpdate(CONFIG, 2000 + step)));
      gradients.push(await policy.gradients());
    }
    return { rows, scores, updates, gradients, weights: (await policy.state()).weights };
  });

const engines = await openPresent(ENGINE_NAMES);
afterAll(() => {
  for (const engine of engines) engine.dispose();
});

const pairs = engines.flatMap((a, i) =>
  engines.slice(i + 1).map((b) => ({ a, b, names: `${a.name} and ${b.name}` })),
);

describe('engines agree', { timeout: TIMEOUT_MS }, () => {
  const found = new Map<Engine, Promise<Findings>>();
  const findings = (engine: Engine): Promise<Findings> => {
    const known = found.get(engine) ?? findingsOf(engine);
    found.set(engine, known);
    return known;
  };

  it('more than one engine is present', () => {
    expect(engines.length).toBeGreaterThan(1);
  });

  it.each(pairs)(
    '$names: logits, scores, losses, gradients and weights over three steps',
    async ({ a, b }) => {
      const first = await findings(a);
      const second = await findings(b);
      first.rows.forEach((row, i) => {
        expectClose(second.rows[i]!, row, TOLERANCE, `logits after prefix ${i}`);
      });
      first.scores.forEach((score, i) => {
        expectClose(second.scores[i]!.logps, score.logps, TOLERANCE, `logps of sequence ${i}`);
        expectClose(second.scores[i]!.entropies, score.entropies, TOLERANCE, `entropies of sequence ${i}`);
        expect(second.scores[i]!.greedyTokens).toEqual(score.greedyTokens);
      });
      for (const [step, update] of first.updates.entries()) {
        const other = second.updates[step]!;
        // Losses are sums of both signs: what they are small beside is 1, not themselves.
        for (const key of ['loss', 'policyLoss', 'kl'] as const) {
          expect(Math.abs(other[key] - update[key]), key).toBeLessThan(
            TOLERANCE * (1 + Math.abs(update[key])),
          );
        }
        for (const key of ['ntpLoss', 'entropy', 'gradNorm'] as const) {
          expect(Math.abs(other[key] / update[key] - 1), key).toBeLessThan(TOLERANCE);
        }
        expect(other.numTokens).toBe(update.numTokens);
        for (const [name, gradient] of first.gradients[step]!) {
          const where = `step ${step}: gradient of ${name}`;
          expectClose(second.gradients[step]!.get(name)!, gradient, TOLERANCE, where);
        }
      }
      for (const [name, weight] of first.weights) {
        expectClose(second.weights.get(name)!, weight, TOLERANCE, `weights of ${name}`);
      }
    },
  );

  const cases = SAMPLE_CASES.filter(({ name }) => /temperature 1|greedy|every cut/.test(name));
  it.each(cases)('samples: $name', async ({ change }) => {
    const request = sampleRequest(CONFIG, 21, change);
    const all = [];
    for (const engine of engines) all.push(await withPolicy(engine, (policy) => policy.sample(request)));
    const [first, ...rest] = all;
    for (const other of rest) {
      first!.flat().forEach((completion, i) => {
        const twin = other.flat()[i]!;
        expect(twin.tokens).toEqual(completion.tokens);
        expect(twin.finish).toBe(completion.finish);
        expectClose(twin.logps, completion.logps, TOLERANCE, 'logps');
      });
    }
  });
});
