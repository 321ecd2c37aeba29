/**
 * One layer of the transformer (Qwen3) and the whole trunk, forward and backward by hand, over a placed
 * micro-batch. n tokens, d hidden, f intermediate, h query heads, c key-value heads, w head width.
 *
 *   x₁ = x + o(attention(rope(norm(qk)), v)),  qkv = W_qkv · norm(x)
 *   y  = x₁ + W_down · (silu(gate) · up),      [gate, up] = W_gu · norm(x₁)
 */
import * as tf from '@tensorflow/tfjs-core';
import type { ModelConfig } from '../model.ts';
import {
  type AttentionInput,
  type AttentionTrace,
  attendGradient,
  fromHeads,
  type HeadShape,
  toHeads,
  traceAttention,
} from './attention.ts';
import type { HeadCounts, Ops, Rope, Rstd, SplitHeads } from './ops.ts';
import { tidy } from './ownership.ts';
import { joinFlat, type PlacedSegment, type Placement, toFlat, toPadded, toPaddedZero } from './placement.ts';
import { layerKey, type Stored } from './storage.ts';

export interface LayerWeights {
  readonly attentionNorm: tf.Tensor;
  /** [(h + 2c)·w, d]. */
  readonly qkv: tf.Tensor;
  readonly qNorm: tf.Tensor;
  readonly kNorm: tf.Tensor;
  /** [h + c, w]: gains of query heads, with the attention scale 1/√w, then of key heads. */
  readonly headGains: tf.Tensor;
  readonly o: tf.Tensor;
  readonly mlpNorm: tf.Tensor;
  /** [2f, d]. */
  readonly gateUp: tf.Tensor;
  readonly down: tf.Tensor;
}

const LAYER_PARAMETERS = [
  'attentionNorm',
  'qkv',
  'qNorm',
  'kNorm',
  'o',
  'mlpNorm',
  'gateUp',
  'down',
] as const;
export type LayerGradients = { readonly [K in (typeof LAYER_PARAMETERS)[number]]: tf.Tensor };

export const headShape = (config: ModelConfig): HeadShape => ({
  kv: config.numKeyValueHeads,
  rep: config.numAttentionHeads / config.numKeyValueHeads,
  dim: config.headDim,
});

/** `headGains` is a new tensor; the rest are the stored ones. */
export function layerWeights(config: ModelConfig, stored: Stored, layer: number): LayerWeights {
  const of = (name: string): tf.Tensor => stored.get(layerKey(layer, name))!;
  const { numAttentionHeads: h, numKeyValueHeads: c, headDim: w } = config;
  const headGains = tf.concat([
    tf.tile(tf.reshape(tf.mul(of('qNorm'), 1 / Math.sqrt(w)), [1, w]), [h, 1]),
    tf.tile(tf.reshape(of('kNorm'), [1, w]), [c, 1]),
  ]);
  return {
    attentionNorm: of('attentionNorm'),
    qkv: of('qkv'),
    qNorm: of('qNorm'),
    kNorm: of('kNorm'),
    headGains,
    o: of('o'),
    mlpNorm: of('mlpNorm'),
    gateUp: of('gateUp'),
    down: of('down'),
  };
}

/** y = x · Wᵀ with W [out, in]. */
export const linear = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.matMul(x, w, false, true);

