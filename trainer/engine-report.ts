import { z } from 'zod';

/** Which engine runs, and why not those that would have come before it. */
export const engineReport = z.object({
  name: z.string(),
  description: z.string(),
  rejected: z.array(z.object({ name: z.string(), reason: z.string(), wayOut: z.string() })),
});
export type EngineReportMessage = z.infer<typeof engineReport>;
