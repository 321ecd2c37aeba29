/** AdamW with global-norm clipping over stored parameters. */
import * as tf from '@tensorflow/tfjs-core';
import type { OptimizerSettings } from '../engine.ts';
import type { Moments, Ops } from './ops.ts';
import { tidy } from './ownership.ts';
import type { Stored } from './storage.ts';

export interface OptimizerState {
  step: number;
  readonly first: Stored;
  readonly second: Stored;
}

/** √Σ g² over all gradients, a scalar on the device. */
export function globalNorm(gradients: Stored): tf.Tensor {
  return tidy(() => {
    const squares = [...gradients.values()].map((g) => tf.sum(tf.square(g)));
    return tf.sqrt(tf.sum(tf.stack(squares)));
  });
}

/** min(1, maxGradNorm / norm), a scalar on the device; 1 with clipping off. */
function clipFactor(norm: tf.Tensor, maxGradNorm: number): tf.Tensor {
  if (maxGradNorm === 0) return tf.scalar(1);
  return tf.minimum(tf.scalar(1), tf.div(tf.scalar(maxGradNorm), tf.add(norm, 1e-6)));
}

/** One AdamW step in place of the stored tensors; gradients are left as they are. */
export function applyAdamW(
  weights: Stored,
  state: OptimizerState,
  gradients: Stored,
  norm: tf.Tensor,
  settings: OptimizerSettings,
  ops: Ops,
): void {
  state.step++;
  const { learningRate, adamBeta1: beta1, adamBeta2: beta2, adamEpsilon: epsilon } = settings;
  const clip = tidy(() => clipFactor(norm, settings.maxGradNorm));
  for (const [key, gradient] of gradients) {
    const before: Moments = {
      weight: weights.get(key)!,
      first: state.first.get(key)!,
      second: state.second.get(key)!,
    };
    const after = tidy(() =>
      ops.adamw(before, gradient, {
        learningRate,
        beta1,
        beta2,
        epsilon,
        weightDecay: before.weight.rank > 1 ? settings.weightDecay : 0,
        correction1: 1 - beta1 ** state.step,
        correction2: 1 - beta2 ** state.step,
        clip,
      }),
    );
    replace(weights, key, after.weight);
    replace(state.first, key, after.first);
    replace(state.second, key, after.second);
  }
  clip.dispose();
}

function replace(stored: Stored, key: string, tensor: tf.Tensor): void {
  const before = stored.get(key)!;
  if (before === tensor) return;
  before.dispose();
  stored.set(key, tf.keep(tensor));
}