const weightGradient = (dy: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.matMul(dy, x, true, false);

const headCounts = (config: ModelConfig): HeadCounts => ({
  queries: config.numAttentionHeads,
  keys: config.numKeyValueHeads,
  dim: config.headDim,
});

export interface Projected extends SplitHeads {
  /** Of the layer's first norm. */
  readonly normRstd: Rstd;
}

export function project(
  x: tf.Tensor,
  weights: LayerWeights,
  rope: Rope,
  config: ModelConfig,
  ops: Ops,
): Projected {
  const { y, rstd: normRstd } = ops.rmsNorm(x, weights.attentionNorm, config.rmsNormEps);
  const qkv = linear(y, weights.qkv);
  return { ...ops.splitHeads(qkv, weights.headGains, rope, headCounts(config), config.rmsNormEps), normRstd };
}

export interface MlpForward {
  readonly y: tf.Tensor;
  readonly rstd: Rstd;
  readonly gateUp: tf.Tensor;
}

/** x₁ + down(swiglu(gateUp(norm(x₁)))). */
export function mlp(x1: tf.Tensor, weights: LayerWeights, config: ModelConfig, ops: Ops): MlpForward {
  const { y: normed, rstd } = ops.rmsNorm(x1, weights.mlpNorm, config.rmsNormEps);
  const gateUp = linear(normed, weights.gateUp);
  return { y: tf.add(x1, linear(ops.swiglu(gateUp), weights.down)), rstd, gateUp };
}

/** One block's attention with what its backward needs. */
interface BlockForward {
  readonly prompts: AttentionTrace;
  readonly completions: AttentionTrace | null;
}

export interface LayerForward {
  readonly y: tf.Tensor;
  readonly x: tf.Tensor;
  readonly rstd: Rstd;
  readonly heads: Pick<SplitHeads, 'raw' | 'rstd'>;
  readonly blocks: readonly BlockForward[];
  readonly x1: tf.Tensor;
  readonly mlpRstd: Rstd;
  readonly gateUp: tf.Tensor;
}

const KEYS = (heads: HeadShape): HeadShape => ({ ...heads, rep: 1 });

function headsOf(
  projected: Projected,
  segment: PlacedSegment,
  heads: HeadShape,
): Pick<AttentionInput, 'q' | 'k' | 'v'> {
  const of = (rows: tf.Tensor, shape: HeadShape): tf.Tensor =>
    toHeads(toPadded(rows, segment), segment.rectangle, shape);
  return { q: of(projected.q, heads), k: of(projected.k, KEYS(heads)), v: of(projected.v, KEYS(heads)) };
}

export function layerForward(
  x: tf.Tensor,
  weights: LayerWeights,
  placement: Placement,
  config: ModelConfig,
  ops: Ops,
): LayerForward {
  const heads = headShape(config);
  const projected = project(x, weights, placement.rope, config, ops);
  const blocks = placement.blocks.map((block): BlockForward => {
    const prompts = traceAttention(
      {
        ...headsOf(projected, block.prompts, heads),
        rep: heads.rep,
        mask: block.prompts.causal,
        prefix: null,
      },
      ops,
    );
    if (!block.completions) return { prompts, completions: null };
    const prefix = { k: prompts.k, v: prompts.v, mask: block.prefixMask };
    const own = headsOf(projected, block.completions, heads);
    const mask = block.completions.causal;
    return { prompts, completions: traceAttention({ ...own, rep: heads.rep, mask, prefix }, ops) };
  });
  const x1 = tf.add(x, linear(attentionRows(blocks, placement, heads), weights.o));
  const { y, rstd: mlpRstd, gateUp } = mlp(x1, weights, config, ops);
  return {
    y,
    x,
    rstd: projected.normRstd,
    heads: { raw: projected.raw, rstd: projected.rstd },
    blocks,
    x1,
    mlpRstd,
    gateUp,
  };
}

/** Attention's output in flat order, [n, h·w]. */
function attentionRows(blocks: readonly BlockForward[], placement: Placement, heads: HeadShape): tf.Tensor {
  return joinFlat(
    blocks.flatMap((block, index) => {
      const placed = placement.blocks[index]!;
      const prompts = toFlat(fromHeads(block.prompts.out, placed.prompts.rectangle, heads), placed.prompts);
      if (!block.completions || !placed.completions) return [prompts];
      const { rectangle } = placed.completions;
      return [prompts, toFlat(fromHeads(block.completions.out, rectangle, heads), placed.completions)];
    }),
  );
}

type QkvGradient = { readonly q: tf.Tensor; readonly k: tf.Tensor; readonly v: tf.Tensor };

/** Gradients of q [n, h·w], k and v [n, c·w] in flat order from the gradient of attention's output. */
function attentionGradient(
  dRows: tf.Tensor,
  blocks: readonly BlockForward[],
  placement: Placement,
  heads: HeadShape,
  ops: Ops,
): QkvGradient {
  const flat = (x: tf.Tensor, segment: PlacedSegment, shape: HeadShape): tf.Tensor =>
    toFlat(fromHeads(x, segment.rectangle, shape), segment);
  const all = (q: tf.Tensor, k: tf.Tensor, v: tf.Tensor, segment: PlacedSegment): QkvGradient => ({
    q: flat(q, segment, heads),
    k: flat(k, segment, KEYS(heads)),
    v: flat(v, segment, KEYS(heads)),
  });
  const dHeads = (segment: PlacedSegment): tf.Tensor =>
    toHeads(toPaddedZero(dRows, segment), segment.rectangle, heads);
  const parts = blocks.flatMap((block, index) => {
    const placed = placement.blocks[index]!;
    const own = attendGradient(dHeads(placed.prompts), block.prompts, ops);
    if (!block.completions || !placed.completions) return [all(own.dq, own.dk, own.dv, placed.prompts)];
    const after = attendGradient(dHeads(placed.completions), block.completions, ops);
    const dk = after.dPrefix ? tf.add(own.dk, after.dPrefix.k) : own.dk;
    const dv = after.dPrefix ? tf.add(own.dv, after.dPrefix.v) : own.dv;
    return [all(own.dq, dk, dv, placed.prompts), all(after.dq, after.dk, after.dv, placed.completions)];
  });
  return {
    q: joinFlat(parts.map((p) => p.q)),
    k: joinFlat(parts.map((p) => p.k)),
    v: joinFlat(parts.map((p) => p.v)),
  };
}

interface LayerContext {
  readonly saved: LayerForward;
  readonly weights: LayerWeights;
  readonly placement: Placement;
  readonly config: ModelConfig;
  readonly ops: Ops;
}

function mlpBackward(dy: tf.Tensor, { saved, weights, config, ops }: LayerContext) {
  const { dGateUp, down } = tidy(() => {
    const gradient = ops.swigluGradient(tf.matMul(dy, weights.down), saved.gateUp);
    return { dGateUp: gradient.dGateUp, down: weightGradient(dy, gradient.y) };
  });
  const dNormed = tf.matMul(dGateUp, weights.gateUp);
  const norm = ops.rmsNormGradient(dNormed, saved.x1, weights.mlpNorm, saved.mlpRstd, config.rmsNormEps);
  const gradients = { mlpNorm: norm.dGain, gateUp: weightGradient(dGateUp, norm.y), down };
  return { dx1: tf.add(dy, norm.dx), gradients };
}

function attentionBackward(dx1: tf.Tensor, { saved, weights, placement, config, ops }: LayerContext) {
  const heads = headShape(config);
  const { numAttentionHeads: h, numKeyValueHeads: c, headDim: w, rmsNormEps: epsilon } = config;
  const o = tidy(() => weightGradient(dx1, attentionRows(saved.blocks, placement, heads)));
  const { dQkv, dGain } = tidy(() => {
    const d = attentionGradient(tf.matMul(dx1, weights.o), saved.blocks, placement, heads, ops);
    return ops.splitHeadsGradient(
      d,
      saved.heads,
      weights.headGains,
      placement.rope,
      headCounts(config),
      epsilon,
    );
  });
  const dNormed = tf.matMul(dQkv, weights.qkv);
  const norm = ops.rmsNormGradient(dNormed, saved.x, weights.attentionNorm, saved.rstd, epsilon);
  const gainOf = (from: number, count: number): tf.Tensor =>
    tf.sum(tf.slice(dGain, [from, 0], [count, w]), 0);
  return {
    dx: tf.add(dx1, norm.dx),
    gradients: {
      attentionNorm: norm.dGain,
      qkv: weightGradient(dQkv, norm.y),
      qNorm: tf.mul(gainOf(0, h), 1 / Math.sqrt(w)),
      kNorm: gainOf(h, c),
      o,
    },
  };
}

export function layerBackward(
  dy: tf.Tensor,
  context: LayerContext,
): { dx: tf.Tensor; gradients: LayerGradients } {
  const mlpPart = tidy(() => mlpBackward(dy, context));
  const attentionPart = tidy(() => attentionBackward(mlpPart.dx1, context));
  return { dx: attentionPart.dx, gradients: { ...mlpPart.gradients, ...attentionPart.gradients } };
}
