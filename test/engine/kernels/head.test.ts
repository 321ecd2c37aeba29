/**
 * The model's two ends alone, over random shapes: embedding, and the head from the last layer's output to
 * log-probabilities and back; against composed references in float64, and the gradients of small ones against numeric
 * differences. Next-token and policy losses reach the head as derivatives by log-probabilities, of plain queries
 * (temperature 1, nothing banned) and others.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { createKernelModel, type KernelModel } from '../../../trainer/engine/kernels/kernel-model.ts';
import { BatchBuilder, KEEP } from '../../../trainer/engine/kernels/packing.ts';
import type { ModelConfig } from '../../../trainer/engine/model.ts';
import { drawsFor } from '../../../trainer/engine/random.ts';
import { TIED, weightsOf } from '../cases.ts';
import { expectClose } from '../closeness.ts';
import { numericGradient } from '../numeric-gradient.ts';
import { distribution } from '../reference/model.ts';
import { backward, createTape, linear, type Matrix, matrix, rmsNorm } from '../reference/tape.ts';
import { openLibraries } from './libraries.ts';

const TOLERANCE = 2e-5;
const libraries = await openLibraries(2);
afterAll(() => {
  for (const { library } of libraries) library.close();
});

const pad = (n: number): number => Math.ceil(n / 16) * 16;
/** By the numbers of `probe_activations`. */
const ACTIVATION = { input: 4, output: 5, dStream: 6 } as const;

interface Query {
  readonly plain: boolean;
  readonly targets: readonly number[];
}

interface Case {
  readonly vocabSize: number;
  readonly hiddenSize: number;
  readonly tieWordEmbeddings: boolean;
  readonly temperature: number;
  readonly banned: boolean;
  /** Queries of each sequence; every row is one. */
  readonly sequences: readonly (readonly Query[])[];
  readonly seed: number;
}

const casesOf = (vocabulary: number, hidden: number, rows: number): fc.Arbitrary<Case> =>
  fc.integer({ min: 3, max: vocabulary }).chain((vocabSize) =>
    fc.record({
      vocabSize: fc.constant(vocabSize),
      hiddenSize: fc.integer({ min: 1, max: hidden }),
      tieWordEmbeddings: fc.boolean(),
      temperature: fc.double({ min: 0.3, max: 2, noNaN: true }),
      banned: fc.boolean(),
      sequences: fc.array(
        fc.array(
          fc.record({
            plain: fc.boolean(),
            // The last token is never a target, so that it can be banned.
            targets: fc.array(fc.nat(vocabSize - 2), { maxLength: 3 }),
          }),
          { minLength: 1, maxLength: rows, size: 'max' },
        ),
        { minLength: 1, maxLength: 3 },
      ),
      seed: fc.nat(1e6),
    }),
  );

function random(seed: number, purpose: number, length: number): Float64Array {
  const draws = drawsFor(seed, purpose, 0);
  return Float64Array.from({ length }, () => Math.fround(2 * draws.uniform() - 1));
}

interface Prepared {
  readonly config: ModelConfig;
  readonly weights: Map<string, Float32Array>;
  readonly model: KernelModel;
  readonly tokens: readonly number[];
  readonly queries: readonly Query[];
  /** Name of the head's matrix. */
  readonly head: string;
}

