/**
 * The seam between the model and a backend: the operations worth fusing, with their derivatives. composed-ops.ts
 * builds them from TensorFlow.js operations and runs everywhere; a backend replaces the ones it can do better. The
 * transformer, sampler and optimizer use these plus plain products, sums, transpositions and gathers.
 *
 * Every function returns new tensors and disposes nothing it was given; callers run inside a tidy.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { StepChoice } from './decoding.ts';

/** Additive mask value: finite, so that 0 × mask stays 0. */
export const MASKED = -1e30;

/** Rotary angles of n tokens. */
export interface Rope {
  /** [n, 1, d]. */
  readonly cos: tf.Tensor;
  readonly sin: tf.Tensor;
}

export interface HeadCounts {
  /** Query heads. */
  readonly queries: number;
  /** Key (and value) heads. */
  readonly keys: number;
  readonly dim: number;
}

/** 1 / root mean square of every run of a norm's input, or null where the backend computes it again. */
export type Rstd = tf.Tensor | null;

export interface SplitHeads {
  /** [n, queries·dim], normed and rotated. */
  readonly q: tf.Tensor;
  /** [n, keys·dim], likewise. */
  readonly k: tf.Tensor;
  /** [n, keys·dim]. */
  readonly v: tf.Tensor;
  /** What the gradient needs of the input. */
  readonly raw: tf.Tensor;
  readonly rstd: Rstd;
}

/** Scores of a prefix that the slots of a prompt share, beside own scores. */
export interface SharedScores {
  /** [prompts·kv, slots·rep·T, W′]: in linear order the same rows as the own scores. */
  readonly scores: tf.Tensor;
  /** Additive [prompts, 1, W′], or null. */
  readonly mask: tf.Tensor | null;
}

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

  /**
   * Splits qkv [n, (queries + 2·keys)·dim] into heads; RMSNorm of every query and key head by its row of
   * gain [queries + keys, dim], then rotary embedding (rotate-half).
   */
  splitHeads(qkv: tf.Tensor, gain: tf.Tensor, rope: Rope, heads: HeadCounts, epsilon: number): SplitHeads;
  splitHeadsGradient(
    d: { readonly q: tf.Tensor; readonly k: tf.Tensor; readonly v: tf.Tensor },
    saved: Pick<SplitHeads, 'raw' | 'rstd'>,
    gain: tf.Tensor,
    rope: Rope,
    heads: HeadCounts,
    epsilon: number,
  ): { dQkv: tf.Tensor; dGain: tf.Tensor };

  /** silu(gate) · up. gateUp [n, 2f] holds gate then up; result [n, f]. */
  swiglu(gateUp: tf.Tensor): tf.Tensor;
  /** Also gives the result again, which the gradient of the following product needs. */
  swigluGradient(dy: tf.Tensor, gateUp: tf.Tensor): { dGateUp: tf.Tensor; y: tf.Tensor };

  /**
   * One softmax over shared and own scores.
   * @param own [rows, T, W]
   * @param mask additive, [1, T, W] or [1, 1, W], or null
   */
  shares(
    own: tf.Tensor,
    mask: tf.Tensor | null,
    shared: SharedScores | null,
  ): { own: tf.Tensor; shared: tf.Tensor | null };
  /** p · (dp − d), the derivative by the scores; d = Σ dp · p with the last axis kept. */
  softmaxGradient(dp: tf.Tensor, p: tf.Tensor, d: tf.Tensor): tf.Tensor;
  /** Σ a·b over the last axis, kept. */
  rowDots(a: tf.Tensor, b: tf.Tensor): tf.Tensor;

  /**
   * For logits z [m, V] and targets [m]: log-probabilities and entropies [m], and the residual
   * softmax(z) − onehot(target) [m, V], which is −∂logp/∂z.
   */
  logProbabilities(
    z: tf.Tensor,
    targets: tf.Tensor,
  ): { logps: tf.Tensor; entropies: tf.Tensor; residual: tf.Tensor };

  /** The next token of every row of z: see decoding.ts. */
  chooseTokens(z: tf.Tensor, choice: StepChoice): tf.Tensor;

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
