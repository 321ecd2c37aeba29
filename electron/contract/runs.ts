import { z } from 'zod';
import { STAGE_NAMES } from '../../trainer/config/stages.ts';
import { sample } from '../../trainer/protocol.ts';
import { run, runBase } from './run.ts';
import { command, id, milliseconds, page, query } from './shapes.ts';
import { X_AXES } from './x-axes.ts';

export const runEvent = z.object({
  atMs: milliseconds,
  kind: z.string(),
  text: z.string(),
});
export type RunEvent = z.infer<typeof runEvent>;

/** Long arrays are looked through in one go: a parser for each number would hold up the page. */
const numbers = z.custom<number[]>(
  (value) => Array.isArray(value) && value.every((one) => typeof one === 'number'),
  { message: 'must be numbers' },
);
const numbersOrNone = z.custom<(number | null)[]>(
  (value) => Array.isArray(value) && value.every((one) => one === null || typeof one === 'number'),
  { message: 'must be numbers or null' },
);

const series = z.object({
  runId: id,
  name: z.string(),
  x: numbers,
  y: numbersOrNone,
  /** Lowest and highest value each point stands for, when sampled down; y is then their mean. */
  low: numbersOrNone.nullable(),
  high: numbersOrNone.nullable(),
  /** Points recorded. */
  total: z.number(),
  /** Of them NaN or infinite; these read null. */
  nonFinite: z.number(),
});
export type Series = z.infer<typeof series>;

/** What a chart asks of the metrics it draws. */
const chartQuery = z.object({
  runIds: z.array(id).min(1).max(1000),
  names: z.array(z.string()).min(1).max(100),
  x: z.enum(X_AXES).default('step'),
  /** A stretch of the x axis, sampled down anew; with the point before and after it, so that lines run to its ends. */
  range: z.object({ from: z.number(), to: z.number() }).nullable().default(null),
  /** `log`: points are spread for a logarithmic x axis. */
  spacing: z.enum(['even', 'log']).default('even'),
  maxPoints: z.number().int().min(3).max(10_000).default(1000),
  /** Whether points of a run that stand for several tell their lowest and highest: half of the answer. */
  ranges: z.boolean().default(true),
});

/** One metric over runs that differ in nothing but their seed. */
const band = z.object({
  name: z.string(),
  /** In the order they were asked for; one run has a band of itself. */
  runIds: z.array(id),
  x: numbers,
  mean: numbersOrNone,
  /** Lowest and highest run. */
  low: numbersOrNone,
  high: numbersOrNone,
  /** 95% interval of the mean over seeds by Student’s t; null where fewer than two runs reach. */
  intervalLow: numbersOrNone,
  intervalHigh: numbersOrNone,
  /** Runs behind each point: a run counts from its first to its last point. */
  n: numbers,
});
export type Band = z.infer<typeof band>;

export const storedSample = sample.extend({ id: z.number(), step: z.number() });
export type StoredSample = z.infer<typeof storedSample>;

export const newRun = z.object({
  stage: z.enum(STAGE_NAMES),
  name: z.string().max(200).nullable().default(null),
  settings: z.record(z.string(), z.unknown()).default({}),
  corpusId: id.nullable().default(null),
  questionsId: id.nullable().default(null),
  base: runBase.nullable().default(null),
  /** For an evaluation: whose entropies set the tiers; by default the root of the checkpoint's lineage. */
  tierReference: runBase.nullable().default(null),
});
export type NewRun = z.input<typeof newRun>;

const estimate = z.object({
  parameters: z.number(),
  steps: z.number(),
  tokensPerStep: z.number(),
  flops: z.number(),
  /** Of the trainer process at its largest, on the CPU kernels. */
  memoryBytes: z.number(),
  /** A sentence where another engine will be used, which that memory does not hold for. */
  memoryNote: z.string().nullable(),
  /** The largest model of usual proportions that fits into this machine's memory with the same work. */
  largestModel: z
    .object({ parameters: z.number(), hiddenSize: z.number(), numHiddenLayers: z.number() })
    .nullable(),
  durationS: z.object({ low: z.number(), high: z.number() }),
  /** What the time rests on: a measured run on this machine, or a general rate. */
  basis: z.string(),
});
export type Estimate = z.infer<typeof estimate>;

export const runsContract = {
  'runs.list': query(z.object({ includeEvaluations: z.boolean().default(true) }), z.array(run)),
  'runs.get': query(
    z.object({ runId: id }),
    z.object({
      run,
      settings: z.record(z.string(), z.unknown()),
      /** As it was asked for; null took the default (see `runs.create`). */
      tierReference: runBase.nullable(),
      events: z.array(runEvent),
      /** Last lines the trainer wrote, kept when it died. */
      lastOutput: z.string().nullable(),
      metricNames: z.array(z.string()),
      /** What is needed to run it again: versions, machine, hashes of corpora and base. */
      record: z.record(z.string(), z.unknown()),
    }),
  ),
  'runs.estimate': query(newRun, estimate),
  'runs.create': command(newRun, run),
  'runs.rename': command(z.object({ runId: id, name: z.string().min(1).max(200) }), run),
  'runs.pause': command(z.object({ runId: id }), run),
  /** Goes on with a paused run, or queues a stopped, failed or interrupted one again from its last checkpoint. */
  'runs.resume': command(z.object({ runId: id }), run),
  'runs.stop': command(z.object({ runId: id }), run),
  /** Until it is purged, `trash.restore` takes it back. */
  'runs.remove': command(z.object({ runId: id }), z.object({})),
  /** What any of these runs recorded, in alphabetical order. */
  'runs.metricNames': query(z.object({ runIds: z.array(id).min(1).max(1000) }), z.array(z.string())),
  'runs.metrics': query(chartQuery, z.array(series)),
  /** The same, runs that are equal but for their seed drawn together. */
  'runs.bands': query(chartQuery, z.array(band)),
  'runs.samples': query(
    z.object({ runId: id, step: z.number().nullable().default(null), ...page }),
    z.object({
      steps: z.array(z.number()),
      step: z.number().nullable(),
      total: z.number(),
      samples: z.array(storedSample),
    }),
  ),
} as const;