describe.each(libraries)('$name', ({ library }) => {
  const { functions } = library;

  async function withModel(one: Case, check: (prepared: Prepared) => Promise<void> | void): Promise<void> {
    const { vocabSize, hiddenSize, tieWordEmbeddings, seed } = one;
    const config: ModelConfig = { ...TIED, vocabSize, hiddenSize, tieWordEmbeddings, numHiddenLayers: 1 };
    const weights = weightsOf(config, seed);
    const model = createKernelModel(library, { config, weights, optimizer: null }, true);
    try {
      const draws = drawsFor(seed, 90, 0);
      const builder = new BatchBuilder();
      const tokens: number[] = [];
      for (const sequence of one.sequences) {
        builder.family();
        const own = Int32Array.from(sequence, () => draws.below(vocabSize));
        const row = builder.segment(own);
        tokens.push(...own);
        sequence.forEach(({ plain, targets }, i) => {
          builder.query(row + i, plain);
          for (const target of targets) builder.target(target);
        });
      }
      const banned = one.banned ? [vocabSize - 1] : [];
      await model.forward(builder.finish(KEEP.all, banned), one.temperature, 0);
      const head = tieWordEmbeddings ? 'model.embed_tokens.weight' : 'lm_head.weight';
      await check({ config, weights, model, tokens, queries: one.sequences.flat(), head });
    } finally {
      model.dispose();
    }
  }

  /** Rows of `hiddenSize` values at an address of the library, without their padding. */
  function readRows(address: number, rows: number, width: number): Float32Array {
    const all = new Float32Array(rows * pad(width));
    library.read(address, all);
    return Float32Array.from({ length: rows * width }, (_, i) => {
      return all[Math.floor(i / width) * pad(width) + (i % width)]!;
    });
  }
  function writeRows(address: number, rows: number, width: number, values: Float64Array): void {
    const all = new Float32Array(rows * pad(width));
    for (let i = 0; i < rows; i++) {
      all.set(values.subarray(i * width, (i + 1) * width), i * pad(width));
    }
    library.write(address, all);
  }
  const activation = (model: KernelModel, which: keyof typeof ACTIVATION): number =>
    functions.probe_activations(model.batch, 0, ACTIVATION[which]);

  /** The head composed of the reference's operations: logits of each query, and their tape. */
  function composed(x: Float64Array, gain: Float64Array, head: Float64Array, config: ModelConfig) {
    const { hiddenSize: d, vocabSize, rmsNormEps } = config;
    const tape = createTape();
    const inputs = {
      x: matrix(x.length / d, d, x),
      gain: matrix(1, d, gain),
      head: matrix(vocabSize, d, head),
    };
    const logits = linear(tape, rmsNorm(tape, inputs.x, inputs.gain, rmsNormEps), inputs.head);
    return { tape, inputs, logits };
  }

  const settingsOf = ({ plain }: Query, { temperature, banned, vocabSize }: Case) =>
    plain
      ? { temperature: 1, bannedTokens: [] }
      : { temperature, bannedTokens: banned ? [vocabSize - 1] : [] };

  function logpsOf(logits: Matrix, queries: readonly Query[], one: Case): number[] {
    return queries.flatMap((query, row) => {
      if (query.targets.length === 0) return [];
      const logp = distribution(logits, row, settingsOf(query, one));
      return query.targets.map((target) => logp[target]!);
    });
  }

  /** Writes a last layer's output, runs the head there and back, and checks all it gives. */
  const checkHead = (one: Case, numeric: boolean): Promise<void> =>
    withModel(one, ({ config, weights, model, queries, head }) => {
      const { hiddenSize: d } = config;
      const x = random(one.seed, 1, queries.length * d);
      const gain = Float64Array.from(weights.get('model.norm.weight')!);
      const matrixOfHead = Float64Array.from(weights.get(head)!);
      writeRows(activation(model, 'output'), queries.length, d, x);
      functions.probe_head(model.batch);

      const { tape, inputs, logits } = composed(x, gain, matrixOfHead, config);
      const logps = logpsOf(logits, queries, one);
      const found = model.readLogps(logps.length);
      const entropies = new Float32Array(queries.length);
      library.read(functions.batch_entropies(model.batch), entropies);
      const greedy = new Int32Array(queries.length);
      library.read(functions.batch_greedy(model.batch), greedy);
      logps.forEach((logp, i) => {
        expect(Math.abs(found[i]! - logp), 'log-probability').toBeLessThan(TOLERANCE * (1 + Math.abs(logp)));
      });
      queries.forEach((query, row) => {
        const logp = distribution(logits, row, settingsOf(query, one));
        const entropy = logp.reduce((sum, v) => (v === -Infinity ? sum : sum - Math.exp(v) * v), 0);
        expect(Math.abs(entropies[row]! - entropy), 'entropy').toBeLessThan(TOLERANCE * (1 + entropy));
        expect(logp[greedy[row]!]!, 'most likely token').toBeGreaterThan(Math.max(...logp) - TOLERANCE);
      });

      const dLogps = random(one.seed, 2, logps.length);
      library.write(functions.batch_d_logps(model.batch), Float32Array.from(dLogps));
      functions.model_zero_gradients(model.address);
      functions.batch_backward_head(model.batch);
      const dx = readRows(activation(model, 'dStream'), queries.length, d);
      const gradients = model.readTensors('gradients');
      let at = 0;
      queries.forEach((query, row) => {
        const settings = settingsOf(query, one);
        const logp = distribution(logits, row, settings);
        for (const target of query.targets) {
          const dLogp = dLogps[at++]! / settings.temperature;
          logp.forEach((value, id) => {
            logits.gradient[row * one.vocabSize + id]! += dLogp * ((id === target ? 1 : 0) - Math.exp(value));
          });
        }
      });
      backward(tape);
      const compare = (expected: { dx: Float64Array; gain: Float64Array; head: Float64Array }): void => {
        expectClose(dx, expected.dx, TOLERANCE, 'gradient of the input');
        expectClose(gradients.get('model.norm.weight')!, expected.gain, TOLERANCE, 'gradient of the gain');
        expectClose(gradients.get(head)!, expected.head, TOLERANCE, 'gradient of the matrix');
      };
      compare({ dx: inputs.x.gradient, gain: inputs.gain.gradient, head: inputs.head.gradient });
      if (!numeric) return;
      const logpsAt = (a: Float64Array, b: Float64Array, c: Float64Array): number[] =>
        logpsOf(composed(a, b, c, config).logits, queries, one);
      compare({
        dx: numericGradient(x, (moved) => logpsAt(moved, gain, matrixOfHead), dLogps),
        gain: numericGradient(gain, (moved) => logpsAt(x, moved, matrixOfHead), dLogps),
        head: numericGradient(matrixOfHead, (moved) => logpsAt(x, gain, moved), dLogps),
      });
    });

  it('head: log-probabilities, entropies, most likely tokens, and gradients by differences', () =>
    fc.assert(
      fc.asyncProperty(casesOf(24, 20, 3), (one) => checkHead(one, true)),
      { numRuns: 12, seed: 1 },
    ));

  it('head: shapes beyond a block of rows and of gradients', () =>
    fc.assert(
      fc.asyncProperty(casesOf(300, 300, 60), (one) => checkHead(one, false)),
      { numRuns: 12, seed: 1 },
    ));

  it('embedding, and its gradient', () =>
    fc.assert(
      fc.asyncProperty(casesOf(60, 150, 40), (one) =>
        withModel(one, ({ config, weights, model, tokens }) => {
          const { hiddenSize: d, vocabSize } = config;
          const table = weights.get('model.embed_tokens.weight')!;
          const rows = readRows(activation(model, 'input'), tokens.length, d);
          expect([...rows]).toEqual(
            tokens.flatMap((token) => [...table.subarray(token * d, (token + 1) * d)]),
          );
          const dRows = random(one.seed, 3, tokens.length * d);
          writeRows(activation(model, 'dStream'), tokens.length, d, dRows);
          functions.model_zero_gradients(model.address);
          functions.batch_backward_embedding(model.batch);
          const expected = new Float64Array(vocabSize * d);
          tokens.forEach((token, row) => {
            for (let i = 0; i < d; i++) expected[token * d + i]! += dRows[row * d + i]!;
          });
          const found = model.readTensors('gradients').get('model.embed_tokens.weight')!;
          expectClose(found, expected, 1e-6, 'gradient of the embedding');
        }),
      ),
      { numRuns: 25, seed: 1 },
    ));
});
