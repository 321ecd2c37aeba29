/** From logits to the next tokens: cuts, the draw by inverse CDF, log-probabilities. One packed result per step. */
import * as tf from '@tensorflow/tfjs-core';
import type { Decoding } from '../engine.ts';
import { MASKED } from './ops.ts';

export interface StepChoice {
  readonly decoding: Decoding;
  /** One draw in [0, 1) per row. */
  readonly uniforms: Float32Array;
  /** Tokens that rows marked in `restricted` cannot sample; null when no row is restricted. */
  readonly restriction: { readonly tokens: readonly number[]; readonly restricted: Float32Array } | null;
  /** Token written in the model's place, or −1, per row; null when none is. */
  readonly forced: Int32Array | null;
}

/** Additive [1, V] that takes tokens out of the distribution. */
export function tokenMask(tokens: readonly number[], vocabSize: number): tf.Tensor {
  const values = new Float32Array(vocabSize);
  for (const token of tokens) values[token] = MASKED;
  return tf.tensor(values, [1, vocabSize]);
}

/** Just below 1 in float32: keeps a draw below the total, so that the last token with any mass bounds it. */
const BELOW_ONE = 1 - 2 ** -23;

/**
 * Probabilities with the cuts' losers at 0 (not renormalised): top-k, then top-p of what is left, then min-p. Of
 * equally likely tokens the one with the lower id counts as the more likely.
 */
export function cutProbabilities(p: tf.Tensor, { topK, topP, minP }: Decoding): tf.Tensor {
  const [rows, vocabulary] = p.shape as [number, number];
  const k = topK > 0 ? Math.min(topK, vocabulary) : vocabulary;
  let kept = p;
  if (k < vocabulary || topP < 1) {
    const { values, indices } = tf.topk(p, k, true);
    let lastValue = tf.slice(values, [0, k - 1], [rows, 1]);
    let lastId = tf.slice(indices, [0, k - 1], [rows, 1]);
    if (topP < 1) {
      // Kept are those before which less than p of the mass lies; the last of them sets the bound.
      const before = tf.cumsum(values, 1, true);
      const within = tf.less(before, tf.mul(tf.sum(values, 1, true), topP));
      const at = tf.sub(tf.sum(tf.cast(within, 'int32'), 1), tf.scalar(1, 'int32'));
      const flat = tf.add(at, tf.range(0, rows * k, k, 'int32')) as tf.Tensor1D;
      lastValue = tf.reshape(tf.gather(tf.reshape(values, [-1]), flat), [rows, 1]);
      lastId = tf.reshape(tf.gather(tf.reshape(indices, [-1]), flat), [rows, 1]);
    }
    const tied = tf.logicalAnd(
      tf.equal(p, lastValue),
      tf.lessEqual(tf.reshape(tf.range(0, vocabulary, 1, 'int32'), [1, vocabulary]), lastId),
    );
    kept = tf.where(tf.logicalOr(tf.greater(p, lastValue), tied), p, tf.zerosLike(p));
  }
  if (minP > 0) {
    const least = tf.mul(tf.max(p, 1, true), minP);
    kept = tf.where(tf.greaterEqual(p, least), kept, tf.zerosLike(p));
  }
  return kept;
}

/** First token, in id order, whose cumulative mass exceeds u × the total. */
function draw(p: tf.Tensor, uniforms: Float32Array): tf.Tensor {
  const [rows, vocabulary] = p.shape as [number, number];
  const cumulative = tf.cumsum(p, 1);
  const total = tf.slice(cumulative, [0, vocabulary - 1], [rows, 1]);
  const u = tf.tensor(
    uniforms.map((value) => Math.min(value, BELOW_ONE)),
    [rows, 1],
  );
  return tf.sum(tf.cast(tf.lessEqual(cumulative, tf.mul(u, total)), 'int32'), 1);
}

/**
 * @param z logits [rows, V] at the decoding's temperature, banned tokens masked
 * @returns [3, rows]: tokens, their log-probabilities, entropies; of the distribution before restriction and cuts
 */
export function chooseTokens(
  z: tf.Tensor,
  { decoding, uniforms, restriction, forced }: StepChoice,
): tf.Tensor {
  const [rows, vocabulary] = z.shape as [number, number];
  const logp = tf.logSoftmax(z);
  const p = tf.exp(logp);
  const entropies = tf.neg(tf.sum(tf.mul(p, logp), 1));
  let candidates = z;
  if (restriction) {
    const mask = tokenMask(restriction.tokens, vocabulary);
    candidates = tf.add(z, tf.mul(tf.tensor(restriction.restricted, [rows, 1]), mask));
  }
  let chosen: tf.Tensor;
  if (decoding.temperature === 0) {
    chosen = tf.argMax(candidates, 1);
  } else {
    const mass = restriction ? tf.softmax(candidates) : p;
    chosen = draw(cutProbabilities(mass, decoding), uniforms);
  }
  if (forced) {
    const written = tf.tensor1d(forced, 'int32');
    chosen = tf.where(tf.greaterEqual(written, 0), written, chosen);
  }
  const starts = tf.range(0, rows * vocabulary, vocabulary, 'int32');
  const logps = tf.gather(tf.reshape(logp, [-1]), tf.add(starts, chosen) as tf.Tensor1D);
  return tf.stack([tf.cast(chosen, 'float32'), logps, entropies]);
}
