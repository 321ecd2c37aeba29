import { z } from 'zod';
import { command, id, query } from './shapes.ts';

/** Runs that lead from a corpus to a comparison: a base, SFT, RMT and RLM from it, each evaluated on the same items. */
const walk = z.object({
  /** In the order they run; removed ones are left out. */
  runIds: z.array(id),
  /** The base and each final checkpoint there is, to compare. */
  checkpointIds: z.array(id),
});
export type Walk = z.infer<typeof walk>;

export const walksContract = {
  /** Null where none was started on this corpus. */
  'walks.get': query(z.object({ corpusId: id }), walk.nullable()),
  /** Queues the walk: the base is pre-trained on the corpus first. One that was started with this seed is given back. */
  'walks.start': command(z.object({ corpusId: id, seed: z.number().int().min(0).default(0) }), walk),
} as const;
