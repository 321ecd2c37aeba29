/** Every fused operation and hand-written derivative against TensorFlow.js's own composition and automatic derivative. */
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { EngineUnavailable } from '../../../trainer/engine/engine.ts';
import { drawsFor } from '../../../trainer/engine/random.ts';
import {
  attend,
  attendGradient,
  causalMask,
  lengthMask,
  traceAttention,
} from '../../../trainer/engine/tfjs/attention.ts';
import type { Backend } from '../../../trainer/engine/tfjs/backend.ts';
import { openTensorflow } from '../../../trainer/engine/tfjs/backends/tensorflow.ts';
import { openWasm } from '../../../trainer/engine/tfjs/backends/wasm.ts';
import { openWebgpu } from '../../../trainer/engine/tfjs/backends/webgpu.ts';
import { composedOps } from '../../../trainer/engine/tfjs/composed-ops.ts';
import { cutProbabilities } from '../../../trainer/engine/tfjs/decoding.ts';
import { MASKED } from '../../../trainer/engine/tfjs/ops.ts';
import { ropeOf } from '../../../trainer/engine/tfjs/placement.ts';
import { findProvisioned } from '../../../trainer/engine/tfjs/provision.ts';
import { expectClose } from '../closeness.ts';
import { TEST_CACHE } from '../engines.ts';

const TOLERANCE = 1e-4;
const EPSILON = 1e-6;

async function present(): Promise<{ name: string; backend: Backend; runs: number }[]> {
  const found = [{ name: 'wasm', backend: await openWasm(), runs: 20 }];
  if (await findProvisioned({ flavour: 'cpu', cacheFolder: TEST_CACHE })) {
    const options = { threads: 2, cacheFolder: TEST_CACHE };
    found.push({ name: 'tensorflow', backend: await openTensorflow('cpu', options), runs: 20 });
  } else console.info(`skipped: tensorflow (none was provisioned in ${TEST_CACHE})`);
  try {
    found.push({ name: 'webgpu', backend: await openWebgpu('webgpu-software'), runs: 3 });
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) throw error;
    console.info(`skipped: webgpu (${error.message})`);
  }
  return found;
}

const backends = await present();
afterAll(() => {
  for (const { backend } of backends) backend.dispose();
});

let draws = drawsFor(0, 95, 0);
const random = (shape: number[]): tf.Tensor => {
  const size = shape.reduce((product, n) => product * n, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, () => 2 * draws.uniform() - 1),
    shape,
  );
};

async function expectTensors(
  actual: tf.Tensor[],
  expected: tf.Tensor[],
  names: readonly string[],
): Promise<void> {
  for (const [i, tensor] of actual.entries()) {
    expect(tensor.shape, names[i]).toEqual(expected[i]!.shape);
    expectClose(await tensor.data(), await expected[i]!.data(), TOLERANCE, names[i]!);
  }
}

const size = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max });
const even = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max: max / 2 }).map((n) => 2 * n);

