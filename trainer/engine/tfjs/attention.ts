/**
 * Attention over padded rectangles, forward and backward by hand.
 *
 * Head layout: queries [B, rep·T, d] and keys [B, W, d] with B = prompts × key-value heads × slots, so that the
 * `rep` query heads of a key-value head are rows of one product. A prefix shared by the slots of a prompt is
 * attended as one product per prompt and key-value head (Juravsky et al. 2024, "Hydragen", arXiv 2402.05099), its
 * scores joined with the own ones under one softmax.
 */
import * as tf from '@tensorflow/tfjs-core';
import { MASKED, type Ops } from './ops.ts';

export interface HeadShape {
  /** Key-value heads. */
  readonly kv: number;
  /** Query heads per key-value head. */
  readonly rep: number;
  readonly dim: number;
}

/** Places of a rectangle: prompts × slots × width. */
export interface Rectangle {
  readonly prompts: number;
  readonly slots: number;
  readonly width: number;
}

/** [prompts·slots·width, kv·rep·dim] → [prompts·kv·slots, rep·width, dim]. */
export function toHeads(x: tf.Tensor, { prompts, slots, width }: Rectangle, heads: HeadShape): tf.Tensor {
  const { kv, rep, dim } = heads;
  const shape = [prompts * kv * slots, rep * width, dim];
  if (slots === 1 && width === 1) return tf.reshape(x, shape);
  if (slots === 1) {
    const split = tf.reshape(x, [prompts, width, kv * rep, dim]);
    return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), shape);
  }
  if (rep === 1) {
    const split = tf.reshape(x, [prompts, slots, width, kv, dim]);
    return tf.reshape(tf.transpose(split, [0, 3, 1, 2, 4]), shape);
  }
  const split = tf.reshape(x, [prompts, slots, width, kv, rep, dim]);
  return tf.reshape(tf.transpose(split, [0, 3, 1, 4, 2, 5]), shape);
}

/** The inverse of `toHeads`. */
export function fromHeads(x: tf.Tensor, { prompts, slots, width }: Rectangle, heads: HeadShape): tf.Tensor {
  const { kv, rep, dim } = heads;
  const shape = [prompts * slots * width, kv * rep * dim];
  if (slots === 1 && width === 1) return tf.reshape(x, shape);
  if (slots === 1) {
    const split = tf.reshape(x, [prompts, kv * rep, width, dim]);
    return tf.reshape(tf.transpose(split, [0, 2, 1, 3]), shape);
  }
  if (rep === 1) {
    const split = tf.reshape(x, [prompts, kv, slots, width, dim]);
    return tf.reshape(tf.transpose(split, [0, 2, 3, 1, 4]), shape);
  }
  const split = tf.reshape(x, [prompts, kv, slots, rep, width, dim]);
  return tf.reshape(tf.transpose(split, [0, 2, 4, 1, 3, 5]), shape);
}

/** Additive [1, width, width]: a place sees itself and earlier ones. */
export function causalMask(width: number): tf.Tensor {
  const values = new Float32Array(width * width);
  for (let i = 0; i < width; i++) values.fill(MASKED, i * width + i + 1, (i + 1) * width);
  return tf.tensor(values, [1, width, width]);
}

/** Additive [count, 1, width]: each row sees its first `length` places; null if all see all. */
export function lengthMask(lengths: readonly number[], width: number): tf.Tensor | null {
  if (lengths.every((length) => length === width)) return null;
  const values = new Float32Array(lengths.length * width);
  lengths.forEach((length, row) => {
    values.fill(MASKED, row * width + length, (row + 1) * width);
  });
  return tf.tensor(values, [lengths.length, 1, width]);
}

/** Keys and values [prompts·kv, width, dim] that every slot of a prompt sees. */
export interface Prefix {
  readonly k: tf.Tensor;
  readonly v: tf.Tensor;
  /** Additive [prompts, 1, width]; null if nothing is padded. */
  readonly mask: tf.Tensor | null;
}

