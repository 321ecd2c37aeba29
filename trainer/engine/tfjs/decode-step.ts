/** The model while sampling: the prompts' pass and one token per place. */
import * as tf from '@tensorflow/tfjs-core';
import type { LogitSettings } from '../engine.ts';
import type { ModelConfig } from '../model.ts';
import { attend, fromHeads, type Rectangle, toHeads } from './attention.ts';
import { logitsOf } from './head.ts';
import type { KvCache } from './kv-cache.ts';
import { layoutOf } from './layout.ts';
import type { Rope } from './ops.ts';
import { createOwner, tidy } from './ownership.ts';
import { place, ropeAt, ropeOf } from './placement.ts';
import type { Slots } from './slots.ts';
import { FINAL_NORM } from './storage.ts';
import { headShape, type LayerWeights, linear, mlp, project } from './transformer.ts';
import { embed, type Model, runTrunk } from './trunk.ts';

/** Angles of the first `positions` positions. */
export const ropeTable = ({ headDim, ropeTheta }: ModelConfig, positions: number): Rope =>
  ropeOf(
    Array.from({ length: positions }, (_, i) => i),
    headDim,
    ropeTheta,
  );

export interface Prefill {
  /** Hidden state of each prompt's last token, [prompts, d]. */
  readonly last: tf.Tensor;
  /** Keys and values by layer, [prompts·kv, longest, dim]. */
  readonly prefixes: readonly { readonly k: tf.Tensor; readonly v: tf.Tensor }[];
}

/** Runs every prompt once. The caller owns the result. @param prompts shortest first */
export async function prefill(
  model: Model,
  layers: readonly LayerWeights[],
  prompts: readonly Int32Array[],
): Promise<Prefill> {
  const layout = layoutOf(
    prompts.map((prompt) => ({ prompt, completions: [] })),
    0,
  );
  const ends = Int32Array.from(prompts, (prompt, i) => layout.promptStarts[i]! + prompt.length - 1);
  const owner = createOwner();
  const placement = owner.tidy(() => place(layout, model.config.headDim, model.config.ropeTheta));
  const prefixes: { k: tf.Tensor; v: tf.Tensor }[] = [];
  const y = owner.own(
    await runTrunk(model, placement, layers, (forward) => {
      const { k, v } = forward.blocks[0]!.prompts;
      prefixes.push({ k: tf.keep(k), v: tf.keep(v) });
    }),
  );
  const last = tidy(() => tf.gather(y, tf.tensor1d(ends, 'int32')));
  owner.dispose();
  return { last, prefixes };
}

function logitsAfter(model: Model, hidden: tf.Tensor, settings: LogitSettings): tf.Tensor {
  const { y } = model.ops.rmsNorm(hidden, model.stored.get(FINAL_NORM)!, model.config.rmsNormEps);
  return logitsOf(y, model, settings);
}

/** Logits of every place's first token, computed once per prompt. */
export function firstLogits(model: Model, last: tf.Tensor, slots: Slots, settings: LogitSettings): tf.Tensor {
  const lines = Int32Array.from(slots.rows, (_, place) => slots.prompts[Math.floor(place / slots.width)]!);
  return tf.gather(logitsAfter(model, last, settings), tf.tensor1d(lines, 'int32'));
}

/** Feeds one token per place and returns the logits of the next, [places, V]. */
export function decodeStep(
  model: Model,
  layers: readonly LayerWeights[],
  cache: KvCache,
  table: Rope,
  tokens: Int32Array,
  settings: LogitSettings,
): tf.Tensor {
  const slots = cache.slots();
  const rectangle: Rectangle = { prompts: slots.prompts.length, slots: slots.width, width: 1 };
  const positions = cache.reserve();
  const rope = ropeAt(table, tf.tensor1d(positions, 'int32'));
  const x = layers.reduce(
    (hidden, weights, layer) =>
      tidy(() => decodeLayer(hidden, weights, layer, { model, cache, rope, rectangle })),
    embed(tf.tensor1d(tokens, 'int32'), model),
  );
  cache.advance();
  return logitsAfter(model, x, settings);
}

interface StepContext {
  readonly model: Model;
  readonly cache: KvCache;
  readonly rope: Rope;
  readonly rectangle: Rectangle;
}

function decodeLayer(
  x: tf.Tensor,
  weights: LayerWeights,
  layer: number,
  { model, cache, rope, rectangle }: StepContext,
): tf.Tensor {
  const { config, ops } = model;
  const heads = headShape(config);
  const { q, k, v } = project(x, weights, rope, config, ops);
  const rows = (values: tf.Tensor): tf.Tensor => tf.reshape(values, [-1, heads.dim]);
  const seen = cache.append(layer, rows(k), rows(v));
  const { out } = attend({ q: toHeads(q, rectangle, heads), rep: heads.rep, ...seen }, ops);
  const x1 = tf.add(x, linear(fromHeads(out, rectangle, heads), weights.o));
  return mlp(x1, weights, config, ops).y;
}
