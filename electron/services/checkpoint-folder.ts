/** What a checkpoint folder in Hugging Face's layout says of itself. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { tokenizerOf } from '../../trainer/data/tokenizer.ts';

const tensorHeader = z.record(z.string(), z.object({ shape: z.array(z.number()) }));
const trainingState = z.object({ step: z.number().int() });

export interface CheckpointFacts {
  readonly parameters: number;
  readonly vocabSize: number;
  readonly tokenizerSha256: string;
  readonly tokenizerKind: 'bpe' | 'words';
  readonly bytes: number;
  /** Of model.safetensors. */
  readonly sha256: string;
  /** Steps behind it; 0 where it does not say. */
  readonly step: number;
}

/** @throws if the folder is not a checkpoint */
export function readCheckpointFolder(folder: string): CheckpointFacts {
  const model = readFileSync(join(folder, 'model.safetensors'));
  const tokenizer = tokenizerOf(readFileSync(join(folder, 'tokenizer.json'), 'utf8'));
  const statePath = join(folder, 'training_state.json');
  const step = existsSync(statePath)
    ? trainingState.parse(JSON.parse(readFileSync(statePath, 'utf8'))).step
    : 0;
  return {
    parameters: parametersIn(model),
    vocabSize: tokenizer.vocabSize,
    tokenizerSha256: tokenizer.sha256,
    tokenizerKind: tokenizer.kind,
    bytes: readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0),
    sha256: createHash('sha256').update(model).digest('hex'),
    step,
  };
}

/** Sum of the tensors' sizes, from the JSON header that a safetensors file begins with. */
function parametersIn(file: Buffer): number {
  const length = Number(file.readBigUInt64LE(0));
  const { __metadata__: _, ...tensors } = JSON.parse(file.subarray(8, 8 + length).toString('utf8'));
  return Object.values(tensorHeader.parse(tensors)).reduce(
    (sum, { shape }) => sum + shape.reduce((product, n) => product * n, 1),
    0,
  );
}
