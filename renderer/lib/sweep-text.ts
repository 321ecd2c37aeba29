/** A sweep that is being set up, as an address holds it. */
import { z } from 'zod';

const sweepDraft = z.object({
  kind: z.enum(['grid', 'random']),
  axes: z.array(z.object({ setting: z.string(), values: z.string() })).max(10),
  seeds: z.string(),
  count: z.number().int().min(1).max(10_000),
});
export type SweepDraft = z.infer<typeof sweepDraft>;

export const EMPTY_SWEEP: SweepDraft = { kind: 'grid', axes: [], seeds: '', count: 10 };

export function sweepToText(sweep: SweepDraft | null): string | null {
  return sweep && JSON.stringify(sweep);
}

export function sweepFromText(text: string | null): SweepDraft | null {
  if (text === null) return null;
  try {
    return sweepDraft.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
