/**
 * Explicit ownership of tensors, for code that awaits between pieces of device work. Results hold tensors in plain
 * objects and arrays (no Map, no typed arrays: tf.tidy walks every element of what it is given).
 */
import * as tf from '@tensorflow/tfjs-core';

/** tf.tidy for any plain result type; tensors in the result survive. */
export function tidy<T>(work: () => T): T {
  return tf.tidy(work as () => tf.TensorContainer) as T;
}

function tensorsIn(result: unknown): tf.Tensor[] {
  if (result instanceof tf.Tensor) return [result];
  if (typeof result !== 'object' || result === null || ArrayBuffer.isView(result)) return [];
  return Object.values(result).flatMap(tensorsIn);
}

export interface Owner {
  /** Takes the tensors of a result, also out of a tidy around the call. */
  own<T>(result: T): T;
  /** Runs `work` in a tidy and owns the tensors of its result. */
  tidy<T>(work: () => T): T;
  /** Disposes now what is no longer needed. */
  release(result: unknown): void;
  /** Disposes what is still owned. */
  dispose(): void;
}

export function createOwner(): Owner {
  const owned = new Set<tf.Tensor>();
  const own = <T>(result: T): T => {
    for (const tensor of tensorsIn(result)) owned.add(tf.keep(tensor));
    return result;
  };
  return {
    own,
    tidy: (work) => own(tidy(work)),
    release(result) {
      for (const tensor of tensorsIn(result)) {
        owned.delete(tensor);
        tensor.dispose();
      }
    },
    dispose() {
      for (const tensor of owned) tensor.dispose();
      owned.clear();
    },
  };
}

/** Lets timers, messages and signals in between two pieces of device work. */
export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
