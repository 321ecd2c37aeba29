/** The operations of ops.ts built from TensorFlow.js's own, with derivatives by hand. Runs on every backend. */
import * as tf from '@tensorflow/tfjs-core';
import { chooseTokens } from './decoding.ts';
import type { HeadCounts, Ops } from './ops.ts';

const last = (x: tf.Tensor): number => x.shape[x.shape.length - 1]!;

/** Columns [from, from + width) of x [n, ·]. */
const columns = (x: tf.Tensor, from: number, width: number): tf.Tensor =>
  tf.slice(x, [0, from], [x.shape[0]!, width]);

/** [d, d] with x · R = (−second half, first half) of x: one product does two slices, a negation and a join. */
function halfTurn(d: number): tf.Tensor {
  const half = d / 2;
  const values = new Float32Array(d * d);
  for (let i = 0; i < half; i++) {
    values[(i + half) * d + i] = -1;
    values[i * d + i + half] = 1;
  }
  return tf.tensor2d(values, [d, d]);
}

function turned(x: tf.Tensor, back: boolean): tf.Tensor {
  const d = last(x);
  return tf.reshape(tf.matMul(tf.reshape(x, [-1, d]), halfTurn(d), false, back), x.shape);
}

const rotatedWidth = ({ queries, keys, dim }: HeadCounts): number => (queries + keys) * dim;

/** Operations without a norm. */
type PlainOps = Omit<Ops, 'rmsNorm' | 'rmsNormGradient' | 'splitHeads' | 'splitHeadsGradient'>;

const plainOps: PlainOps = {
  swiglu(gateUp) {
    const f = last(gateUp) / 2;
    const gate = columns(gateUp, 0, f);
    return tf.mul(tf.mul(gate, tf.sigmoid(gate)), columns(gateUp, f, f));
  },

  // silu' = s + silu · (1 − s) with s = sigmoid(gate).
  swigluGradient(dy, gateUp) {
    const f = last(gateUp) / 2;
    const gate = columns(gateUp, 0, f);
    const up = columns(gateUp, f, f);
    const s = tf.sigmoid(gate);
    const silu = tf.mul(gate, s);
    const dGate = tf.mul(tf.mul(dy, up), tf.add(s, tf.sub(silu, tf.mul(silu, s))));
    return { dGateUp: tf.concat([dGate, tf.mul(dy, silu)], 1), y: tf.mul(silu, up) };
  },

  shares(own, mask, shared) {
    const ownScores = mask ? tf.add(own, mask) : own;
    if (!shared) return { own: tf.softmax(ownScores), shared: null };
    const [rows, queries, width] = own.shape as [number, number, number];
    const sharedWidth = last(shared.scores);
    const seen = shared.mask
      ? tf.add(tf.reshape(shared.scores, [shared.mask.shape[0]!, -1, sharedWidth]), shared.mask)
      : shared.scores;
    const joined = tf.concat([tf.reshape(seen, [rows, queries, sharedWidth]), ownScores], 2);
    const p = tf.softmax(joined);
    const size = [rows, queries];
    return {
      own: tf.slice(p, [0, 0, sharedWidth], [...size, width]),
      shared: tf.reshape(tf.slice(p, [0, 0, 0], [...size, sharedWidth]), shared.scores.shape),
    };
  },

  softmaxGradient: (dp, p, d) => tf.mul(p, tf.sub(dp, d)),

  rowDots: (a, b) => tf.sum(tf.mul(a, b), -1, true),

  logProbabilities(z, targets) {
    const logp = tf.logSoftmax(z);
    const p = tf.exp(logp);
    const entropies = tf.neg(tf.sum(tf.mul(p, logp), -1));
    // WASM's oneHot writes whole numbers whatever type it is asked for.
    const hot = tf.cast(tf.oneHot(tf.cast(targets, 'int32'), last(z)), 'float32');
    return { logps: tf.sum(tf.mul(hot, logp), -1), entropies, residual: tf.sub(p, hot) };
  },

  chooseTokens,

  embeddingGradient: (dy, ids, vocabulary) =>
    tf.unsortedSegmentSum(dy, tf.cast(ids, 'int32') as tf.Tensor1D, vocabulary),

  writeRows: (table, indices, rows) => tf.tensorScatterUpdate(table, tf.reshape(indices, [-1, 1]), rows),

  adamw({ weight, first, second }, gradient, step) {
    const g = tf.mul(gradient, step.clip);
    const m = tf.add(tf.mul(first, step.beta1), tf.mul(g, 1 - step.beta1));
    const v = tf.add(tf.mul(second, step.beta2), tf.mul(tf.square(g), 1 - step.beta2));
    const denominator = tf.add(tf.sqrt(tf.mul(v, 1 / step.correction2)), step.epsilon);
    const decayed = tf.mul(weight, 1 - step.learningRate * step.weightDecay);
    const move = tf.mul(tf.div(m, denominator), step.learningRate / step.correction1);
    return { weight: tf.sub(decayed, move), first: m, second: v };
  },
};

