/** The operations of ../ops.ts as WGSL kernels. */
import * as tf from '@tensorflow/tfjs-core';
import { composedOps } from '../composed-ops.ts';
import { chooseTokens, tokenMask } from '../decoding.ts';
import type { HeadCounts, Ops } from '../ops.ts';
import type { Dispatcher, Kernel } from './dispatch.ts';
import {
  COLUMN_SUMS,
  GAIN_SUMS,
  RMS_NORM,
  RMS_NORM_GRADIENT,
  ROTATE_BACK,
  SPLIT_HEADS,
  SPLIT_HEADS_GRADIENT,
  SWIGLU,
  SWIGLU_GRADIENT,
} from './norm-kernels.ts';
import {
  chooseTokensKernel,
  logProbabilitiesKernel,
  ROW_DOTS,
  SOFTMAX_GRADIENT,
  sharesGroups,
  sharesKernel,
  threadsFor,
} from './softmax-kernels.ts';
import { ADAMW, WRITE_ROWS } from './update-kernels.ts';

/** Rows summed by one thread before the partial sums are. */
const CHUNK = 64;

const last = (x: tf.Tensor): number => x.shape[x.shape.length - 1]!;
const rowsOf = (x: tf.Tensor): number => x.size / last(x);

export function webgpuOps({ run }: Dispatcher): Ops {
  /** One thread per value. */
  const perValue = (kernel: Kernel, count: number): number => Math.ceil(count / kernel.workgroupSize);

  /** Σ over rows of dy · x · rstd, by column. Rows of x are `stride` apart; `run` columns share an rstd. */
  function gainGradient(
    dy: tf.Tensor,
    x: tf.Tensor,
    rstds: tf.Tensor,
    run_: number,
    stride: number,
  ): tf.Tensor {
    const rows = dy.shape[0]!;
    const columns = dy.size / rows;
    const blocks = perValue(GAIN_SUMS, columns);
    const parts = Math.ceil(rows / CHUNK);
    const params = { rows, columns, stride, run: run_, chunk: CHUNK, blocks };
    const [partial] = run(GAIN_SUMS, {
      writes: [[parts, columns]],
      reads: [dy, x, rstds],
      params,
      groups: parts * blocks,
    });
    if (parts === 1) return partial!;
    const [sums] = run(COLUMN_SUMS, {
      writes: [[columns]],
      reads: [partial!],
      params: { rows: parts, columns },
      groups: perValue(COLUMN_SUMS, columns),
    });
    return sums!;
  }

  const headParams = (tokens: number, heads: HeadCounts, epsilon: number) => ({
    tokens,
    queries: heads.queries,
    keys: heads.keys,
    d: heads.dim,
    epsilon,
  });

  return {
    ...composedOps,

    rmsNorm(x, gain, epsilon) {
      const rows = rowsOf(x);
      const params = { rows, d: last(x), epsilon };
      const [y] = run(RMS_NORM, { writes: [x.shape], reads: [x, gain], params, groups: rows });
      return { y: y!, rstd: null };
    },

    rmsNormGradient(dy, x, gain, _rstd, epsilon) {
      const rows = rowsOf(x);
      const d = last(x);
      const [dx, y, rstds] = run(RMS_NORM_GRADIENT, {
        writes: [x.shape, x.shape, [rows]],
        reads: [dy, x, gain],
        params: { rows, d, epsilon },
        groups: rows,
      });
      const dGain = tf.reshape(gainGradient(dy, x, rstds!, d, d), gain.shape);
      return { dx: dx!, y: y!, dGain };
    },

    splitHeads(qkv, gain, { cos, sin }, heads, epsilon) {
      const n = qkv.shape[0]!;
      const keyShape = [n, heads.keys * heads.dim];
      const [q, k, v] = run(SPLIT_HEADS, {
        writes: [[n, heads.queries * heads.dim], keyShape, keyShape],
        reads: [qkv, gain, cos, sin],
        params: headParams(n, heads, epsilon),
        groups: n * (heads.queries + 2 * heads.keys),
      });
      return { q: q!, k: k!, v: v!, raw: qkv, rstd: null };
    },

    splitHeadsGradient(d, { raw }, gain, { cos, sin }, heads, epsilon) {
      const n = raw.shape[0]!;
      const normed = heads.queries + heads.keys;
      const width = normed * heads.dim;
      const params = headParams(n, heads, epsilon);
      const [back] = run(ROTATE_BACK, {
        writes: [[n, width]],
        reads: [d.q, d.k, cos, sin],
        params,
        groups: perValue(ROTATE_BACK, n * width),
      });
      const [dQkv, rstds] = run(SPLIT_HEADS_GRADIENT, {
        writes: [raw.shape, [n, normed]],
        reads: [back!, d.v, raw, gain],
        params,
        groups: n * (heads.queries + 2 * heads.keys),
      });
      const dGain = gainGradient(back!, raw, rstds!, heads.dim, last(raw));
      return { dQkv: dQkv!, dGain: tf.reshape(dGain, gain.shape) };
    },

    swiglu(gateUp) {
      const f = last(gateUp) / 2;
      const size = gateUp.size / 2;
      const [y] = run(SWIGLU, {
        writes: [[gateUp.shape[0]!, f]],
        reads: [gateUp],
        params: { size, f },
        groups: perValue(SWIGLU, size),
      });
      return y!;
    },

    swigluGradient(dy, gateUp) {
      const [dGateUp, y] = run(SWIGLU_GRADIENT, {
        writes: [gateUp.shape, dy.shape],
        reads: [dy, gateUp],
        params: { size: dy.size, f: last(dy) },
        groups: perValue(SWIGLU_GRADIENT, dy.size),
      });
      return { dGateUp: dGateUp!, y: y! };
    },

    shares(own, mask, shared) {
      const rows = rowsOf(own);
      const sharedWidth = shared ? last(shared.scores) : 0;
      const scores = last(own) + sharedWidth;
      const inputs = { masked: mask !== null, shared: shared !== null, sharedMasked: Boolean(shared?.mask) };
      const [pOwn, pShared] = run(sharesKernel(inputs, scores), {
        writes: [own.shape, ...(shared ? [shared.scores.shape] : [])],
        reads: [own, mask, shared?.scores ?? null, shared?.mask ?? null].filter((input) => input !== null),
        params: {
          rows,
          width: last(own),
          sharedWidth,
          maskRows: mask ? mask.shape[1]! : 1,
          rowsPerPrompt: shared?.mask ? rows / shared.mask.shape[0]! : 1,
        },
        groups: sharesGroups(rows, scores),
      });
      return { own: pOwn!, shared: pShared ?? null };
    },

    softmaxGradient(dp, p, d) {
      const params = { size: p.size, width: last(p) };
      const groups = perValue(SOFTMAX_GRADIENT, p.size);
      return run(SOFTMAX_GRADIENT, { writes: [p.shape], reads: [dp, p, d], params, groups })[0]!;
    },

    rowDots(a, b) {
      const rows = rowsOf(a);
      const writes = [[...a.shape.slice(0, -1), 1]];
      const params = { rows, width: last(a) };
      return run(ROW_DOTS, { writes, reads: [a, b], params, groups: perValue(ROW_DOTS, rows) })[0]!;
    },

    logProbabilities(z, targets) {
      const rows = z.shape[0]!;
      const [logps, entropies, residual] = run(logProbabilitiesKernel(threadsFor(last(z))), {
        writes: [[rows], [rows], z.shape],
        reads: [z, targets],
        params: { rows, vocabulary: last(z) },
        groups: rows,
      });
      return { logps: logps!, entropies: entropies!, residual: residual! };
    },

    chooseTokens(z, choice) {
      const { temperature, topK, topP, minP } = choice.decoding;
      if (temperature > 0 && (topK > 0 || topP < 1 || minP > 0)) return chooseTokens(z, choice);
      const [rows, vocabulary] = z.shape as [number, number];
      const { restriction, forced, uniforms } = choice;
      const reads = [
        z,
        tf.tensor1d(uniforms),
        tf.tensor1d(restriction?.restricted ?? new Float32Array(rows)),
        tokenMask(restriction?.tokens ?? [], vocabulary),
        tf.tensor1d(forced ?? new Int32Array(rows).fill(-1), 'int32'),
      ];
      const params = { rows, vocabulary, greedy: temperature === 0 ? 1 : 0 };
      return run(chooseTokensKernel(threadsFor(vocabulary)), {
        writes: [[3, rows]],
        reads,
        params,
        groups: rows,
      })[0]!;
    },

    writeRows(table, indices, rows) {
      const params = { size: rows.size, width: last(rows) };
      run(WRITE_ROWS, {
        writes: [table],
        reads: [indices, rows],
        params,
        groups: perValue(WRITE_ROWS, rows.size),
      });
      return table;
    },

    adamw(parameter, gradient, step) {
      const { weight, first, second } = parameter;
      run(ADAMW, {
        writes: [weight, first, second],
        reads: [gradient, step.clip],
        params: {
          size: weight.size,
          rate: step.learningRate,
          beta1: step.beta1,
          beta2: step.beta2,
          epsilon: step.epsilon,
          kept: 1 - step.learningRate * step.weightDecay,
          correction1: step.correction1,
          correction2: step.correction2,
        },
        groups: perValue(ADAMW, weight.size),
      });
      return parameter;
    },
  };
}
