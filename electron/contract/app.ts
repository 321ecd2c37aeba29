import { z } from 'zod';
import { engineReport } from '../../trainer/engine-report.ts';
import { engineRequest } from '../../trainer/protocol.ts';
import { command, id, query } from './shapes.ts';

export const engineChoice = z.object({
  name: engineRequest.exclude(['auto']),
  available: z.boolean(),
  /** Why not, or what it would run on. */
  detail: z.string(),
  wayOut: z.string(),
});

const info = z.object({
  version: z.string(),
  workspace: z.string(),
  host: z.enum(['window', 'browser', 'terminal']),
  /** The engine the last job took and why; null before the first one. */
  engine: engineReport.nullable(),
  engineRequest,
  threads: z.number(),
  /** Runs that may wait at a time. */
  queueLimit: z.number(),
});
export type AppInfo = z.infer<typeof info>;

const diagnosis = z.object({
  checks: z.array(
    z.object({
      name: z.string(),
      state: z.enum(['ok', 'notice', 'problem']),
      detail: z.string(),
      wayOut: z.string().nullable(),
    }),
  ),
  engines: z.array(engineChoice),
});
export type Diagnosis = z.infer<typeof diagnosis>;

/** The sample project: its corpora and base, and the runs that lead to a finished comparison. */
const sampleProject = z.object({
  installed: z.boolean(),
  corpusId: id.nullable(),
  questionsId: id.nullable(),
  baseCheckpointId: id.nullable(),
  /** Ids of the walk's runs in order, once started. */
  runIds: z.array(id),
  /** Final checkpoints to compare once the runs are done. */
  checkpointIds: z.array(id),
});
export type SampleProject = z.infer<typeof sampleProject>;

export const appContract = {
  'app.info': query(z.object({}), info),
  'app.diagnose': query(z.object({}), diagnosis),
  'app.setEngine': command(z.object({ engineRequest, threads: z.number().int().min(0).max(256) }), info),
  'app.setQueueLimit': command(z.object({ queueLimit: z.number().int().min(1).max(10_000) }), info),
  'sample.get': query(z.object({}), sampleProject),
  'sample.install': command(z.object({ seed: z.number().int().min(0).default(0) }), sampleProject),
  /** Queues base evaluation, SFT, RMT, RLM and their evaluations. */
  'sample.start': command(z.object({ seed: z.number().int().min(0).default(0) }), sampleProject),
} as const;
