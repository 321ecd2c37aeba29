/**
 * From hidden states to log-probabilities of target tokens, and back. Only rows with a target are computed, in
 * chunks, so that logits over a large vocabulary never exist for a whole micro-batch.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { LogitSettings } from '../engine.ts';
import { tokenMask } from './decoding.ts';
import { createOwner, tidy } from './ownership.ts';
import { FINAL_NORM, headKey } from './storage.ts';
import type { Targets } from './targets.ts';
import type { GradientSum, Model } from './trunk.ts';

export const PLAIN_LOGITS: LogitSettings = { temperature: 1, bannedTokens: [] };

/** Logits of at most this many values exist at once. */
const CHUNK_VALUES = 2 ** 24;

export const inverseTemperature = ({ temperature }: LogitSettings): number =>
  temperature === 0 ? 1 : 1 / temperature;

/** Logits [m, V] of normed hidden rows, at the settings' temperature, banned tokens masked. */
export function logitsOf(normed: tf.Tensor, model: Model, settings: LogitSettings): tf.Tensor {
  const raw = tf.matMul(normed, model.stored.get(headKey(model.config))!, false, true);
  const scale = inverseTemperature(settings);
  const scaled = scale === 1 ? raw : tf.mul(raw, scale);
  if (settings.bannedTokens.length === 0) return scaled;
  return tf.add(scaled, tokenMask(settings.bannedTokens, model.config.vocabSize));
}

function* chunksOf(
  targets: Targets,
  vocabSize: number,
): Generator<{ from: number; rows: Int32Array; tokens: Int32Array }> {
  const size = Math.max(1, Math.floor(CHUNK_VALUES / vocabSize));
  for (let from = 0; from < targets.rows.length; from += size) {
    yield {
      from,
      rows: targets.rows.subarray(from, from + size),
      tokens: targets.tokens.subarray(from, from + size),
    };
  }
}

/** Uploads a copy: some backends keep reading the array they are given. */
const indices = (values: Int32Array): tf.Tensor1D => tf.tensor1d(values.slice(), 'int32');

export interface TargetScores {
  readonly logps: Float32Array;
  readonly entropies: Float32Array;
}

/** Log-probabilities and entropies read back for every target; argmax too where asked. */
export async function scoreTargets(
  x: tf.Tensor,
  targets: Targets,
  settings: LogitSettings,
  model: Model,
  greedy: boolean,
): Promise<TargetScores & { readonly greedyTokens: Int32Array }> {
  const count = targets.rows.length;
  const result = {
    logps: new Float32Array(count),
    entropies: new Float32Array(count),
    greedyTokens: new Int32Array(greedy ? count : 0),
  };
  for (const chunk of chunksOf(targets, model.config.vocabSize)) {
    const packed = tidy(() => {
      const rows = tf.gather(x, indices(chunk.rows));
      const { y } = model.ops.rmsNorm(rows, model.stored.get(FINAL_NORM)!, model.config.rmsNormEps);
      const z = logitsOf(y, model, settings);
      const { logps, entropies } = model.ops.logProbabilities(z, indices(chunk.tokens));
      const best = greedy ? [tf.cast(tf.argMax(z, 1), 'float32')] : [];
      return tf.concat([logps, entropies, ...best]);
    });
    const values = await packed.data<'float32'>();
    packed.dispose();
    const m = chunk.rows.length;
    result.logps.set(values.subarray(0, m), chunk.from);
    result.entropies.set(values.subarray(m, 2 * m), chunk.from);
    if (greedy) result.greedyTokens.set(values.subarray(2 * m), chunk.from);
  }
  return result;
}

export interface HeadGradient {
  /** ∂L/∂x [n, d]. */
  readonly dx: tf.Tensor;
  /** [2, m]: log-probabilities, then entropies. Not read back, so that nothing waits for the device. */
  readonly scores: tf.Tensor;
}

/**
 * Forward and backward at once, from a derivative known beforehand.
 * @param dLogps ∂L/∂logp of every target
 */
export function targetGradients(
  x: tf.Tensor,
  targets: Targets,
  dLogps: Float32Array,
  settings: LogitSettings,
  model: Model,
  gradients: GradientSum,
): HeadGradient {
  const { ops, stored, config } = model;
  const gain = stored.get(FINAL_NORM)!;
  const weight = stored.get(headKey(config))!;
  const scale = inverseTemperature(settings);
  const owner = createOwner();
  const scores: tf.Tensor[] = [];
  let dx: tf.Tensor | null = null;
  for (const chunk of chunksOf(targets, config.vocabSize)) {
    const m = chunk.rows.length;
    const part = tidy(() => {
      const at = indices(chunk.rows);
      const rows = tf.gather(x, at);
      const { y, rstd } = ops.rmsNorm(rows, gain, config.rmsNormEps);
      const z = logitsOf(y, model, settings);
      const { logps, entropies, residual } = ops.logProbabilities(z, indices(chunk.tokens));
      // ∂logp/∂z = onehot − p = −residual, and z is `scale` × the product.
      const factors = dLogps.subarray(chunk.from, chunk.from + m).map((d) => -d * scale);
      const dz = tf.mul(residual, tf.tensor(factors, [m, 1]));
      const norm = ops.rmsNormGradient(tf.matMul(dz, weight), rows, gain, rstd, config.rmsNormEps);
      return {
        scores: tf.stack([logps, entropies]),
        dWeight: tf.matMul(dz, y, true, false),
        dGain: norm.dGain,
        dx: ops.embeddingGradient(norm.dx, at, x.shape[0]!),
      };
    });
    gradients.add(headKey(config), part.dWeight);
    gradients.add(FINAL_NORM, part.dGain);
    scores.push(owner.own(part.scores));
    const before: tf.Tensor | null = dx;
    dx = before ? tidy(() => tf.add(before, part.dx)) : part.dx;
    if (before) {
      before.dispose();
      part.dx.dispose();
    }
  }
  const joined = tidy(() => (scores.length === 1 ? tf.clone(scores[0]!) : tf.concat(scores, 1)));
  owner.dispose();
  return { dx: dx!, scores: joined };
}