/** @param meanSquare mean of squares over the last axis, kept: the backend's fastest way */
export function composeOps(meanSquare: (x: tf.Tensor) => tf.Tensor): Ops {
  const rstdOf = (x: tf.Tensor, epsilon: number): tf.Tensor => tf.rsqrt(tf.add(meanSquare(x), epsilon));

  // With n = x·rstd: dx = rstd · (dy·gain − n · mean(dy·gain·n)), dGain = Σ dy·n.
  const normGradient = (dy: tf.Tensor, gain: tf.Tensor, n: tf.Tensor, rstd: tf.Tensor) => {
    const dn = tf.mul(dy, gain);
    const projection = tf.mul(tf.sum(tf.mul(dn, n), -1, true), 1 / last(n));
    const dx = tf.mul(rstd, tf.sub(dn, tf.mul(n, projection)));
    return { dx, dGain: tf.sum(tf.mul(dy, n), 0) };
  };

  return {
    ...plainOps,

    rmsNorm(x, gain, epsilon) {
      const rstd = rstdOf(x, epsilon);
      return { y: tf.mul(tf.mul(x, rstd), gain), rstd };
    },

    rmsNormGradient(dy, x, gain, known, epsilon) {
      const rstd = known ?? rstdOf(x, epsilon);
      const n = tf.mul(x, rstd);
      return { ...normGradient(dy, gain, n, rstd), y: tf.mul(n, gain) };
    },

    splitHeads(qkv, gain, { cos, sin }, heads, epsilon) {
      const n = qkv.shape[0]!;
      const width = rotatedWidth(heads);
      const queryWidth = heads.queries * heads.dim;
      const keyWidth = heads.keys * heads.dim;
      const raw = tf.reshape(columns(qkv, 0, width), [n, -1, heads.dim]);
      const rstd = rstdOf(raw, epsilon);
      const y = tf.mul(tf.mul(raw, rstd), gain);
      const rotated = tf.reshape(tf.add(tf.mul(y, cos), tf.mul(turned(y, false), sin)), [n, width]);
      return {
        q: columns(rotated, 0, queryWidth),
        k: columns(rotated, queryWidth, keyWidth),
        v: columns(qkv, width, keyWidth),
        raw,
        rstd,
      };
    },

    splitHeadsGradient(d, { raw, rstd: known }, gain, { cos, sin }, heads, epsilon) {
      const rstd = known ?? rstdOf(raw, epsilon);
      const dRotated = tf.reshape(tf.concat([d.q, d.k], 1), raw.shape);
      const back = tf.add(tf.mul(dRotated, cos), turned(tf.mul(dRotated, sin), true));
      const { dx, dGain } = normGradient(back, gain, tf.mul(raw, rstd), rstd);
      return { dQkv: tf.concat([tf.reshape(dx, [-1, rotatedWidth(heads)]), d.v], 1), dGain };
    },
  };
}

export const composedOps: Ops = composeOps((x) => tf.mean(tf.square(x), -1, true));