export interface AttentionInput {
  readonly q: tf.Tensor;
  readonly k: tf.Tensor;
  readonly v: tf.Tensor;
  /** Additive, broadcast to [B·rep, T, W]; null if all is seen. */
  readonly mask: tf.Tensor | null;
  readonly rep: number;
  readonly prefix: Prefix | null;
}

export interface Attended {
  /** [B, rep·T, d]. */
  readonly out: tf.Tensor;
  /** Softmax shares of own keys [B, rep·T, W]. */
  readonly own: tf.Tensor;
  /** Of the prefix [prompts·kv, slots·rep·T, width]. */
  readonly shared: tf.Tensor | null;
}

/** Queries (or their gradients) of all slots of a prompt as rows of one product. */
const joinSlots = (x: tf.Tensor, prefix: tf.Tensor): tf.Tensor =>
  tf.reshape(x, [prefix.shape[0]!, -1, x.shape[2]!]);

/** Queries carry the scale 1/√d already. */
export function attend(input: AttentionInput, ops: Ops): Attended {
  const { q, k, v, mask, rep, prefix } = input;
  const [b, rows] = q.shape as [number, number, number];
  const queries = rows / rep;
  const width = k.shape[1]!;
  const scores = tf.reshape(tf.matMul(q, k, false, true), [b * rep, queries, width]);
  const shared = prefix && {
    scores: tf.matMul(joinSlots(q, prefix.k), prefix.k, false, true),
    mask: prefix.mask,
  };
  const p = ops.shares(scores, mask, shared);
  const own = tf.reshape(p.own, [b, rows, width]);
  const out = tf.matMul(own, v);
  if (!prefix || !p.shared) return { out, own, shared: null };
  const fromPrefix = tf.reshape(tf.matMul(p.shared, prefix.v), q.shape);
  return { out: tf.add(out, fromPrefix), own, shared: p.shared };
}

/** What the backward pass needs: no masks, which the micro-batch's placement owns. */
export interface AttentionTrace extends Attended {
  readonly q: tf.Tensor;
  readonly k: tf.Tensor;
  readonly v: tf.Tensor;
  readonly prefix: { readonly k: tf.Tensor; readonly v: tf.Tensor } | null;
}

export function traceAttention(input: AttentionInput, ops: Ops): AttentionTrace {
  const { q, k, v, prefix } = input;
  return { q, k, v, prefix: prefix && { k: prefix.k, v: prefix.v }, ...attend(input, ops) };
}

export interface AttentionGradient {
  readonly dq: tf.Tensor;
  readonly dk: tf.Tensor;
  readonly dv: tf.Tensor;
  readonly dPrefix: { readonly k: tf.Tensor; readonly v: tf.Tensor } | null;
}

/** Σ dp·p over all keys equals Σ dout·out over the head's width, which is far smaller. */
export function attendGradient(
  dOut: tf.Tensor,
  { q, k, v, prefix, out, own, shared }: AttentionTrace,
  ops: Ops,
): AttentionGradient {
  const d = ops.rowDots(dOut, out);
  const dScores = ops.softmaxGradient(tf.matMul(dOut, v, false, true), own, d);
  const dk = tf.matMul(dScores, q, true, false);
  const dv = tf.matMul(own, dOut, true, false);
  const dq = tf.matMul(dScores, k);
  if (!prefix || !shared) return { dq, dk, dv, dPrefix: null };
  const dOutJoined = joinSlots(dOut, prefix.k);
  const dShared = ops.softmaxGradient(
    tf.matMul(dOutJoined, prefix.v, false, true),
    shared,
    joinSlots(d, prefix.k),
  );
  return {
    dq: tf.add(dq, tf.reshape(tf.matMul(dShared, prefix.k), q.shape)),
    dk,
    dv,
    dPrefix: {
      k: tf.matMul(dShared, joinSlots(q, prefix.k), true, false),
      v: tf.matMul(shared, dOutJoined, true, false),
    },
  };
}