describe.each(backends)('$name', { timeout: 120_000 }, ({ backend, runs }) => {
  const { ops } = backend;

  /** Runs `check` on random shapes with fresh random values, without leaving tensors. */
  const forShapes = <T>(shapes: fc.Arbitrary<T>, check: (shape: T) => Promise<void>): Promise<void> =>
    fc.assert(
      fc.asyncProperty(shapes, fc.nat(), async (shape, seed) => {
        await tf.setBackend(backend.key);
        draws = drawsFor(seed, 95, 0);
        tf.engine().startScope();
        try {
          await check(shape);
        } finally {
          tf.engine().endScope();
        }
      }),
      { numRuns: runs, seed: 1 },
    );

  it('rmsNorm', () =>
    forShapes(fc.tuple(size(40), size(70, 2)), async ([n, d]) => {
      const [x, gain, dy] = [random([n, d]), random([d]), random([n, d])];
      const forward = ops.rmsNorm(x, gain, EPSILON);
      const expected = composedOps.rmsNorm(x, gain, EPSILON).y;
      const [dx, dGain] = tf.grads((a, b) => composedOps.rmsNorm(a!, b!, EPSILON).y)(
        [x, gain],
        dy,
      ) as tf.Tensor[];
      const back = ops.rmsNormGradient(dy, x, gain, forward.rstd, EPSILON);
      await expectTensors(
        [forward.y, back.y, back.dx, back.dGain],
        [expected, expected, dx!, dGain!],
        ['y', 'y again', 'dx', 'dGain'],
      );
    }));

  it('splitHeads', () =>
    forShapes(fc.tuple(size(20), size(3), size(3), even(40)), async ([n, keys, rep, dim]) => {
      const heads = { queries: keys * rep, keys, dim };
      const qkv = random([n, (heads.queries + 2 * keys) * dim]);
      const gain = random([heads.queries + keys, dim]);
      const d = {
        q: random([n, heads.queries * dim]),
        k: random([n, keys * dim]),
        v: random([n, keys * dim]),
      };
      const rope = ropeOf(
        Array.from({ length: n }, () => draws.below(500)),
        dim,
        1000,
      );
      const composed = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => {
        const { q, k, v } = composedOps.splitHeads(a, b, rope, heads, EPSILON);
        return tf.concat([q, k, v], 1);
      };
      const forward = ops.splitHeads(qkv, gain, rope, heads, EPSILON);
      const joined = tf.concat([d.q, d.k, d.v], 1);
      const [dQkv, dGain] = tf.grads((a, b) => composed(a!, b!))([qkv, gain], joined) as tf.Tensor[];
      const back = ops.splitHeadsGradient(d, forward, gain, rope, heads, EPSILON);
      await expectTensors(
        [tf.concat([forward.q, forward.k, forward.v], 1), back.dQkv, back.dGain],
        [composed(qkv, gain), dQkv!, dGain!],
        ['qkv', 'dQkv', 'dGain'],
      );
    }));

  it('swiglu', () =>
    forShapes(fc.tuple(size(30), size(50)), async ([n, f]) => {
      const [gateUp, dy] = [random([n, 2 * f]), random([n, f])];
      const expected = composedOps.swiglu(gateUp);
      const gradient = tf.grad(composedOps.swiglu)(gateUp, dy);
      const back = ops.swigluGradient(dy, gateUp);
      await expectTensors(
        [ops.swiglu(gateUp), back.y, back.dGateUp],
        [expected, expected, gradient],
        ['y', 'y again', 'dGateUp'],
      );
    }));

  it('attention without a prefix', () =>
    forShapes(fc.tuple(size(4), size(3), size(80, 2), size(16)), async ([b, rep, width, d]) => {
      const [q, k, v] = [random([b, rep * width, d]), random([b, width, d]), random([b, width, d])];
      const dOut = random([b, rep * width, d]);
      const mask = causalMask(width);
      const input = { q, k, v, mask, rep, prefix: null };
      const composed = (x: tf.Tensor[]): tf.Tensor =>
        attend({ ...input, q: x[0]!, k: x[1]!, v: x[2]! }, composedOps).out;
      const expected = tf.grads((...x) => composed(x))([q, k, v], dOut) as tf.Tensor[];
      const trace = traceAttention(input, ops);
      const back = attendGradient(dOut, trace, ops);
      await expectTensors(
        [trace.out, back.dq, back.dk, back.dv],
        [composed([q, k, v]), ...expected],
        ['out', 'dq', 'dk', 'dv'],
      );
    }));

  it('attention with a shared, padded prefix', () =>
    forShapes(
      fc.tuple(size(2), size(2), size(3), size(2), size(20), size(40), size(12)),
      async ([prompts, kv, slots, rep, width, prefixWidth, d]) => {
        const b = prompts * kv * slots;
        const [q, k, v] = [random([b, rep * width, d]), random([b, width, d]), random([b, width, d])];
        const [pk, pv] = [random([prompts * kv, prefixWidth, d]), random([prompts * kv, prefixWidth, d])];
        const dOut = random([b, rep * width, d]);
        const lengths = Array.from({ length: prompts }, () => 1 + draws.below(prefixWidth));
        const prefixMask = lengthMask(lengths, prefixWidth);
        const mask = causalMask(width);
        const input = (x: tf.Tensor[]) => ({
          q: x[0]!,
          k: x[1]!,
          v: x[2]!,
          mask,
          rep,
          prefix: { k: x[3]!, v: x[4]!, mask: prefixMask },
        });
        const all = [q, k, v, pk, pv];
        const composed = (x: tf.Tensor[]): tf.Tensor => attend(input(x), composedOps).out;
        const expected = tf.grads((...x) => composed(x))(all, dOut) as tf.Tensor[];
        const trace = traceAttention(input(all), ops);
        const back = attendGradient(dOut, trace, ops);
        await expectTensors(
          [trace.out, back.dq, back.dk, back.dv, back.dPrefix!.k, back.dPrefix!.v],
          [composed(all), ...expected],
          ['out', 'dq', 'dk', 'dv', 'dPrefixK', 'dPrefixV'],
        );
      },
    ));

  it('logProbabilities', () =>
    forShapes(fc.tuple(size(20), fc.integer({ min: 3, max: 300 })), async ([m, vocabulary]) => {
      const banned = draws.below(vocabulary);
      const ids = Array.from({ length: m }, () => (banned + 1 + draws.below(vocabulary - 1)) % vocabulary);
      const mask = tf.mul(tf.cast(tf.oneHot([banned], vocabulary), 'float32'), MASKED);
      const z = tf.add(tf.mul(random([m, vocabulary]), 5), mask);
      const targets = tf.tensor1d(ids, 'int32');
      const { logps, entropies, residual } = ops.logProbabilities(z, targets);
      const values = await z.data<'float32'>();
      const expected = ids.map((id, row) => {
        const run = [...values.subarray(row * vocabulary, (row + 1) * vocabulary)];
        const most = Math.max(...run);
        const total = run.reduce((sum, value) => sum + Math.exp(value - most), 0);
        const logp = run.map((value) => value - most - Math.log(total));
        return {
          logp: logp[id]!,
          entropy: logp.reduce((sum, value) => sum - Math.exp(value) * value, 0),
          residual: logp.map((value, other) => Math.exp(value) - (other === id ? 1 : 0)),
        };
      });
      expectClose(
        await logps.data(),
        expected.map((e) => e.logp),
        TOLERANCE,
        'logps',
      );
      expectClose(
        await entropies.data(),
        expected.map((e) => e.entropy),
        TOLERANCE,
        'entropies',
      );
      expectClose(
        await residual.data(),
        expected.flatMap((e) => e.residual),
        TOLERANCE,
        'residual',
      );
    }));

  it('embeddingGradient sums rows of the same token', () =>
    forShapes(fc.tuple(size(30), size(40), size(12)), async ([n, d, vocabulary]) => {
      const ids = Array.from({ length: n }, () => draws.below(vocabulary));
      const dy = random([n, d]);
      const actual = ops.embeddingGradient(dy, tf.tensor1d(ids, 'int32'), vocabulary);
      const values = await dy.data<'float32'>();
      const expected = new Float64Array(vocabulary * d);
      ids.forEach((id, row) => {
        for (let i = 0; i < d; i++) expected[id * d + i]! += values[row * d + i]!;
      });
      expect(actual.shape).toEqual([vocabulary, d]);
      expectClose(await actual.data(), expected, TOLERANCE, 'dEmbedding');
    }));

  it('writeRows changes the rows named and no other, time after time', () =>
    forShapes(fc.tuple(size(12), size(20)), async ([rows, width]) => {
      const expected = new Float32Array(rows * width);
      let table = tf.zeros([rows, width]);
      for (let time = 0; time < 3; time++) {
        const at = draws.shuffle(Array.from({ length: rows }, (_, i) => i)).slice(0, 1 + draws.below(rows));
        const written = random([at.length, width]);
        const values = await written.data();
        for (const [i, row] of at.entries()) {
          expected.set(values.slice(i * width, (i + 1) * width), row * width);
        }
        table = ops.writeRows(table, tf.tensor1d(at, 'int32'), written);
        expect(await tf.add(table, 0).data()).toEqual(expected);
      }
    }));

  it('adamw', () =>
    forShapes(fc.tuple(size(20), size(20)), async ([rows, columns]) => {
      const shape = [rows, columns];
      const [weight, first, second, gradient] = [
        random(shape),
        random(shape),
        tf.abs(random(shape)),
        random(shape),
      ];
      const read = async (t: tf.Tensor): Promise<number[]> => [...(await tf.add(t, 0).data())];
      const [w, m, v, g] = [await read(weight), await read(first), await read(second), await read(gradient)];
      const after = ops.adamw({ weight, first, second }, gradient, {
        learningRate: 0.1,
        beta1: 0.8,
        beta2: 0.9,
        epsilon: 1e-3,
        weightDecay: 0.2,
        correction1: 0.36,
        correction2: 0.19,
        clip: tf.scalar(0.5),
      });
      const newM = m.map((value, i) => 0.8 * value + 0.2 * 0.5 * g[i]!);
      const newV = v.map((value, i) => 0.9 * value + 0.1 * (0.5 * g[i]!) ** 2);
      const newW = w.map((value, i) => {
        const move = newM[i]! / 0.36 / (Math.sqrt(newV[i]! / 0.19) + 1e-3);
        return value - 0.1 * (move + 0.2 * value);
      });
      expectClose(await read(after.first), newM, TOLERANCE, 'first');
      expectClose(await read(after.second), newV, TOLERANCE, 'second');
      expectClose(await read(after.weight), newW, TOLERANCE, 'weight');
    }));

  it('cuts keep exactly the tokens they should, ties by id', async () => {
    await tf.setBackend(backend.key);
    const p = tf.tensor2d([
      [0.1, 0.3, 0.1, 0.3, 0.1, 0.1],
      [0.5, 0.05, 0.25, 0.05, 0.1, 0.05],
    ]);
    const kept = async (cut: { topK?: number; topP?: number; minP?: number }): Promise<number[][]> => {
      const decoding = { temperature: 1, bannedTokens: [], topK: 0, topP: 1, minP: 0, ...cut };
      const result = tf.tidy(() => tf.reshape(cutProbabilities(p, decoding), [-1]));
      const values = [...(await result.data())];
      result.dispose();
      return [0, 1].map((row) => [0, 1, 2, 3, 4, 5].filter((id) => values[row * 6 + id]! > 0));
    };
    expect(await kept({ topK: 1 })).toEqual([[1], [0]]);
    expect(await kept({ topK: 3 })).toEqual([
      [0, 1, 3],
      [0, 2, 4],
    ]);
    expect(await kept({ topP: 0.65 })).toEqual([
      [0, 1, 3],
      [0, 2],
    ]);
    expect(await kept({ topK: 2, topP: 0.6 })).toEqual([[1, 3], [0]]);
    expect(await kept({ minP: 0.4 })).toEqual([
      [1, 3],
      [0, 2],
    ]);
    expect(await kept({})).toEqual([
      [0, 1, 2, 3, 4, 5],
      [0, 1, 2, 3, 4, 5],
    ]);
    p.dispose();
  });
});
