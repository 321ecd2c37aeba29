/**
 * The seam between the model and a backend: the operations worth fusing, with their derivatives written by hand.
 * `composedOps` builds them from TensorFlow.js operations and runs everywhere; a backend replaces the ones it can
 * do better. The transformer, sampler and optimizer use these plus plain products, reshapes and gathers.
 *
 * Every function returns new tensors and disposes nothing it was given; callers run inside tf.tidy.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Additive mask value: finite, so that 0 × mask stays 0. */
export const MASKED = -1e30;

export interface AdamWStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
  /** 1 − beta^step. */
  readonly correction1: number;
  readonly correction2: number;
  /** Scalar every gradient is multiplied by. */
  readonly clip: tf.Tensor;
}

export interface Moments {
  readonly weight: tf.Tensor;
  readonly first: tf.Tensor;
  readonly second: tf.Tensor;
}

/** Rotary angles of n tokens. */
export interface Rope {
  /** [n, 1, d]. */
  readonly cos: tf.Tensor;
  readonly sin: tf.Tensor;
  /** See `halfTurn`. */
  readonly turn: tf.Tensor;
}

/** 1 / root mean square of every run of a norm's input, or null where the backend computes it again. */
export type Rstd = tf.Tensor | null;

export interface Ops {
  /** RMSNorm over the last axis: y = x · rstd · gain. x [n, d], gain [d], rstd [n, 1]. */
  rmsNorm(x: tf.Tensor, gain: tf.Tensor, epsilon: number): { y: tf.Tensor; rstd: Rstd };
  /** Also gives y again, which the gradient of the following product needs. */
  rmsNormGradient(
    dy: tf.Tensor,
    x: tf.Tensor,
    gain: tf.Tensor,
    rstd: Rstd,
    epsilon: number,
  ): { dx: tf.Tensor; dGain: tf.Tensor; y: tf.Tensor };

  /** RMSNorm of every head, then rotary embedding (rotate-half). x [n, heads, d], gain [heads, d]. */
  normRotate(x: tf.Tensor, gain: tf.Tensor, rope: Rope, epsilon: number): { y: tf.Tensor; rstd: Rstd };
  normRotateGradient(
    dy: tf.Tensor,
    x: tf.Tensor,
    gain: tf.Tensor,
    rstd: Rstd,
    rope: Rope,
    epsilon: number,
  ): { dx: tf.Tensor; dGain: tf.Tensor };

  /** silu(gate) · up. gateUp [n, 2f] holds gate then up; result [n, f]. */
  swiglu(gateUp: tf.Tensor): tf.Tensor;
  /** Also gives the result again, which the gradient of the following product needs. */
  swigluGradient(dy: tf.Tensor, gateUp: tf.Tensor): { dGateUp: tf.Tensor; y: tf.Tensor };

  /** Softmax over the last axis of scores + mask; the mask broadcasts, null adds nothing. */
  softmax(scores: tf.Tensor, mask: tf.Tensor | null): tf.Tensor;
  /** p · (dp − d), the derivative by the scores; d = Σ dp · p with the last axis kept. */
  softmaxGradient(dp: tf.Tensor, p: tf.Tensor, d: tf.Tensor): tf.Tensor;

  /**
   * For logits z [m, V] and targets [m]: log-probabilities and entropies [m], and the residual
   * softmax(z) − onehot(target) [m, V], which is −∂logp/∂z.
   */
  logProbabilities(
    z: tf.Tensor,
    targets: tf.Tensor,
  ): { logps: tf.Tensor; entropies: tf.Tensor; residual: tf.Tensor };

  /** Rows of dy [n, d] summed by token id [n] into [vocabulary, d]. */
  embeddingGradient(dy: tf.Tensor, ids: tf.Tensor, vocabulary: number): tf.Tensor;

  /**
   * Writes `rows` [k, width] at row `indices` [k] of `table` [·, width]. Returns the table to use from now on: the
   * same tensor where the backend can write in place, otherwise a new one.
   */
  writeRows(table: tf.Tensor, indices: tf.Tensor, rows: tf.Tensor): tf.Tensor;

  /** AdamW (Loshchilov & Hutter, 2017). Returns the same tensors where the backend updates in place. */
  adamw(parameter: Moments, gradient: tf.Tensor, step: AdamWStep): Moments;
}

const last = (x: tf.Tensor): number => x.shape[x.shape.length - 1]!;

