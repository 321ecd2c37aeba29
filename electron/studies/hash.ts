/** What decides a run's result, as one hash: runs with equal hashes need not be done twice. Pure. */
import type { StageName } from '../../trainer/config/stages.ts';
import { hashOf } from '../canonical-json.ts';

/** Weights: a checkpoint by its content, or what made it and at which step. */
export type WeightsKey =
  | { readonly checkpoint: string }
  | { readonly run: string; readonly step: number | 'final' };

export interface RunContent {
  /** Another version may train otherwise. */
  readonly midtrain: string;
  readonly stage: StageName;
  /** Resolved, with the seed. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** SHA-256 of the corpora. */
  readonly documents: string | null;
  readonly questions: string | null;
  readonly base: WeightsKey | null;
  /** For evaluations. */
  readonly tiers: WeightsKey | null;
}

/**
 * The engine is left out: engines agree to rounding, and where a study ran partly on one and partly on another that is
 * recorded with its runs. So is the run's name, and all that only decides what is kept of it.
 */
export function contentHash({ settings, ...content }: RunContent): string {
  const { sampleSteps: _, ...deciding } = settings;
  return hashOf({ ...content, settings: deciding });
}
