/** What a run is said to need against what its process took: real trainer processes, real runs. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { resolveStage } from '../../trainer/config/stages.ts';
import type { EngineName } from '../../trainer/engine/engine.ts';
import { estimateRun } from '../../trainer/estimate.ts';
import { openPresent, TEST_CACHE } from '../engine/engines.ts';
import { writeCorpus } from '../support/corpus.ts';
import { is, jobFor, startTrainer } from '../support/trainer.ts';

const root = mkdtempSync(join(tmpdir(), 'midtrain-estimate-'));
afterAll(() => rmSync(root, { recursive: true }));

const WORDS = Array.from({ length: 400 }, (_, i) => `w${i}`);
const text = (seed: number): string =>
  Array.from({ length: 300 }, (_, i) => WORDS[(seed * 31 + i * i * 7 + i) % WORDS.length]).join(' ');
const texts = Array.from({ length: 60 }, (_, i) => text(i));
const documents = writeCorpus(join(root, 'corpus'), 'long', texts.slice(5), texts.slice(0, 5));
const corpus = { documents: texts.length, bytes: texts.reduce((sum, t) => sum + t.length, 0) };

const model = {
  tokenizer: 'words',
  vocabSize: 420,
  hiddenSize: 256,
  numHiddenLayers: 4,
  numAttentionHeads: 8,
  numKeyValueHeads: 8,
  headDim: 32,
  intermediateSize: 768,
  maxPositionEmbeddings: 512,
  maxSteps: 2,
  documentsPerStep: 32,
  thinkFraction: 0,
  fillFraction: 0,
};

const names: EngineName[] = ['kernels-native', 'kernels-wasm'];
const engines =
  process.platform === 'linux'
    ? (await openPresent(names)).map((engine) => {
        engine.dispose();
        return engine.name;
      })
    : [];
if (engines.length === 0) console.info('skipped: measured memory (read from /proc)');

const rate = { low: 1e9, high: 1e10 };
const machine = { threads: 2, memoryBytes: 16e9 };
const settingsOf = (change: Record<string, unknown>): Readonly<Record<string, unknown>> => {
  const { values, problems } = resolveStage('pretrain', { ...model, ...change });
  expect(problems).toEqual([]);
  return values;
};
const estimateOf = (change: Record<string, unknown>) =>
  estimateRun({ stage: 'pretrain', settings: settingsOf(change), base: null, corpus, rate, machine });

describe.runIf(engines.length > 0)('memory', () => {
  it.each(engines)('%s: the process peaks within 10% of the estimate', async (request) => {
    const trainer = startTrainer();
    try {
      trainer.send({
        kind: 'job',
        job: jobFor(join(root, request), {
          stage: 'pretrain',
          settings: settingsOf({}),
          documents,
          engine: { request, threads: machine.threads, cacheFolder: TEST_CACHE },
        }),
      });
      const end = await trainer.until(is('finished', 'failed'));
      expect(end.kind).toBe('finished');
      const status = readFileSync(`/proc/${trainer.child.pid}/status`, 'utf8');
      const peakBytes = 1024 * Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)![1]);
      const ratio = estimateOf({}).memoryBytes / peakBytes;
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    } finally {
      await trainer.end();
    }
  });
});

describe('the largest model', () => {
  it('grows with the memory, and fits into it', () => {
    const sizes = [2e9, 8e9, 32e9, 128e9].map((memoryBytes) => {
      const settings = settingsOf({});
      const at = (base: null) =>
        estimateRun({
          stage: 'pretrain',
          settings,
          base,
          corpus,
          rate,
          machine: { ...machine, memoryBytes },
        });
      return at(null).largestModel!.parameters;
    });
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(new Set(sizes).size).toBe(sizes.length);
    // Weights, gradients, moments and two copies for products: 24 bytes a parameter at the least.
    expect(sizes[0]! * 24).toBeLessThan(2e9);
  });

  it('is none where not even the smallest fits', () => {
    const tight = { ...machine, memoryBytes: 100e6 };
    const settings = settingsOf({});
    expect(
      estimateRun({ stage: 'pretrain', settings, base: null, corpus, rate, machine: tight }).largestModel,
    ).toBeNull();
  });
});
