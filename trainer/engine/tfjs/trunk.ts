/** Embedding and layers over a micro-batch, with the backward pass and activation recomputation. */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../model.ts';
import type { Ops } from './ops.ts';
import { createOwner, nextTurn, type Owner, tidy } from './ownership.ts';
import type { Placement } from './placement.ts';
import { EMBED, layerKey, type Stored } from './storage.ts';
import {
  type LayerForward,
  type LayerWeights,
  layerBackward,
  layerForward,
  layerWeights,
} from './transformer.ts';

/** What every pass over a model needs. */
export interface Model {
  readonly config: ModelConfig;
  readonly stored: Stored;
  readonly ops: Ops;
}

/** Sums gradients by stored key over micro-batches. */
export interface GradientSum {
  /** Takes ownership of `gradient`. */
  add(key: string, gradient: tf.Tensor): void;
}

/** Every layer's weights with the tensors derived from them, which `owner` owns. */
export function allLayerWeights({ config, stored }: Model, owner: Owner): LayerWeights[] {
  return Array.from({ length: config.numHiddenLayers }, (_, layer) => {
    const weights = tidy(() => layerWeights(config, stored, layer));
    owner.own(weights.headGains);
    return weights;
  });
}

export const embed = (ids: tf.Tensor1D, { stored }: Model): tf.Tensor => tf.gather(stored.get(EMBED)!, ids);

/** The last layer's output [n, d], keeping nothing else. The caller owns it. */
export async function runTrunk(
  model: Model,
  placement: Placement,
  layers: readonly LayerWeights[],
  onLayer?: (forward: LayerForward) => void,
): Promise<tf.Tensor> {
  let x = embed(placement.ids, model);
  for (const weights of layers) {
    const input = x;
    x = tidy(() => {
      const forward = layerForward(input, weights, placement, model.config, model.ops);
      onLayer?.(forward);
      return forward.y;
    });
    input.dispose();
    await nextTurn();
  }
  return x;
}

export interface TrunkTrace {
  /** The last layer's output [n, d]. */
  readonly y: tf.Tensor;
  /** Runs the layers backward from dy, adding every gradient; frees what it no longer needs on the way. */
  backward(dy: tf.Tensor, gradients: GradientSum): Promise<void>;
  dispose(): void;
}

/** @param recompute keep only each layer's input and run the layer forward again in the backward pass */
export async function traceTrunk(
  model: Model,
  placement: Placement,
  layers: readonly LayerWeights[],
  recompute: boolean,
): Promise<TrunkTrace> {
  const { config, ops, stored } = model;
  const owner = createOwner();
  const forward = (x: tf.Tensor, weights: LayerWeights): LayerForward =>
    tidy(() => layerForward(x, weights, placement, config, ops));
  const inputs: tf.Tensor[] = [];
  const traces: (LayerForward | null)[] = [];
  let x = owner.tidy(() => embed(placement.ids, model));
  for (const weights of layers) {
    inputs.push(x);
    if (recompute) {
      const input = x;
      x = owner.tidy(() => layerForward(input, weights, placement, config, ops).y);
      traces.push(null);
    } else {
      const trace = owner.own(forward(x, weights));
      traces.push(trace);
      x = trace.y;
    }
    await nextTurn();
  }
  const y = x;
  return {
    y,
    dispose: owner.dispose,
    async backward(dLast, gradients) {
      let dy = dLast;
      for (let layer = layers.length - 1; layer >= 0; layer--) {
        const weights = layers[layer]!;
        const saved = traces[layer] ?? owner.own(forward(inputs[layer]!, weights));
        const above = dy;
        const step = tidy(() => layerBackward(above, { saved, weights, placement, config, ops }));
        for (const [name, gradient] of Object.entries(step.gradients))
          gradients.add(layerKey(layer, name), gradient);
        // The layer's input is the output of the layer below, whose backward still needs it.
        const { x: _input, ...rest } = saved;
        owner.release(rest);
        if (above !== dLast) above.dispose();
        dy = step.dx;
        await nextTurn();
      }
      const bottom = dy;
      gradients.add(
        EMBED,
        tidy(() => ops.embeddingGradient(bottom, placement.ids, stored.get(EMBED)!.shape[0]!)),
      );
      if (bottom !== dLast) bottom.dispose();
      owner.dispose();
    },
  };
}
