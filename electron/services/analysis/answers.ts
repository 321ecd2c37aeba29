/** The answers of whole evaluations as columns, kept for whoever asks again, and set side by side by item. */
import type { Tier } from '../../../trainer/protocol.ts';
import type { Interval } from '../../contract/shapes.ts';
import type { AnswerColumn, EvaluationReads, SeldomColumn } from '../../db/evaluations.ts';
import { numbersByName } from '../../db/samples.ts';
import { meanInterval, proportionInterval } from '../../statistics/clustered.ts';

/** Every answer of an evaluation, ordered by item and sample. */
export interface Answers {
  readonly itemKeys: readonly string[];
  readonly sampleIndices: readonly number[];
  readonly documentKeys: readonly string[];
  readonly tiers: readonly (Tier | null)[];
  readonly lengths: readonly number[];
  readonly scores: readonly number[];
  /** Cut at the cap: 1 or 0. */
  readonly truncated: readonly number[];
  // Read when first asked for.
  readonly ids: () => readonly number[];
  readonly maskFractions: () => readonly (number | null)[];
  /** JSON of the scores by name. */
  readonly scoreTexts: () => readonly string[];
}

/** What is measured of an answer. A right answer has a score of 1. */
export type Outcome = 'correct' | 'thinkingLength' | 'truncated' | `score:${string}`;

type Texts = Readonly<Record<AnswerColumn, string>>;
interface Kept {
  readonly texts: Texts;
  readonly answers: Answers;
}

/** Checkpoints that were asked the same have equal columns, which are parsed once and kept once. */
function toAnswers(texts: Texts, read: (name: SeldomColumn) => string, others: readonly Kept[]): Answers {
  // Lists that SQLite made of typed columns.
  const column = <T>(name: AnswerColumn): readonly T[] => {
    const same = others.find((other) => other.texts[name] === texts[name]);
    return (same ? same.answers[name] : JSON.parse(texts[name])) as readonly T[];
  };
  const later = <T>(name: SeldomColumn): (() => readonly T[]) => {
    let values: readonly T[] | null = null;
    return () => {
      values ??= JSON.parse(read(name)) as readonly T[];
      return values;
    };
  };
  return {
    itemKeys: column('itemKeys'),
    sampleIndices: column('sampleIndices'),
    documentKeys: column('documentKeys'),
    tiers: column('tiers'),
    truncated: column('truncated'),
    scores: column('scores'),
    lengths: column('lengths'),
    ids: later('ids'),
    maskFractions: later('maskFractions'),
    scoreTexts: later('scoreTexts'),
  };
}

export type ReadAnswers = (evaluationKey: number) => Answers;

/** Reads an evaluation's answers, and keeps the most recently asked for: a complete evaluation never changes. */
export function cachedAnswers(
  evaluations: Pick<EvaluationReads, 'columns' | 'seldomColumn'>,
  maxRows: number,
): ReadAnswers {
  const kept = new Map<number, Kept>();
  let rows = 0;
  return (key) => {
    const known = kept.get(key);
    if (known) {
      kept.delete(key);
      kept.set(key, known);
      return known.answers;
    }
    const texts = evaluations.columns(key);
    const read = (name: SeldomColumn): string => evaluations.seldomColumn(key, name);
    const answers = toAnswers(texts, read, [...kept.values()]);
    kept.set(key, { texts, answers });
    rows += answers.itemKeys.length;
    for (const [oldest, other] of kept) {
      if (rows <= maxRows || oldest === key) break;
      kept.delete(oldest);
      rows -= other.answers.itemKeys.length;
    }
    return answers;
  };
}

const equal = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((key, i) => key === b[i]));

/** The value of each answer; NaN where it has no score of that name. */
function valuesOf(answers: Answers, outcome: Outcome): readonly number[] {
  switch (outcome) {
    case 'correct':
      return answers.scores.map((score) => Number(score === 1));
    case 'thinkingLength':
      return answers.lengths;
    case 'truncated':
      return answers.truncated;
    default: {
      const name = outcome.slice('score:'.length);
      return answers.scoreTexts().map((text) => numbersByName.parse(JSON.parse(text))[name] ?? Number.NaN);
    }
  }
}

