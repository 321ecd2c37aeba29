/** What a run is. Apart from what is asked about runs, which the table of runs does not wait for. */
import { z } from 'zod';
import { STAGE_NAMES } from '../../trainer/config/stages.ts';
import { engineReport } from '../../trainer/engine-report.ts';
import { id, milliseconds } from './shapes.ts';

export const RUN_STATES = [
  'queued',
  'running',
  'pausing',
  'paused',
  'stopping',
  'stopped',
  'finished',
  'failed',
  'interrupted',
] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Where a run's weights come from: a checkpoint, or the final checkpoint of a run that may still be queued. */
export const runBase = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('checkpoint'), checkpointId: id }),
  z.object({ kind: z.literal('run'), runId: id }),
]);
export type RunBase = z.infer<typeof runBase>;

export const run = z.object({
  id,
  name: z.string(),
  stage: z.enum(STAGE_NAMES),
  state: z.enum(RUN_STATES),
  /** Why it failed, was interrupted or stopped. */
  reason: z.string().nullable(),
  step: z.number(),
  totalSteps: z.number().nullable(),
  createdAtMs: milliseconds,
  startedAtMs: milliseconds.nullable(),
  endedAtMs: milliseconds.nullable(),
  /** Time spent training or evaluating, over all stretches. */
  durationMs: z.number(),
  /** Estimated time left, from the recent rate. */
  remainingMs: z.number().nullable(),
  corpusId: id.nullable(),
  corpusName: z.string().nullable(),
  questionsId: id.nullable(),
  questionsName: z.string().nullable(),
  base: runBase.nullable(),
  baseName: z.string().nullable(),
  seed: z.number(),
  parameters: z.number().nullable(),
  engine: engineReport.nullable(),
  /** Place in the queue, from 1; null once it left it. */
  queuePosition: z.number().nullable(),
  progress: z.object({ label: z.string(), done: z.number(), total: z.number() }).nullable(),
  /** Newest values of the metrics the table shows. */
  latest: z.record(z.string(), z.number()),
  /** `imported`: recorded elsewhere and read from its logs; it has no settings, checkpoints or samples. */
  origin: z.enum(['trained', 'imported']),
  /** In alphabetical order. */
  tags: z.array(z.string()),
  notes: z.string(),
  starred: z.boolean(),
  /** Put away: left out of tables unless asked for. */
  archived: z.boolean(),
  sweep: z.object({ id, name: z.string() }).nullable(),
  /** The other run's checkpoint that it went on from; `checkpointId` is null once that was purged. */
  forkedFrom: z.object({ checkpointId: id.nullable(), name: z.string(), step: z.number() }).nullable(),
  /** The run whose record it repeats exactly. */
  againOf: id.nullable(),
});
export type Run = z.infer<typeof run>;
