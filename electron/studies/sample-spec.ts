/** Which texts of the sample project's generator a corpus holds. Equal specifications give equal corpora. */
import { z } from 'zod';
import { sampleBaseSettings } from '../../trainer/config/sample.ts';
import { DOCUMENTS, FAMILIES, HOUSE_STYLES, QUESTIONS } from '../../trainer/data/sample-corpus.ts';

export const SAMPLE_KINDS = ['documents', 'questions', 'base-texts'] as const;
type SampleKind = (typeof SAMPLE_KINDS)[number];

export const sampleSpec = z.strictObject({
  /** Ledgers, questions about ledgers, or the worked texts the sample base was pre-trained on. */
  sample: z.enum(SAMPLE_KINDS),
  seed: z.number().int().min(0).default(0),
  /** Texts drawn; a longer corpus begins as a shorter one does. */
  count: z.number().int().min(1).max(1_000_000).optional(),
  style: z.enum(Object.keys(HOUSE_STYLES) as [keyof typeof HOUSE_STYLES]).default('documents'),
  family: z.enum(FAMILIES).default('known'),
  /** All of it is validation split, so that nothing can be trained on it. */
  heldOut: z.boolean().default(false),
});
export type SampleSpec = z.output<typeof sampleSpec>;

/** Seeds from here on are the test's: nothing is trained or tuned on them. */
export const HELD_OUT_SEED = 1000;

const COUNTS: Readonly<Record<SampleKind, number>> = {
  documents: DOCUMENTS,
  questions: QUESTIONS,
  'base-texts': sampleBaseSettings.maxSteps * sampleBaseSettings.documentsPerStep,
};

export function sampleCount(spec: SampleSpec): number {
  return spec.count ?? COUNTS[spec.sample];
}

const NAMES: Readonly<Record<SampleKind, string>> = {
  documents: 'Ledgers',
  questions: 'Ledger questions',
  'base-texts': 'Base texts',
};

/** A corpus's name: what it holds, and how it departs from the sample project's own. */
export function sampleName(spec: SampleSpec): string {
  return [
    NAMES[spec.sample],
    ...(spec.family === 'swapped' ? ['other family'] : []),
    ...(spec.style === 'base' ? ['base’s style'] : []),
    ...(spec.heldOut ? ['held out'] : []),
    ...(sampleCount(spec) === COUNTS[spec.sample] ? [] : [`${sampleCount(spec)} drawn`]),
    ...(spec.seed === 0 ? [] : [`seed ${spec.seed}`]),
  ].join(', ');
}
