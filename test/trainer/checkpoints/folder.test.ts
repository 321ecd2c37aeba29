import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CheckpointUnusable, readCheckpoint, writeCheckpoint } from '../../../trainer/checkpoints/folder.ts';
import { tokenizerOf, wordsJson } from '../../../trainer/data/tokenizer.ts';
import { initialWeights, type ModelConfig } from '../../../trainer/engine/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'midtrain-checkpoint-'));
afterAll(() => rmSync(folder, { recursive: true }));

const tokenizer = tokenizerOf(wordsJson(['a', 'b']));
const config: ModelConfig = {
  vocabSize: tokenizer.vocabSize,
  hiddenSize: 8,
  intermediateSize: 12,
  numHiddenLayers: 2,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  headDim: 4,
  ropeTheta: 10000,
  rmsNormEps: 1e-6,
  tieWordEmbeddings: true,
  maxPositionEmbeddings: 64,
};
const weights = initialWeights(config, 1);
const moments = initialWeights(config, 2);
const training = {
  stage: 'sft',
  step: 7,
  optimizerStep: 9,
  settings: { learningRate: 0.001 },
  generator: { kind: 'philox4x32-10', seed: 3, step: 7 },
  numTokens: 100,
  flops: 1e6,
  wallTimeS: 2.5,
} as const;

describe('checkpoint folders', () => {
  it('give back everything a run needs to go on', () => {
    const path = join(folder, 'whole');
    const state = { config, weights, optimizer: { step: 9, first: moments, second: moments } };
    const { sha256, bytes } = writeCheckpoint(path, state, tokenizer, training);
    const read = readCheckpoint(path, true);
    expect(read.state).toEqual(state);
    expect(read.training).toEqual(training);
    expect(read.tokenizer.sha256).toBe(tokenizer.sha256);
    expect(read.sha256).toBe(sha256);
    expect(bytes).toBeGreaterThan(0);
  });

  it('replace an older one whole, leaving nothing beside it', () => {
    const path = join(folder, 'twice');
    writeCheckpoint(path, { config, weights, optimizer: null }, tokenizer, training);
    writeCheckpoint(path, { config, weights: moments, optimizer: null }, tokenizer, training);
    expect(readCheckpoint(path, true).state.weights).toEqual(moments);
    expect(readdirSync(folder).filter((name) => name.startsWith('twice'))).toEqual(['twice']);
  });

  it('say what is wrong with one that is missing or damaged, and what to do', () => {
    expect(() => readCheckpoint(join(folder, 'absent'), false)).toThrow(CheckpointUnusable);
    const path = join(folder, 'damaged');
    writeCheckpoint(path, { config, weights, optimizer: null }, tokenizer, training);
    writeFileSync(join(path, 'model.safetensors'), 'short');
    expect(() => readCheckpoint(path, false)).toThrow(/cannot be read: .*too short/u);
    writeFileSync(join(path, 'config.json'), '{"model_type":"llama"}');
    expect(() => readCheckpoint(path, false)).toThrow(CheckpointUnusable);
  });
});
