/** The device side of a layout: index tensors and masks, and moving rows between flat and padded order. */
import * as tf from '@tensorflow/tfjs-core';
import { causalMask, lengthMask, type Rectangle } from './attention.ts';
import type { Block, Layout, Segment } from './layout.ts';
import type { Rope } from './ops.ts';

export interface PlacedSegment {
  readonly start: number;
  readonly tokens: number;
  readonly places: number;
  readonly rectangle: Rectangle;
  readonly padding: {
    readonly fromFlat: tf.Tensor1D;
    /** [places, 1]. */
    readonly real: tf.Tensor;
    readonly toFlat: tf.Tensor1D;
  } | null;
  /** [1, width, width]. */
  readonly causal: tf.Tensor;
}

export interface PlacedBlock {
  readonly prompts: PlacedSegment;
  readonly completions: PlacedSegment | null;
  /** Prompt padding as the completions see it, [prompts, 1, width]. */
  readonly prefixMask: tf.Tensor | null;
}

export interface Placement {
  readonly blocks: readonly PlacedBlock[];
  readonly ids: tf.Tensor1D;
  readonly rope: Rope;
  readonly tokens: number;
}

function placeSegment(segment: Segment, prompts: number): PlacedSegment {
  const { start, tokens, count, width, padding } = segment;
  const places = count * width;
  return {
    start,
    tokens,
    places,
    rectangle: { prompts, slots: count / prompts, width },
    padding: padding && {
      fromFlat: tf.tensor1d(padding.fromFlat, 'int32'),
      real: tf.tensor(padding.real, [places, 1]),
      toFlat: tf.tensor1d(padding.toFlat, 'int32'),
    },
    causal: causalMask(width),
  };
}

function placeBlock(block: Block): PlacedBlock {
  const { count, lengths, width } = block.prompts;
  return {
    prompts: placeSegment(block.prompts, count),
    completions: block.completions && placeSegment(block.completions, count),
    prefixMask: block.completions ? lengthMask(lengths, width) : null,
  };
}

/** Angles position · theta^(−2i/d) of the given positions; d is the head's width. */
export function ropeOf(positions: ArrayLike<number>, dim: number, theta: number): Rope {
  const half = dim / 2;
  const frequency = Array.from({ length: half }, (_, i) => theta ** ((-2 * i) / dim));
  const cos = new Float32Array(positions.length * dim);
  const sin = new Float32Array(positions.length * dim);
  for (let row = 0; row < positions.length; row++) {
    for (let i = 0; i < dim; i++) {
      const angle = positions[row]! * frequency[i % half]!;
      cos[row * dim + i] = Math.cos(angle);
      sin[row * dim + i] = Math.sin(angle);
    }
  }
  const shape = [positions.length, 1, dim];
  return { cos: tf.tensor(cos, shape), sin: tf.tensor(sin, shape) };
}

/** The rows of `table` at `positions` [n]. */
export function ropeAt(table: Rope, positions: tf.Tensor1D): Rope {
  return { cos: tf.gather(table.cos, positions), sin: tf.gather(table.sin, positions) };
}

/** New tensors; run in a tidy or own them. */
export function place(layout: Layout, headDim: number, ropeTheta: number): Placement {
  return {
    blocks: layout.blocks.map(placeBlock),
    ids: tf.tensor1d(layout.tokens, 'int32'),
    rope: ropeOf(layout.positions, headDim, ropeTheta),
    tokens: layout.tokens.length,
  };
}

/** A segment's rows of x [n, w] as a padded [places, w]; padding shows some real row. */
export function toPadded(x: tf.Tensor, { start, tokens, padding }: PlacedSegment): tf.Tensor {
  const width = x.shape[1]!;
  const rows = tokens === x.shape[0] ? x : tf.slice(x, [start, 0], [tokens, width]);
  return padding ? tf.gather(rows, padding.fromFlat) : rows;
}

/** The same with zeros at padding: what a gradient needs. */
export function toPaddedZero(x: tf.Tensor, segment: PlacedSegment): tf.Tensor {
  const padded = toPadded(x, segment);
  return segment.padding ? tf.mul(padded, segment.padding.real) : padded;
}

/** Padded rows [places, w] back to the segment's flat [tokens, w]. */
export function toFlat(x: tf.Tensor, { padding }: PlacedSegment): tf.Tensor {
  return padding ? tf.gather(x, padding.toFlat) : x;
}

/** Segments' flat rows, in layout order, as one [n, w]. */
export function joinFlat(parts: readonly tf.Tensor[]): tf.Tensor {
  return parts.length === 1 ? parts[0]! : tf.concat([...parts], 0);
}
