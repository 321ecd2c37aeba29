/** From the answers of evaluations to means over seeds and documents. Pure. */
import { crossedMean, type MeanWithSpread } from '../statistics/crossed.ts';
import { passAtK } from '../statistics/pass-at-k.ts';

/** The questions of an evaluation; evaluations of the same questions share one. */
export interface ItemLayout {
  /** Equal for equal questions. */
  readonly key: string;
  /** Number of the document each item is from. */
  readonly documents: Int32Array;
  /** 0 easy, 1 medium, 2 hard; −1 where items have none. */
  readonly tiers: Int8Array;
}

/** One checkpoint's score for each item. */
export interface Answers {
  readonly layout: ItemLayout;
  readonly values: Float64Array;
}

/** What is stored of one answer. */
export interface AnswerRow {
  readonly itemKey: string;
  readonly documentKey: string;
  readonly tier: string | null;
  readonly score: number;
  /** JSON: scores by name. */
  readonly scores: string;
  readonly thinkingLength: number;
  readonly truncated: number;
}

const TIER_NAMES = ['easy', 'medium', 'hard'];

/** @param rows by item */
export function layoutOf(key: string, rows: readonly AnswerRow[]): ItemLayout {
  const documents: number[] = [];
  const tiers: number[] = [];
  const numbers = new Map<string, number>();
  let item: string | null = null;
  for (const row of rows) {
    if (row.itemKey === item) continue;
    item = row.itemKey;
    const number = numbers.get(row.documentKey) ?? numbers.size;
    numbers.set(row.documentKey, number);
    documents.push(number);
    tiers.push(row.tier === null ? -1 : TIER_NAMES.indexOf(row.tier));
  }
  return { key, documents: Int32Array.from(documents), tiers: Int8Array.from(tiers) };
}

/** One number for each item from its samples; null where the answers were not scored so. @param rows by item */
export function valuesOf(rows: readonly AnswerRow[], value: string): Float64Array | null {
  const score = scorer(value);
  const values: number[] = [];
  for (let from = 0; from < rows.length; ) {
    let to = from + 1;
    while (to < rows.length && rows[to]!.itemKey === rows[from]!.itemKey) to++;
    const one = score(rows.slice(from, to));
    if (one === null) return null;
    values.push(one);
    from = to;
  }
  return Float64Array.from(values);
}

type Scorer = (samples: readonly AnswerRow[]) => number | null;

function scorer(value: string): Scorer {
  const mean =
    (of: (row: AnswerRow) => number): Scorer =>
    (samples) =>
      samples.reduce((sum, row) => sum + of(row), 0) / samples.length;
  // A right answer has a score of 1.
  const isRight = (row: AnswerRow): number => Number(row.score === 1);
  if (value === 'accuracy') return mean(isRight);
  if (value === 'length') return mean((row) => row.thinkingLength);
  if (value === 'truncated') return mean((row) => row.truncated);
  const k = /^pass@(\d+)$/.exec(value)?.[1];
  if (k !== undefined) {
    return (samples) => {
      if (Number(k) > samples.length) return null;
      const right = samples.reduce((sum, row) => sum + isRight(row), 0);
      return passAtK(samples.length, right, Number(k));
    };
  }
  return (samples) => {
    let sum = 0;
    for (const row of samples) {
      const scores: unknown = JSON.parse(row.scores);
      const one = typeof scores === 'object' && scores !== null && Reflect.get(scores, value);
      if (typeof one !== 'number') return null;
      sum += one;
    }
    return sum / samples.length;
  };
}

export type TierChoice = 'all' | 'easy' | 'medium' | 'hard' | 'average';

/** The items a choice takes in, in groups whose means are averaged alike. */
function groupsOf({ tiers }: ItemLayout, choice: TierChoice): number[][] {
  const all = Array.from(tiers, (_, i) => i);
  if (choice === 'all') return [all];
  const ofTier = (tier: number): number[] => all.filter((i) => tiers[i] === tier);
  if (choice === 'average') return [0, 1, 2].map(ofTier).filter((group) => group.length > 0);
  return [ofTier(TIER_NAMES.indexOf(choice))];
}

export interface Summary extends MeanWithSpread {
  readonly items: number;
  readonly documents: number;
  readonly seeds: number;
}

/**
 * The mean over items, documents and seeds being random: each document's cell is C times its share of the mean,
 * linearised at the groups' means, so that documents with more items weigh more and a mean of ratios is treated as one
 * (W. G. Cochran, “Sampling Techniques”, §6: the ratio estimator; as in the clustered intervals).
 * @param vectors one a seed, all of the layout's items; at least one
 * @returns null where the choice takes in no item
 */
export function meanOver(
  layout: ItemLayout,
  choice: TierChoice,
  vectors: readonly Float64Array[],
): Summary | null {
  const groups = groupsOf(layout, choice);
  if (groups.length === 0 || groups.some((group) => group.length === 0)) return null;
  const means = groups.map(
    (group) =>
      vectors.reduce((sum, vector) => sum + group.reduce((s, i) => s + vector[i]!, 0) / group.length, 0) /
      vectors.length,
  );
  const mean = means.reduce((sum, value) => sum + value, 0) / groups.length;
  const columns = new Map<number, number>();
  for (const group of groups) {
    for (const i of group) {
      const document = layout.documents[i]!;
      if (!columns.has(document)) columns.set(document, columns.size);
    }
  }
  const cells = vectors.map((vector) => {
    const row = new Float64Array(columns.size).fill(mean);
    groups.forEach((group, g) => {
      const weight = columns.size / (groups.length * group.length);
      for (const i of group) row[columns.get(layout.documents[i]!)!]! += weight * (vector[i]! - means[g]!);
    });
    return row;
  });
  return {
    ...crossedMean(cells),
    items: groups.reduce((sum, group) => sum + group.length, 0),
    documents: columns.size,
    seeds: vectors.length,
  };
}

export function combine(
  a: Float64Array,
  b: Float64Array,
  with_: (x: number, y: number) => number,
): Float64Array {
  return a.map((value, i) => with_(value, b[i]!));
}

export function meanVector(vectors: readonly Float64Array[]): Float64Array {
  return vectors[0]!.map((_, i) => vectors.reduce((sum, vector) => sum + vector[i]!, 0) / vectors.length);
}
