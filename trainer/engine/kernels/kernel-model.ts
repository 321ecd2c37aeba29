/**
 * A model in the library's memory with what every call on it shares: weights in and out, running a packed batch
 * forward, reading results.
 */

import type { PolicyState, TensorMap } from '../engine.ts';
import { type ModelConfig, parametersOf, sizeOf } from '../model.ts';
import { createBreath } from './breath.ts';
import { type Address, createStaging, type KernelLibrary, need, type Staging } from './library.ts';
import type { Batch } from './packing.ts';

/** Holds the description of most batches. */
const DESCRIPTION_BYTES = 256 * 1024;

/** Numbering of the flat buffers in c/kernels.c. */
const BUFFER = { weights: 0, gradients: 1, first: 2, second: 3 } as const;
type BufferName = keyof typeof BUFFER;

export interface KernelModel {
  readonly config: ModelConfig;
  readonly library: KernelLibrary;
  readonly address: Address;
  readonly hasOptimizer: boolean;
  readonly batch: Address;
  readonly numbers: Staging;
  readonly description: Staging;
  readTensors(buffer: BufferName): Map<string, Float32Array>;
  /** @throws RangeError if a tensor is missing or has another size */
  writeTensors(buffer: BufferName, tensors: TensorMap): void;
  /**
   * Runs a batch forward, yielding to the event loop between layers.
   * @param sampler keeps the prompts' keys and values; 0 for none
   */
  forward(batch: Batch, temperature: number, sampler: Address): Promise<void>;
  readLogps(count: number): Float32Array;
  bytes(): number;
  dispose(): void;
}

/** −∞ inside the library is −1e30, scaled by at most a temperature. */
export function restoreInfinities(logps: Float32Array): Float32Array {
  for (let i = 0; i < logps.length; i++) if (logps[i]! < -1e20) logps[i] = Number.NEGATIVE_INFINITY;
  return logps;
}

/**
 * Rotary angles of every position, in the layout of c/rotary.h: cos and sin of position · theta^(−2i / headDim), in
 * float64, then rounded.
 */
function rotaryTable(config: ModelConfig): Float32Array {
  const half = config.headDim / 2;
  const padded = Math.ceil(config.headDim / 16) * 16;
  const table = new Float32Array(config.maxPositionEmbeddings * 2 * padded);
  for (let i = 0; i < half; i++) {
    const frequency = config.ropeTheta ** ((-2 * i) / config.headDim);
    for (let position = 0; position < config.maxPositionEmbeddings; position++) {
      const at = position * 2 * padded + i;
      const cosine = Math.cos(position * frequency);
      const sine = Math.sin(position * frequency);
      table[at] = cosine;
      table[at + half] = cosine;
      table[at + padded] = -sine;
      table[at + padded + half] = sine;
    }
  }
  return table;
}