/** Places of a tier's answers; of all for null. */
export function placesOf(answers: Answers, tier: Tier | null): number[] {
  const places: number[] = [];
  answers.tiers.forEach((own, i) => {
    if (tier === null || own === tier) places.push(i);
  });
  return places;
}

/** Share of right answers among these, clustered by document; null without any. */
export function accuracyOf(answers: Answers, places: readonly number[]): Interval | null {
  if (places.length === 0) return null;
  return proportionInterval(
    places.map((i) => Number(answers.scores[i] === 1)),
    places.map((i) => answers.documentKeys[i]!),
  );
}

/** Mean tokens of thinking of these answers, clustered by document; null without any. */
export function lengthOf(answers: Answers, places: readonly number[]): Interval | null {
  if (places.length === 0) return null;
  return meanInterval(
    places.map((i) => answers.lengths[i]!),
    places.map((i) => answers.documentKeys[i]!),
  );
}

/** Items that several evaluations answered, each with the mean over its samples in each of them. */
export interface Aligned {
  readonly itemKeys: readonly string[];
  readonly documentKeys: readonly string[];
  /** For each column asked for, in the items' order. */
  readonly columns: readonly Float64Array[];
  /** Whether each value is of one answer alone. */
  readonly single: boolean;
  /** Items that not all of them answered. */
  readonly leftOut: number;
}

interface ItemMeans {
  readonly means: ReadonlyMap<string, number>;
  readonly single: boolean;
}

/**
 * @param asked columns, each an outcome of an evaluation's answers
 * @param tier null takes all
 */
export function align(
  asked: readonly { readonly answers: Answers; readonly outcome: Outcome }[],
  tier: Tier | null,
): Aligned {
  const plain = alignPlainly(asked, tier);
  if (plain) return plain;
  const columns = asked.map(({ answers, outcome }) => itemMeans(answers, outcome, tier));
  const [first] = asked;
  const documents = new Map<string, string>();
  first?.answers.itemKeys.forEach((key, i) => {
    documents.set(key, first.answers.documentKeys[i]!);
  });
  const all = new Set(columns.flatMap(({ means }) => [...means.keys()]));
  const itemKeys = [...(columns[0]?.means.keys() ?? [])].filter((key) =>
    columns.every(({ means }) => means.has(key)),
  );
  return {
    itemKeys,
    documentKeys: itemKeys.map((key) => documents.get(key)!),
    columns: columns.map(({ means }) => Float64Array.from(itemKeys, (key) => means.get(key)!)),
    single: columns.every(({ single }) => single),
    leftOut: all.size - itemKeys.length,
  };
}

/** Where all answered the same items once each, as is usual, there is nothing to look up; null elsewhere. */
function alignPlainly(
  asked: readonly { readonly answers: Answers; readonly outcome: Outcome }[],
  tier: Tier | null,
): Aligned | null {
  const [first] = asked;
  if (!first) return null;
  const { itemKeys, documentKeys, tiers } = first.answers;
  const plain = asked.every(
    ({ answers, outcome }) =>
      !outcome.startsWith('score:') &&
      equal(answers.itemKeys, itemKeys) &&
      answers.sampleIndices.every((index) => index === 0),
  );
  if (!plain) return null;
  const places = tier === null ? null : tiers.flatMap((own, i) => (own === tier ? [i] : []));
  const at = <T>(values: readonly T[]): readonly T[] => (places ? places.map((i) => values[i]!) : values);
  return {
    itemKeys: at(itemKeys),
    documentKeys: at(documentKeys),
    columns: asked.map(({ answers, outcome }) => Float64Array.from(at(valuesOf(answers, outcome)))),
    single: true,
    leftOut: 0,
  };
}

function itemMeans(answers: Answers, outcome: Outcome, tier: Tier | null): ItemMeans {
  const values = valuesOf(answers, outcome);
  const means = new Map<string, number>();
  let single = true;
  // Answers of an item stand together.
  for (let from = 0; from < values.length; ) {
    const key = answers.itemKeys[from]!;
    let to = from;
    let sum = 0;
    while (answers.itemKeys[to] === key) sum += values[to++]!;
    const mean = sum / (to - from);
    if (to - from > 1) single = false;
    if (!Number.isNaN(mean) && (tier === null || answers.tiers[from] === tier)) means.set(key, mean);
    from = to;
  }
  return { means, single };
}
