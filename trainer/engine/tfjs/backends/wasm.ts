/** TensorFlow.js's WebAssembly backend: one thread, everywhere. */
import * as tf from '@tensorflow/tfjs-core';
import type { Backend } from '../backend.ts';
import { composedOps } from '../composed-ops.ts';
import type { Ops } from '../ops.ts';

const KEY = 'wasm';

/** The parts of the backend that give access to a tensor's memory; the package declares them private. */
interface WasmMemory {
  readonly dataIdMap: { get(dataId: object): { readonly memoryOffset: number } };
  readonly wasm: { readonly HEAPU8: Uint8Array };
}

function wordsOf(tensor: tf.Tensor): { readonly floats: Float32Array; readonly ints: Int32Array } {
  const { dataIdMap, wasm } = tf.backend() as unknown as WasmMemory;
  const { memoryOffset } = dataIdMap.get(tensor.dataId);
  return {
    floats: new Float32Array(wasm.HEAPU8.buffer, memoryOffset, tensor.size),
    ints: new Int32Array(wasm.HEAPU8.buffer, memoryOffset, tensor.size),
  };
}

const wasmOps: Ops = {
  ...composedOps,

  // The backend has no UnsortedSegmentSum.
  embeddingGradient(dy, ids, vocabulary) {
    const width = dy.shape[1]!;
    const sum = tf.zeros([vocabulary, width]);
    const into = wordsOf(sum).floats;
    const from = wordsOf(dy).floats;
    wordsOf(ids).ints.forEach((id, row) => {
      for (let i = 0; i < width; i++) into[id * width + i]! += from[row * width + i]!;
    });
    return sum;
  },

  writeRows(table, indices, rows) {
    const width = table.shape[1]!;
    const into = wordsOf(table).floats;
    const from = wordsOf(rows).floats;
    wordsOf(indices).ints.forEach((index, row) => {
      into.set(from.subarray(row * width, (row + 1) * width), index * width);
    });
    return table;
  },
};

export async function openWasm(): Promise<Backend> {
  await import('@tensorflow/tfjs-backend-wasm');
  await tf.setBackend(KEY);
  return {
    key: KEY,
    description: 'TensorFlow.js on WebAssembly (SIMD), one thread',
    ops: wasmOps,
    // Its memory ends at 2 GiB, weights and activations included.
    cacheBytes: 2 ** 28,
    dispose: () => undefined,
  };
}