/** [d, d] with x · R = (−second half, first half) of x: one product does two slices, a negation and a join. */
export function halfTurn(d: number): tf.Tensor {
  const half = d / 2;
  const values = new Float32Array(d * d);
  for (let i = 0; i < half; i++) {
    values[(i + half) * d + i] = -1;
    values[i * d + i + half] = 1;
  }
  return tf.tensor2d(values, [d, d]);
}

function turned(x: tf.Tensor, turn: tf.Tensor, back: boolean): tf.Tensor {
  const rows = tf.reshape(x, [-1, last(x)]);
  return tf.reshape(tf.matMul(rows, turn, false, back), x.shape);
}

function halves(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const rows = x.shape[0]!;
  const width = last(x) / 2;
  return [tf.slice(x, [0, 0], [rows, width]), tf.slice(x, [0, width], [rows, width])];
}

/** Operations without a norm. */
type PlainOps = Omit<Ops, 'rmsNorm' | 'rmsNormGradient' | 'normRotate' | 'normRotateGradient'>;

const plainOps: PlainOps = {
  swiglu(gateUp) {
    const [gate, up] = halves(gateUp);
    return tf.mul(tf.mul(gate, tf.sigmoid(gate)), up);
  },

  // silu' = s + silu · (1 − s) with s = sigmoid(gate).
  swigluGradient(dy, gateUp) {
    const [gate, up] = halves(gateUp);
    const s = tf.sigmoid(gate);
    const silu = tf.mul(gate, s);
    const dGate = tf.mul(tf.mul(dy, up), tf.add(s, tf.sub(silu, tf.mul(silu, s))));
    return { dGateUp: tf.concat([dGate, tf.mul(dy, silu)], 1), y: tf.mul(silu, up) };
  },

  softmax: (scores, mask) => tf.softmax(mask ? tf.add(scores, mask) : scores),

  softmaxGradient: (dp, p, d) => tf.mul(p, tf.sub(dp, d)),

  logProbabilities(z, targets) {
    const logp = tf.logSoftmax(z);
    const p = tf.exp(logp);
    const entropies = tf.neg(tf.sum(tf.mul(p, logp), -1));
    // WASM's oneHot writes whole numbers whatever type it is asked for.
    const hot = tf.cast(tf.oneHot(tf.cast(targets, 'int32'), last(z)), 'float32');
    return { logps: tf.sum(tf.mul(hot, logp), -1), entropies, residual: tf.sub(p, hot) };
  },

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

  const rmsNorm: Ops['rmsNorm'] = (x, gain, epsilon) => {
    const rstd = rstdOf(x, epsilon);
    return { y: tf.mul(tf.mul(x, rstd), gain), rstd };
  };

  // With n = x·rstd: dx = rstd · (dy·gain − n · mean(dy·gain·n)), dGain = Σ dy·n.
  const gradient = (dy: tf.Tensor, gain: tf.Tensor, n: tf.Tensor, rstd: tf.Tensor) => {
    const dn = tf.mul(dy, gain);
    const projection = tf.mul(tf.sum(tf.mul(dn, n), -1, true), 1 / last(n));
    const dx = tf.mul(rstd, tf.sub(dn, tf.mul(n, projection)));
    return { dx, dGain: tf.sum(tf.mul(dy, n), 0) };
  };

  return {
    ...plainOps,

    rmsNorm,

    rmsNormGradient(dy, x, gain, known, epsilon) {
      const rstd = known ?? rstdOf(x, epsilon);
      const n = tf.mul(x, rstd);
      return { ...gradient(dy, gain, n, rstd), y: tf.mul(n, gain) };
    },

    normRotate(x, gain, { cos, sin, turn }, epsilon) {
      const { y, rstd } = rmsNorm(x, gain, epsilon);
      return { y: tf.add(tf.mul(y, cos), tf.mul(turned(y, turn, false), sin)), rstd };
    },

    normRotateGradient(dy, x, gain, known, { cos, sin, turn }, epsilon) {
      const rstd = known ?? rstdOf(x, epsilon);
      const back = tf.add(tf.mul(dy, cos), turned(tf.mul(dy, sin), turn, true));
      return gradient(back, gain, tf.mul(x, rstd), rstd);
    },
  };
}

export const composedOps: Ops = composeOps((x) => tf.mean(tf.square(x), -1, true));
