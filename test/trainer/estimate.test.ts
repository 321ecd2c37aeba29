/** What a run is said to need against what its process took: real trainer processes, real runs. */
import { afterAll, describe, expect, it } from 'vitest';
import { MODELS } from '../../bench/models.ts';
import { type MeasuredStage, openMemoryBench } from '../../bench/stage-memory.ts';
import { resolveStage } from '../../trainer/config/stages.ts';
import type { EngineName } from '../../trainer/engine/engine.ts';
import { estimateRun } from '../../trainer/estimate.ts';
import { openPresent } from '../engine/engines.ts';

const documents = { documents: 60, bytes: 60 * 1200 };
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
const CASES: readonly { readonly stage: MeasuredStage; readonly change: Record<string, unknown> }[] = [
  { stage: 'pretrain', change: {} },
  { stage: 'sft', change: { recomputeActivations: true } },
  { stage: 'rmt', change: {} },
  { stage: 'rpt', change: {} },
  { stage: 'rlm', change: { beta: 0.05 } },
  { stage: 'posttrain', change: {} },
];
const settingsOf = (change: Record<string, unknown>): Readonly<Record<string, unknown>> => {
  const { values, problems } = resolveStage('pretrain', { ...model, ...change });
  expect(problems).toEqual([]);
  return values;
};

describe.each(engines)('%s', (engine) => {
  const bench = openMemoryBench(MODELS[0]!.config);
  afterAll(bench.close);
  it.each(CASES)(
    '$stage, $change: the process peaks within 10% of the estimate',
    async ({ stage, change }) => {
      const { estimatedBytes, peakBytes } = await bench.measure(stage, engine, change);
      const ratio = estimatedBytes / peakBytes;
      expect(ratio).toBeGreaterThan(0.9);
      expect(ratio).toBeLessThan(1.1);
    },
  );
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
          corpus: documents,
          rate,
          machine: { ...machine, memoryBytes },
          engine: 'kernels-native',
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
      estimateRun({
        stage: 'pretrain',
        settings,
        base: null,
        corpus: documents,
        rate,
        machine: tight,
        engine: 'kernels-native',
      }).largestModel,
    ).toBeNull();
  });
});
