/**
 * A checkpoint is a folder in Hugging Face's layout, which loads elsewhere as it is, plus what a run needs to go on:
 *
 *   config.json             architecture (model_type qwen3)
 *   model.safetensors       weights, float32
 *   tokenizer.json          the tokenizer
 *   optimizer.safetensors   AdamW's moments (first.NAME, second.NAME); absent in published checkpoints
 *   training_state.json     step, settings, counters, random generator
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Tokenizer, tokenizerOf } from '../data/tokenizer.ts';
import type { PolicyState, TensorMap } from '../engine/engine.ts';
import { type ModelConfig, parametersOf } from '../engine/model.ts';
import { writeFolderAtomically } from './atomic.ts';
import { configJson, modelConfigOf } from './model-config.ts';
import { decodeSafetensors, encodeSafetensors, type Tensor } from './safetensors.ts';

const trainingState = z.object({
  stage: z.string(),
  /** Finished steps of the run. */
  step: z.number().int(),
  /** AdamW steps behind the moments. */
  optimizerStep: z.number().int(),
  settings: z.record(z.string(), z.unknown()),
  /** Draws are a function of (seed, step), so this is the generator's whole state. */
  generator: z.object({ kind: z.literal('philox4x32-10'), seed: z.number(), step: z.number() }),
  numTokens: z.number(),
  flops: z.number(),
  wallTimeS: z.number(),
});
export type TrainingState = z.infer<typeof trainingState>;

export interface Checkpoint {
  readonly state: PolicyState;
  readonly tokenizer: Tokenizer;
  /** null for a checkpoint made elsewhere. */
  readonly training: TrainingState | null;
  /** Of model.safetensors. */
  readonly sha256: string;
}

/** A checkpoint folder that is missing or cannot be used. */
export class CheckpointUnusable extends Error {
  override readonly name = 'CheckpointUnusable';
  readonly wayOut: string;
  constructor(message: string, wayOut: string) {
    super(message);
    this.wayOut = wayOut;
  }
}

const json = (value: unknown): Uint8Array[] => [
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`),
];

function withShapes(config: ModelConfig, tensors: TensorMap, prefix = ''): [string, Tensor][] {
  return parametersOf(config).map(({ name, shape }) => {
    const data = tensors.get(name);
    if (!data) throw new Error(`the policy's state lacks ${name}`);
    return [prefix + name, { shape, data }];
  });
}

/** Writes the folder in one step (temporary folder, fsync, rename) and says what it holds. */
export function writeCheckpoint(
  folder: string,
  state: PolicyState,
  tokenizer: Tokenizer,
  training: TrainingState,
): { sha256: string; bytes: number } {
  const model = encodeSafetensors(new Map(withShapes(state.config, state.weights)));
  const hash = createHash('sha256');
  for (const part of model) hash.update(part);
  const files: Record<string, readonly Uint8Array[]> = {
    'config.json': json(configJson(state.config)),
    'model.safetensors': model,
    'tokenizer.json': [new TextEncoder().encode(tokenizer.json)],
    'training_state.json': json(trainingState.parse(training)),
  };
  if (state.optimizer) {
    files['optimizer.safetensors'] = encodeSafetensors(
      new Map([
        ...withShapes(state.config, state.optimizer.first, 'first.'),
        ...withShapes(state.config, state.optimizer.second, 'second.'),
      ]),
      { step: String(state.optimizer.step) },
    );
  }
  writeFolderAtomically(folder, files);
  const bytes = Object.values(files)
    .flat()
    .reduce((sum, part) => sum + part.byteLength, 0);
  return { sha256: hash.digest('hex'), bytes };
}

/**
 * Reads a checkpoint folder.
 * @param withOptimizer read the moments too, for going on with a run
 * @throws CheckpointUnusable
 */
export function readCheckpoint(folder: string, withOptimizer: boolean): Checkpoint {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new CheckpointUnusable(
      `There is no checkpoint folder at ${folder}.`,
      'It may have been moved or deleted: choose another checkpoint, or put the folder back.',
    );
  }
  try {
    const config = modelConfigOf(readFileSync(join(folder, 'config.json'), 'utf8'));
    const modelBytes = readFileSync(join(folder, 'model.safetensors'));
    const weights = named(config, decodeSafetensors(modelBytes), '');
    const trainingPath = join(folder, 'training_state.json');
    const training = existsSync(trainingPath)
      ? trainingState.parse(JSON.parse(readFileSync(trainingPath, 'utf8')))
      : null;
    const momentsPath = join(folder, 'optimizer.safetensors');
    const moments =
      withOptimizer && training && existsSync(momentsPath)
        ? decodeSafetensors(readFileSync(momentsPath))
        : null;
    return {
      state: {
        config,
        weights,
        optimizer:
          moments && training
            ? {
                step: training.optimizerStep,
                first: named(config, moments, 'first.'),
                second: named(config, moments, 'second.'),
              }
            : null,
      },
      tokenizer: tokenizerOf(readFileSync(join(folder, 'tokenizer.json'), 'utf8')),
      training,
      sha256: createHash('sha256').update(modelBytes).digest('hex'),
    };
  } catch (error) {
    throw new CheckpointUnusable(
      `The checkpoint at ${folder} cannot be read: ${error instanceof Error ? error.message : String(error)}.`,
      'Choose another checkpoint; a checkpoint needs config.json (model_type qwen3), model.safetensors and a tokenizer.json written by Midtrain.',
    );
  }
}

function named(
  config: ModelConfig,
  tensors: ReadonlyMap<string, Tensor>,
  prefix: string,
): Map<string, Float32Array> {
  return new Map(
    parametersOf(config).map(({ name, shape }) => {
      const tensor = tensors.get(prefix + name);
      if (!tensor) throw new Error(`${prefix}${name} is missing`);
      if (tensor.shape.join() !== shape.join()) {
        throw new Error(`${prefix}${name} has shape [${tensor.shape.join(', ')}], not [${shape.join(', ')}]`);
      }
      return [name, tensor.data];
    }),
  );
}
