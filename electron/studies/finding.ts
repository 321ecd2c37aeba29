/** What is found of a claim before it is judged. Pure. */
import type { StudyUnit } from '../contract/studies.ts';
import { limits, quantity } from '../contract/study-text.ts';
import { withInterval } from '../statistics/crossed.ts';
import type { Summary } from './answers.ts';
import type { Source } from './observe.ts';

/** Seeds of a trained run from which on anything is decided. */
export const MIN_SEEDS = 3;

/** A claim before the correction: which way it points, and how surely. */
export interface Finding {
  readonly expectation: string;
  readonly what: string;
  readonly unit: StudyUnit;
  readonly effect: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided, against the bound that decides; null where nothing could be tested. */
  readonly p: number | null;
  /** Whether the effect lies on the side the claim expects. */
  readonly asExpected: boolean;
  /** Known to be smaller than what would count. */
  readonly negligible: boolean;
  readonly n: number;
  readonly items: number;
  readonly documents: number;
  readonly seeds: number;
  readonly notes: readonly string[];
}

export const minus = (x: number, y: number): number => x - y;

/** Seeds behind a comparison: given checkpoints need none. */
export function seedsNote(source: Source, subjects: readonly string[], seeds: number): string[] {
  const trained = subjects.some((subject) => source.plan.runs.some(({ id }) => id === subject));
  if (!trained || seeds >= MIN_SEEDS) return [];
  const had = seeds === 1 ? 'One seed is' : `${seeds} seeds are`;
  return [`${had} too few to speak of others: three are needed for a verdict.`];
}

export interface Head {
  readonly expectation: string;
  readonly what: string;
  readonly unit: StudyUnit;
}

export function nothing(head: Head, why: string): Finding {
  return {
    ...head,
    effect: null,
    low: null,
    high: null,
    p: null,
    asExpected: false,
    negligible: false,
    n: 0,
    items: 0,
    documents: 0,
    seeds: 0,
    notes: [`Not tested: ${why}.`],
  };
}

export const counts = ({ items, documents, seeds }: Summary) => ({
  items,
  documents,
  seeds,
  n: Math.max(1, items) * seeds,
});

export function intervalText(summary: Summary, unit: StudyUnit): string {
  const { mean, low, high } = withInterval(summary);
  const points = unit === 'share' ? ' points' : '';
  return `${quantity(mean, unit)} ${limits({ low, high }, unit)}`.trimEnd() + points;
}
