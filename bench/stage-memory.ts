/**
 * What a run of a stage was said to need, and what its trainer process took: a few real steps from a base that was
 * made just before, in a process of its own.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { engineCacheFolder } from '../electron/paths.ts';
import { writeCorpus } from '../test/support/corpus.ts';
import { is, jobFor, startTrainer } from '../test/support/trainer.ts';
import { resolveStage, type StageName, stageSettings } from '../trainer/config/stages.ts';
import type { EngineName } from '../trainer/engine/engine.ts';
import type { ModelConfig } from '../trainer/engine/model.ts';
import { drawsFor } from '../trainer/engine/random.ts';
import { type CorpusSize, estimateRun } from '../trainer/estimate.ts';
import type { CorpusReference } from '../trainer/protocol.ts';

export type MeasuredStage = Exclude<StageName, 'evaluate'>;

const THREADS = 2;
const STEPS = 3;
const VOCABULARY = 420;
const WORDS = 400;
const DOCUMENTS = 120;
const QUESTIONS = 60;

/** A base that knows nothing earns nothing but for its lengths; groups without a reward are not trained on. */
const REWARDED = {
  budgetSchedule: 'dynamic',
  budgetInitial: 40,
  lengthReward: 'additive',
  lengthRewardWeight: 0.5,
};

export interface StageMemory {
  readonly estimatedBytes: number;
  readonly peakBytes: number;
}

/** Corpora and a base of one size, in a folder that `close` removes. */
export interface MemoryBench {
  measure(stage: MeasuredStage, engine: EngineName, change?: Record<string, unknown>): Promise<StageMemory>;
  close(): void;
}

interface Base {
  readonly folder: string;
}

/** Documents and questions of a few hundred words, some longer than a sequence may be. */
function writeCorpora(folder: string) {
  const text = (seed: number, shortest: number, longest: number): string => {
    const draws = drawsFor(seed, 0, 0);
    const length = shortest + draws.below(longest - shortest);
    return Array.from({ length }, () => `w${draws.below(WORDS)}`).join(' ');
  };
  const split = (
    name: string,
    texts: readonly string[],
  ): { reference: CorpusReference; size: CorpusSize } => ({
    reference: writeCorpus(join(folder, name), name, texts.slice(10), texts.slice(0, 10)),
    size: { documents: texts.length, bytes: texts.reduce((sum, one) => sum + one.length, 0) },
  });
  return {
    documents: split(
      'documents',
      Array.from({ length: DOCUMENTS }, (_, i) => text(i, 80, 400)),
    ),
    questions: split(
      'questions',
      Array.from({ length: QUESTIONS }, (_, i) =>
        JSON.stringify({ question: text(i, 30, 80), answer: text(i, 1, 3) }),
      ),
    ),
  };
}

function sizesOf(config: ModelConfig): Record<string, unknown> {
  return {
    tokenizer: 'words',
    vocabSize: VOCABULARY,
    hiddenSize: config.hiddenSize,
    numHiddenLayers: config.numHiddenLayers,
    numAttentionHeads: config.numAttentionHeads,
    numKeyValueHeads: config.numKeyValueHeads,
    headDim: config.headDim,
    intermediateSize: config.intermediateSize,
    maxPositionEmbeddings: config.maxPositionEmbeddings,
  };
}

export function openMemoryBench(config: ModelConfig): MemoryBench {
  const folder = mkdtempSync(join(tmpdir(), 'midtrain-memory-'));
  const corpora = writeCorpora(folder);
  let runs = 0;
  let base: Base | null = null;

  /** Runs a stage in a process of its own; its peak, and the last checkpoint's folder. */
  const run = async (stage: MeasuredStage, engine: EngineName, settings: Record<string, unknown>) => {
    const trainer = startTrainer();
    try {
      trainer.send({
        kind: 'job',
        job: jobFor(join(folder, `run-${runs++}`), {
          stage,
          settings,
          documents: corpora.documents.reference,
          questions: corpora.questions.reference,
          base: stage === 'pretrain' ? null : base!.folder,
          engine: { request: engine, threads: THREADS, cacheFolder: engineCacheFolder },
        }),
      });
      const end = await trainer.until(is('finished', 'failed'));
      if (end.kind === 'failed') throw new Error(end.error.message);
      const status = readFileSync(`/proc/${trainer.child.pid}/status`, 'utf8');
      const checkpoint = trainer.messages.findLast(is('checkpoint'))!;
      return {
        peakBytes: 1024 * Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)![1]),
        checkpoint: checkpoint.folder,
      };
    } finally {
      await trainer.end();
    }
  };

  const settingsFor = (stage: MeasuredStage, change: Record<string, unknown>) => {
    const { values, problems } = resolveStage(stage, {
      ...(stage === 'pretrain' ? sizesOf(config) : {}),
      maxSteps: STEPS,
      ...('budgetSchedule' in stageSettings[stage] ? REWARDED : {}),
      ...change,
    });
    if (problems[0]) throw new Error(problems[0].message);
    return values as Record<string, unknown>;
  };

  return {
    async measure(stage, engine, change = {}) {
      if (stage !== 'pretrain' && !base) {
        const made = await run(
          'pretrain',
          engine,
          settingsFor('pretrain', { maxSteps: 1, documentsPerStep: 1 }),
        );
        base = { folder: made.checkpoint };
      }
      const settings = settingsFor(stage, change);
      const { peakBytes } = await run(stage, engine, settings);
      const estimate = estimateRun({
        stage,
        settings,
        base: stage === 'pretrain' ? null : { ...config, vocabSize: VOCABULARY },
        corpus: corpora[stage === 'posttrain' ? 'questions' : 'documents'].size,
        rate: { low: 1, high: 1 },
        machine: { threads: THREADS, memoryBytes: 1e12 },
        engine: engine === 'kernels-native' ? 'kernels-native' : 'kernels-wasm',
      });
      return { estimatedBytes: estimate.memoryBytes, peakBytes };
    },
    close: () => rmSync(folder, { recursive: true }),
  };
}
