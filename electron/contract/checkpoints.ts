import { z } from 'zod';
import { STAGE_NAMES } from '../../trainer/config/stages.ts';
import { command, id, milliseconds, query } from './shapes.ts';

export const checkpoint = z.object({
  id,
  name: z.string(),
  origin: z.enum(['run', 'sample', 'imported']),
  stage: z.enum(STAGE_NAMES).nullable(),
  runId: id.nullable(),
  runName: z.string().nullable(),
  /** The checkpoint its run started from. */
  parentId: id.nullable(),
  /** First checkpoint of its lineage: whose entropies set the tiers by default. */
  rootId: id,
  step: z.number(),
  final: z.boolean(),
  parameters: z.number(),
  vocabSize: z.number(),
  tokenizerSha256: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  createdAtMs: milliseconds,
  evaluations: z.number(),
});
export type Checkpoint = z.infer<typeof checkpoint>;

export const checkpointsContract = {
  'checkpoints.list': query(z.object({ finalOnly: z.boolean().default(false) }), z.array(checkpoint)),
  'checkpoints.rename': command(z.object({ checkpointId: id, name: z.string().min(1).max(200) }), checkpoint),
  'checkpoints.remove': command(z.object({ checkpointId: id }), z.object({})),
} as const;