export function createKernelModel(
  library: KernelLibrary,
  state: PolicyState,
  withOptimizer: boolean,
): KernelModel {
  const { config } = state;
  const { functions } = library;
  if (config.headDim % 2 !== 0) throw new RangeError('headDim must be even.');
  if (config.numAttentionHeads % config.numKeyValueHeads !== 0) {
    throw new RangeError('numAttentionHeads must be a multiple of numKeyValueHeads.');
  }
  const parameters = parametersOf(config);
  const largest = Math.max(...parameters.map((p) => sizeOf(p.shape)));
  const numbers = createStaging(library);
  const description = createStaging(library, DESCRIPTION_BYTES);

  const open = (): Address => {
    const at = numbers.reserve(64);
    const reals = at + 48;
    library.write(
      at,
      Int32Array.of(
        config.vocabSize,
        config.hiddenSize,
        config.intermediateSize,
        config.numHiddenLayers,
        config.numAttentionHeads,
        config.numKeyValueHeads,
        config.headDim,
        config.tieWordEmbeddings ? 1 : 0,
        config.maxPositionEmbeddings,
      ),
    );
    library.write(reals, Float64Array.of(config.rmsNormEps));
    return need(functions.model_open(library.pool, at, reals, withOptimizer ? 1 : 0), 'the model');
  };
  const address = open();
  library.write(functions.model_rotary(address), rotaryTable(config));
  const batch = need(functions.batch_open(address), 'a batch');

  /** A passage for whole tensors, held only while it is used. */
  const withPassage = <T>(use: (passage: Address) => T): T => {
    const passage = need(functions.memory_allocate(largest * 4), 'copying weights');
    try {
      return use(passage);
    } finally {
      functions.memory_release(passage);
    }
  };

  const model: KernelModel = {
    config,
    library,
    address,
    hasOptimizer: withOptimizer,
    batch,
    numbers,
    description,
    readTensors: (buffer) =>
      withPassage((passage) => {
        const tensors = new Map<string, Float32Array>();
        parameters.forEach((parameter, index) => {
          const values = new Float32Array(sizeOf(parameter.shape));
          functions.model_copy(address, BUFFER[buffer], index, passage, 0);
          library.read(passage, values);
          tensors.set(parameter.name, values);
        });
        return tensors;
      }),
    writeTensors: (buffer, tensors) =>
      withPassage((passage) => {
        parameters.forEach((parameter, index) => {
          const values = tensors.get(parameter.name);
          if (values?.length !== sizeOf(parameter.shape)) {
            throw new RangeError(
              `Tensor ${parameter.name} should have ${sizeOf(parameter.shape)} values, has ${values?.length ?? 'none'}.`,
            );
          }
          library.write(passage, values);
          functions.model_copy(address, BUFFER[buffer], index, passage, 1);
        });
        if (buffer === 'weights') functions.model_pack(address);
      }),
    async forward(packed, temperature, sampler) {
      const at = description.reserve(packed.description.byteLength);
      library.write(at, packed.description);
      const reals = numbers.reserve(64);
      library.write(reals, Float64Array.of(temperature));
      need(functions.batch_describe(batch, at, reals, sampler), `a batch of ${packed.rows} tokens`);
      const breath = createBreath();
      functions.batch_forward_begin(batch);
      for (let layer = 0; layer < config.numHiddenLayers; layer++) {
        await breath();
        functions.batch_forward_layer(batch, layer);
      }
    },
    readLogps(count) {
      const logps = new Float32Array(count);
      library.read(functions.batch_logps(batch), logps);
      return restoreInfinities(logps);
    },
    bytes: () =>
      functions.model_bytes(address) + functions.batch_bytes(batch) + numbers.bytes() + description.bytes(),
    dispose() {
      functions.batch_close(batch);
      functions.model_close(address);
      numbers.release();
      description.release();
    },
  };
  try {
    model.writeTensors('weights', state.weights);
    if (withOptimizer && state.optimizer) {
      model.writeTensors('first', state.optimizer.first);
      model.writeTensors('second', state.optimizer.second);
    }
  } catch (error) {
    model.dispose();
    throw error;
  }
  return model;
}

/** @throws RangeError if a sequence is longer than the model's positions, or a token is outside its vocabulary */
export function checkSequence(config: ModelConfig, tokens: Int32Array, length: number): void {
  if (length > config.maxPositionEmbeddings) {
    throw new RangeError(
      `A sequence of ${length} tokens is longer than the model's ${config.maxPositionEmbeddings} positions. ` +
        'Shorten prompts or token limits, or raise maxPositionEmbeddings.',
    );
  }
  for (const token of tokens) {
    if (token < 0 || token >= config.vocabSize) {
      throw new RangeError(`Token ${token} is outside the vocabulary of ${config.vocabSize}.`);
    }
  }
}

/** Greedy decoding and scoring at temperature 0 use the distribution at 1. */
export const effectiveTemperature = (temperature: number): number => (temperature === 0 ? 1 : temperature);
