/**
 * Keys and values while decoding, per layer: the prompts' [lines·kv, prefix, dim], shared by the slots of a line,
 * and the completions' [lines·kv·slots, capacity, dim], written in place and grown in chunks.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type HeadShape, lengthMask, type Prefix } from './attention.ts';
import { MASKED, type Ops } from './ops.ts';
import { createOwner, tidy } from './ownership.ts';
import { moveSlots, placesOf, type Slots } from './slots.ts';

interface LayerCache {
  prefixK: tf.Tensor;
  prefixV: tf.Tensor;
  k: tf.Tensor;
  v: tf.Tensor;
}

export interface KvCache {
  readonly slots: () => Slots;
  /** Makes room for one more token per place and returns their positions. */
  reserve(): Int32Array;
  /** Writes the step's keys and values ([places·kv, dim], place by place) of one layer and returns what it sees. */
  append(
    layer: number,
    k: tf.Tensor,
    v: tf.Tensor,
  ): { k: tf.Tensor; v: tf.Tensor; mask: tf.Tensor; prefix: Prefix };
  /** Ends the step: every layer was appended to. */
  advance(): void;
  /** Returns the place each new place was before. */
  move(to: Slots): readonly number[];
  dispose(): void;
}

const CHUNK = 32;

/**
 * Takes ownership of the prefixes.
 * @param promptLengths per line of `slots`
 */
export function createKvCache(
  prefixes: readonly { readonly k: tf.Tensor; readonly v: tf.Tensor }[],
  promptLengths: readonly number[],
  first: Slots,
  heads: HeadShape,
  ops: Ops,
): KvCache {
  const { kv, dim } = heads;
  const owner = createOwner();
  const prefixWidth = prefixes[0]!.k.shape[1]!;
  let slots = first;
  let lengths = [...promptLengths];
  let capacity = 0;
  let used = 0;
  const layers: LayerCache[] = prefixes.map(({ k, v }) => ({
    prefixK: owner.own(k),
    prefixV: owner.own(v),
    ...owner.tidy(() => ({ k: emptyCache(), v: emptyCache() })),
  }));
  let prefixMask = owner.own(lengthMask(lengths, prefixWidth));
  let step: { readonly at: tf.Tensor; readonly mask: tf.Tensor } | null = null;

  function emptyCache(): tf.Tensor {
    return tf.zeros([placesOf(slots) * kv, 0, dim]);
  }

  const swap = (before: tf.Tensor, after: tf.Tensor): tf.Tensor => {
    if (after === before) return before;
    owner.release(before);
    return owner.own(after);
  };

  /** Row of place p, head h at the position written next, in a cache seen as [·, dim]. */
  function nextRows(): Int32Array {
    const rows = new Int32Array(placesOf(slots) * kv);
    for (let place = 0; place < placesOf(slots); place++) {
      const line = Math.floor(place / slots.width);
      const slot = place % slots.width;
      for (let h = 0; h < kv; h++) {
        rows[place * kv + h] = ((line * kv + h) * slots.width + slot) * capacity + used;
      }
    }
    return rows;
  }

  function grow(): void {
    const more = Math.max(CHUNK, Math.ceil(capacity / 4 / CHUNK) * CHUNK);
    const grown = (cache: tf.Tensor): tf.Tensor =>
      tidy(() => {
        const room = tf.zeros([placesOf(slots) * kv, more, dim]);
        return capacity === 0 ? room : tf.concat([cache, room], 1);
      });
    for (const layer of layers) {
      layer.k = swap(layer.k, grown(layer.k));
      layer.v = swap(layer.v, grown(layer.v));
    }
    capacity += more;
  }

  const write = (cache: tf.Tensor, at: tf.Tensor, rows: tf.Tensor): tf.Tensor =>
    tidy(() => {
      const table = tf.reshape(cache, [-1, dim]);
      const written = ops.writeRows(table, at, rows);
      return written === table ? cache : tf.reshape(written, cache.shape);
    });

  return {
    slots: () => slots,
    reserve() {
      if (used === capacity) grow();
      const visible = new Float32Array(capacity).fill(MASKED, used + 1);
      const rows = nextRows();
      step = owner.tidy(() => ({
        at: tf.tensor1d(rows, 'int32'),
        mask: tf.tensor(visible, [1, 1, capacity]),
      }));
      return Int32Array.from(slots.rows, (_, place) => lengths[Math.floor(place / slots.width)]! + used);
    },
    append(index, k, v) {
      const layer = layers[index]!;
      if (!step) throw new Error('reserve() comes before append()');
      layer.k = swap(layer.k, write(layer.k, step.at, k));
      layer.v = swap(layer.v, write(layer.v, step.at, v));
      return {
        k: layer.k,
        v: layer.v,
        mask: step.mask,
        prefix: { k: layer.prefixK, v: layer.prefixV, mask: prefixMask },
      };
    },
    advance() {
      owner.release(step);
      step = null;
      used++;
    },
    move(to) {
      const { lines, places } = moveSlots(slots, to);
      const sameLines = lines.length === lengths.length && lines.every((line, index) => line === index);
      const from = slots;
      const rows = new Int32Array(placesOf(to) * kv);
      places.forEach((place, index) => {
        const line = Math.floor(index / to.width);
        const oldLine = Math.floor(place / from.width);
        for (let h = 0; h < kv; h++) {
          rows[(line * kv + h) * to.width + (index % to.width)] =
            (oldLine * kv + h) * from.width + (place % from.width);
        }
      });
      const moveOwn = (cache: tf.Tensor): tf.Tensor =>
        tidy(() => tf.gather(cache, tf.tensor1d(rows.slice(), 'int32')));
      const movePrefix = (prefix: tf.Tensor): tf.Tensor =>
        tidy(() => {
          const whole = tf.reshape(prefix, [from.prompts.length, -1]);
          return tf.reshape(tf.gather(whole, tf.tensor1d(lines, 'int32')), [
            lines.length * kv,
            prefixWidth,
            dim,
          ]);
        });
      for (const layer of layers) {
        if (capacity > 0) {
          layer.k = swap(layer.k, moveOwn(layer.k));
          layer.v = swap(layer.v, moveOwn(layer.v));
        }
        if (sameLines) continue;
        layer.prefixK = swap(layer.prefixK, movePrefix(layer.prefixK));
        layer.prefixV = swap(layer.prefixV, movePrefix(layer.prefixV));
      }
      slots = to;
      if (sameLines) return places;
      lengths = lines.map((line) => lengths[line]!);
      owner.release(prefixMask);
      prefixMask = owner.own(lengthMask(lengths, prefixWidth));
      return places;
    },
    dispose: owner.dispose,
  };
}
