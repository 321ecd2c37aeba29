/**
 * What the workspace and the trainer process say to each other. Every message is declared here once and validated on
 * arrival on both sides. The trainer gets one job with everything it needs, streams events and never opens the
 * database.
 */
import { z } from 'zod';
import { STAGE_NAMES } from './config/stages.ts';
import { ENGINE_NAMES } from './engine/engine.ts';
import { engineReport } from './engine-report.ts';

/** Raised when a message changes meaning; both sides refuse another version. */
export const PROTOCOL_VERSION = 1;
/** The engine a job asks for: `auto` takes the best there is. */
export const engineRequest = z.enum(['auto', ...ENGINE_NAMES]);
export type EngineRequestName = z.infer<typeof engineRequest>;

export const HEARTBEAT_INTERVAL_MS = 1000;

const shard = z.object({
  /** Path without extension: `.txt` holds the texts, `.idx` their bounds and hashes (data/shards.ts). */
  path: z.string(),
  documents: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
});

const corpus = z.object({
  id: z.string(),
  name: z.string(),
  /** Hash over the documents' hashes in order: two corpora with the same one hold the same documents. */
  sha256: z.string(),
  train: z.array(shard),
  validation: z.array(shard),
});
export type CorpusReference = z.infer<typeof corpus>;
export type ShardReference = z.infer<typeof shard>;

const job = z.object({
  runId: z.string(),
  runName: z.string(),
  stage: z.enum(STAGE_NAMES),
  /** Resolved settings of the stage; checked again by the trainer. */
  settings: z.record(z.string(), z.unknown()),
  /** Folder the trainer may write into; checkpoints go to `checkpoints/`. */
  folder: z.string(),
  documents: corpus.nullable(),
  questions: corpus.nullable(),
  /** Checkpoint folder the run starts from or evaluates. */
  base: z.string().nullable(),
  /** For an evaluation: the checkpoint whose entropies set the tiers, so that all compared ones share items. */
  tierReference: z.string().nullable(),
  /** Checkpoint folder of this same run to go on from. */
  resume: z.string().nullable(),
  /** Folder with cached entropy scores, one file per corpus and checkpoint. */
  entropyFolder: z.string(),
  engine: z.object({
    request: engineRequest,
    threads: z.number().int().nonnegative(),
    cacheFolder: z.string(),
  }),
});
export type Job = z.infer<typeof job>;

export const toTrainer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('job'), job }),
  z.object({ kind: z.literal('pause') }),
  z.object({ kind: z.literal('resume') }),
  /** Ends the job at the next step boundary, with a checkpoint. */
  z.object({ kind: z.literal('stop') }),
  z.object({ kind: z.literal('shutdown') }),
]);
export type ToTrainer = z.infer<typeof toTrainer>;

const userError = z.object({ name: z.string(), message: z.string(), wayOut: z.string() });
export type UserErrorMessage = z.infer<typeof userError>;

const TIERS = ['easy', 'medium', 'hard'] as const;
export type Tier = (typeof TIERS)[number];

/** One rollout in words, from a training step or an evaluation. */
const rollout = z.object({
  documentKey: z.string(),
  tier: z.enum(TIERS).nullable(),
  maskFraction: z.number().nullable(),
  promptText: z.string(),
  thinkingText: z.string(),
  answerText: z.string(),
  truthText: z.string(),
  thinkingLength: z.number().int(),
  completionLength: z.number().int(),
  budget: z.number().nullable(),
  truncated: z.boolean(),
});

export const sample = rollout.extend({
  promptIndex: z.number().int(),
  generationIndex: z.number().int(),
  reward: z.number(),
  /** Reward parts by name. */
  rewards: z.record(z.string(), z.number()),
  advantage: z.number(),
});
export type Sample = z.infer<typeof sample>;

/**
 * How an evaluation's numbers were made. Two evaluations can be compared only when all of this is equal;
 * `itemsHash` stands for the prompts themselves.
 */
export const evaluationProtocol = z.object({
  task: z.enum(['next-token', 'restoration', 'question']),
  mode: z.enum(['direct', 'thinking']),
  temperature: z.number(),
  topK: z.number(),
  topP: z.number(),
  minP: z.number(),
  /** Budget named in the prompt; 0 names none. */
  promptBudget: z.number(),
  /** Exact thinking length enforced while sampling, or null. */
  forcedBudget: z.number().nullable(),
  maxThinkingTokens: z.number(),
  maxAnswerTokens: z.number(),
  samplesPerItem: z.number(),
  seed: z.number(),
  itemsHash: z.string(),
});
export type EvaluationProtocol = z.infer<typeof evaluationProtocol>;

export const evaluationItem = rollout.extend({
  itemKey: z.string(),
  sampleIndex: z.number().int(),
  /** 1 or 0 for next-token and question items; the edit score for restoration. */
  score: z.number(),
  scores: z.record(z.string(), z.number()),
});
export type EvaluationItem = z.infer<typeof evaluationItem>;

/** Any number: `z.number()` would refuse the NaN of a run that broke, which is what its owner must see. */
const metricValue = z.custom<number>((value) => typeof value === 'number', { message: 'must be a number' });

export const fromTrainer = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), version: z.number(), pid: z.number(), node: z.string() }),
  z.object({ kind: z.literal('heartbeat'), rssBytes: z.number(), engineBytes: z.number().nullable() }),
  z.object({ kind: z.literal('engine'), report: engineReport }),
  z.object({
    kind: z.literal('started'),
    totalSteps: z.number().int(),
    /** First step of this stretch: 0, or the step resumed from. */
    fromStep: z.number().int(),
    parameters: z.number().int(),
    flopsPerToken: z.number(),
  }),
  z.object({ kind: z.literal('paused') }),
  z.object({ kind: z.literal('resumed') }),
  /** Preparatory or evaluation work with a known end; training reports by metrics. */
  z.object({ kind: z.literal('progress'), label: z.string(), done: z.number(), total: z.number() }),
  /** Values at the end of a step. `step` counts finished steps, from 1. NaN and infinities are recorded too. */
  z.object({ kind: z.literal('metrics'), step: z.number().int(), values: z.record(z.string(), metricValue) }),
  z.object({ kind: z.literal('samples'), step: z.number().int(), samples: z.array(sample) }),
  z.object({
    kind: z.literal('checkpoint'),
    step: z.number().int(),
    folder: z.string(),
    final: z.boolean(),
    parameters: z.number().int(),
    bytes: z.number().int(),
    sha256: z.string(),
    tokenizerSha256: z.string(),
    vocabSize: z.number().int(),
    tokenizerKind: z.enum(['bpe', 'words']),
  }),
  z.object({
    kind: z.literal('entropy'),
    corpusSha256: z.string(),
    checkpointSha256: z.string(),
    path: z.string(),
    positions: z.number().int(),
    easyUpTo: z.number(),
    hardAbove: z.number(),
  }),
  z.object({
    kind: z.literal('evaluation'),
    protocol: evaluationProtocol,
    items: z.array(evaluationItem),
    last: z.boolean(),
  }),
  z.object({ kind: z.literal('notice'), text: z.string() }),
  z.object({ kind: z.literal('finished'), outcome: z.enum(['finished', 'stopped']) }),
  z.object({ kind: z.literal('failed'), error: userError }),
]);
export type FromTrainer = z.infer<typeof fromTrainer>;

/** The checkpoint message without its tag, for those who write checkpoints. */
export type CheckpointRecord = Omit<Extract<FromTrainer, { kind: 'checkpoint' }>, 'kind'>;
