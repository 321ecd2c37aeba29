/**
 * Attention of packed families alone, forward and backward, against each sequence attended by itself in float64
 * (whose derivatives reference.test.ts checks against numeric differences).
 */
import fc from 'fast-check';
import { afterAll, describe, it } from 'vitest';
import { createKernelModel, type KernelModel } from '../../../trainer/engine/kernels/kernel-model.ts';
import { addGroup, BatchBuilder, KEEP } from '../../../trainer/engine/kernels/packing.ts';
import type { ModelConfig } from '../../../trainer/engine/model.ts';
import { drawsFor } from '../../../trainer/engine/random.ts';
import { TIED, tokensOf, weightsOf } from '../cases.ts';
import { expectClose } from '../closeness.ts';
import { attention, backward, createTape, type Matrix, matrix, rmsNorm, rotate } from '../reference/tape.ts';
import { openLibraries } from './libraries.ts';

const TOLERANCE = 2e-5;
const libraries = await openLibraries(2);
afterAll(() => {
  for (const { library } of libraries) library.close();
});

const pad = (n: number): number => Math.ceil(n / 16) * 16;

const cases = fc.record({
  headDim: fc.integer({ min: 1, max: 18 }).map((n) => 2 * n),
  kvHeads: fc.integer({ min: 1, max: 3 }),
  share: fc.integer({ min: 1, max: 3 }),
  layer: fc.nat(1),
  families: fc.array(
    fc.record({
      prompt: fc.integer({ min: 1, max: 40 }),
      completions: fc.array(fc.integer({ min: 1, max: 35 }), { maxLength: 3 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  seed: fc.nat(1e6),
});

/** Random heads [rows, heads, headDim] as the library stores them: each head padded with zeros. */
function randomHeads(rows: number, heads: number, headDim: number, seed: number): Float32Array {
  const draws = drawsFor(seed, 95, 0);
  return Float32Array.from({ length: rows * heads * pad(headDim) }, (_, i) =>
    i % pad(headDim) < headDim ? 2 * draws.uniform() - 1 : 0,
  );
}

/** Layer activations in the library, by the numbers of `probe_activations`. */
const ACTIVATION = { queries: 0, keysValues: 1, attention: 2, dAttention: 3 } as const;

/** One head's values of one row, among rows of `width` floats. */
function headOf(from: ArrayLike<number>, row: number, width: number, at: number, n: number): number[] {
  return Array.from({ length: n }, (_, i) => from[row * width + at + i]!);
}

interface Family {
  /** Rows of the prompt and of each completion. */
  readonly prompt: readonly number[];
  readonly completions: readonly (readonly number[])[];
}

describe.each(libraries)('$name', ({ library }) => {
  it('attention of prompts and completions, and its gradients', () =>
    fc.assert(
      fc.asyncProperty(cases, async ({ headDim, kvHeads, share, layer, families, seed }) => {
        const config: ModelConfig = {
          ...TIED,
          headDim,
          numKeyValueHeads: kvHeads,
          numAttentionHeads: kvHeads * share,
        };
        const weights = weightsOf(config, seed);
        const model = createKernelModel(library, { config, weights, optimizer: null }, true);
        try {
          await compare(model, config, weights, layer, families, seed);
        } finally {
          model.dispose();
        }
      }),
      { numRuns: 25, seed: 1 },
    ));

  async function compare(
    model: KernelModel,
    config: ModelConfig,
    weights: ReadonlyMap<string, Float32Array>,
    layer: number,
    shapes: readonly { readonly prompt: number; readonly completions: readonly number[] }[],
    seed: number,
  ): Promise<void> {
    const { headDim, numAttentionHeads: heads, numKeyValueHeads: kvHeads } = config;
    const head = pad(headDim);
    const [q, kv] = [heads * head, kvHeads * head];
    const builder = new BatchBuilder();
    let row = 0;
    const rowsFor = (n: number): number[] => Array.from({ length: n }, () => row++);
    const families = shapes.map((shape, i): Family => {
      const completions = shape.completions.map((n, j) => tokensOf(config, n + 1, seed + 10 * i + j));
      addGroup(builder, tokensOf(config, shape.prompt, seed + i), completions);
      return { prompt: rowsFor(shape.prompt), completions: shape.completions.map(rowsFor) };
    });
    const packed = builder.finish(KEEP.all, []);
    await model.forward(packed, 1, 0);

    // The last layer attends from rows whose prediction is wanted only: a prompt's last and all of its completions.
    const wanted = families.flatMap((f) => [f.prompt.at(-1)!, ...f.completions.flat()]);
    const queryRows =
      layer === config.numHiddenLayers - 1 ? wanted : Array.from({ length: row }, (_, i) => i);
    const at = (which: keyof typeof ACTIVATION): number =>
      library.functions.probe_activations(model.batch, layer, ACTIVATION[which]);
    const queries = randomHeads(queryRows.length, heads, headDim, seed);
    const keysValues = randomHeads(row, 2 * kvHeads, headDim, seed + 1);
    const dOut = randomHeads(queryRows.length, heads, headDim, seed + 2);
    library.write(at('queries'), queries);
    library.write(at('keysValues'), keysValues);
    library.functions.probe_attention(model.batch, layer, 0);
    const out = new Float32Array(queries.length);
    library.read(at('attention'), out);
    library.write(at('dAttention'), dOut);
    library.functions.probe_attention(model.batch, layer, 1);
    const dQueries = new Float32Array(queries.length);
    const dKeysValues = new Float32Array(keysValues.length);
    const gainSums = new Float32Array(families.length * kvHeads * 2 * head);
    library.read(at('queries'), dQueries);
    library.read(at('keysValues'), dKeysValues);
    library.read(library.functions.probe_gain_sums(model.batch), gainSums);

    const gain = (name: string): Matrix =>
      matrix(1, headDim, Float64Array.from(weights.get(`model.layers.${layer}.self_attn.${name}.weight`)!));
    const [qGain, kGain] = [gain('q_norm'), gain('k_norm')];
    const expected = {
      out: new Float64Array(queries.length),
      dQueries: new Float64Array(queries.length),
      dKeysValues: new Float64Array(keysValues.length),
    };
    const queryOf = new Map(queryRows.map((r, i) => [r, i]));

    /** One whole sequence of rows; only rows from `own` on are looked at and carry a gradient. */
    const attend = (sequence: readonly number[], own: number): void => {
      const gather = (count: number, of: (r: number, h: number) => number[]): Matrix =>
        matrix(
          sequence.length,
          count * headDim,
          Float64Array.from(
            sequence.flatMap((r) => Array.from({ length: count }, (_, h) => of(r, h)).flat()),
          ),
        );
      const none = new Array<number>(headDim).fill(0);
      const x = gather(heads, (r, h) =>
        queryOf.has(r) ? headOf(queries, queryOf.get(r)!, q, h * head, headDim) : none,
      );
      const k = gather(kvHeads, (r, h) => headOf(keysValues, r, 2 * kv, h * head, headDim));
      const v = gather(kvHeads, (r, h) => headOf(keysValues, r, 2 * kv, kv + h * head, headDim));
      const tape = createTape();
      const turn = (m: Matrix, g: Matrix): Matrix =>
        rotate(tape, rmsNorm(tape, m, g, config.rmsNormEps), headDim, config.ropeTheta);
      const seen = attention(tape, turn(x, qGain), turn(k, kGain), v, heads, kvHeads);
      sequence.forEach((r, i) => {
        const query = queryOf.get(r);
        if (i < own || query === undefined) return;
        for (let h = 0; h < heads; h++) {
          for (let d = 0; d < headDim; d++) {
            const [mine, theirs] = [i * heads * headDim + h * headDim + d, query * q + h * head + d];
            expected.out[theirs] = seen.data[mine]!;
            seen.gradient[mine] = dOut[theirs]!;
          }
        }
      });
      backward(tape);
      sequence.forEach((r, i) => {
        const query = queryOf.get(r);
        for (let d = 0; d < headDim; d++) {
          for (let h = 0; query !== undefined && h < heads; h++) {
            expected.dQueries[query * q + h * head + d]! += x.gradient[(i * heads + h) * headDim + d]!;
          }
          for (let h = 0; h < kvHeads; h++) {
            const from = (i * kvHeads + h) * headDim + d;
            expected.dKeysValues[r * 2 * kv + h * head + d]! += k.gradient[from]!;
            expected.dKeysValues[r * 2 * kv + kv + h * head + d]! += v.gradient[from]!;
          }
        }
      });
    };
    for (const { prompt, completions } of families) {
      attend(prompt, 0);
      for (const completion of completions) attend([...prompt, ...completion], prompt.length);
    }
    expectClose(out, expected.out, TOLERANCE, 'attention');
    expectClose(dQueries, expected.dQueries, TOLERANCE, 'gradient of queries');
    expectClose(dKeysValues, expected.dKeysValues, TOLERANCE, 'gradient of keys and values');
    const sums = Array.from({ length: 2 * head }, (_, i) => {
      let sum = 0;
      for (let j = i; j < gainSums.length; j += 2 * head) sum += gainSums[j]!;
      return sum;
    });
    expectClose(sums.slice(0, headDim), qGain.gradient, TOLERANCE, "gradient of the queries' gain");
    expectClose(sums.slice(head, head + headDim), kGain.gradient, TOLERANCE, "gradient of the keys' gain");
  }
});
