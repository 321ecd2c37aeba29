/** What was removed, until it is purged. */
import { z } from 'zod';
import { command, id, milliseconds, query } from './shapes.ts';

const what = z.enum(['run', 'checkpoint', 'corpus']);

const removed = z.object({
  what,
  id,
  name: z.string(),
  removedAtMs: milliseconds,
  /** When it is purged with its files. */
  purgeAtMs: milliseconds,
});

export const trashContract = {
  'trash.list': query(z.object({}), z.array(removed)),
  'trash.restore': command(
    z.object({ items: z.array(z.object({ what, id })).min(1).max(10_000) }),
    z.object({}),
  ),
  /** Ends what was removed for good, with its files: these, or all. */
  'trash.purge': command(
    z.object({ items: z.array(z.object({ what, id })).max(10_000).nullable().default(null) }),
    z.object({ purged: z.number() }),
  ),
  /** Days that what was removed is kept. */
  'trash.keepDays': query(z.object({}), z.object({ keepDays: z.number() })),
  'trash.setKeepDays': command(
    z.object({ keepDays: z.number().int().min(0).max(3650) }),
    z.object({ keepDays: z.number() }),
  ),
} as const;
