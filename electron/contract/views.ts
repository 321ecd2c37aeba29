/** Saved views. */
import { z } from 'zod';
import { command, id, query } from './shapes.ts';

const view = z.object({
  id,
  name: z.string(),
  /** The page's address with its query, as a link holds it: `/runs?query=…`. */
  path: z.string(),
  createdAtMs: z.number(),
});
export type SavedView = z.infer<typeof view>;

export const viewsContract = {
  'views.list': query(z.object({}), z.array(view)),
  /** With the id of a view it is renamed or changed, else a new one is made. */
  'views.save': command(
    z.object({
      viewId: id.nullable().default(null),
      name: z.string().trim().min(1).max(100),
      path: z.string().startsWith('/').max(8000),
    }),
    view,
  ),
  'views.remove': command(z.object({ viewId: id }), z.object({})),
} as const;
