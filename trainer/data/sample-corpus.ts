/**
 * The sample corpus: "newest-first ledgers", a synthetic text in which thinking pays.
 *
 *     wed +3 ; tue -1 ; mon ^1 ; tom has 4 ; tom now 7 . mon now 5 .
 *
 * Entries come newest first, then the start value, then the final value, and half the time one earlier value; all
 * values modulo 10. Answers must be worked out from the far end of the text backwards, which a small model cannot do
 * in one pass but can when it writes the steps down. Operations are one word each and few, so that their randomness
 * (1.39 nats) stays below that of the answers (about 2.1): entropy then finds what is computable.
 *
 * The base is trained on one house style (sentences end with `.`); the documents it is mid-trained on are written in
 * another (they end with `:`), as real mid-training corpora differ from what a base has seen.
 */
import { DOMAIN, type Draws, drawsFor } from '../engine/random.ts';

const OPERATIONS = ['+3', '-1', '*3', '^1'] as const;
const NAMES = ['tom', 'ann', 'bob', 'sue'] as const;
const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const LETTERS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;
const EARLIER_VALUE_SHARE = 0.5;

function apply(value: number, operation: string): number {
  const operand = Number(operation.slice(1));
  const sign = operation[0];
  const result =
    sign === '+'
      ? value + operand
      : sign === '-'
        ? value - operand
        : sign === '*'
          ? value * operand
          : value ^ operand;
  return ((result % 10) + 10) % 10;
}

/** How sentences end: the base's own texts, or the documents of the sample project. */
export const HOUSE_STYLES = { base: '.', documents: ':' } as const;
export type HouseStyle = keyof typeof HOUSE_STYLES;

/**
 * Whose values a ledger tells: those of `known` ledgers are in every training text; `swapped` ones (a day owns, names
 * and then letters are the keys) follow the same rules in words that never stood in these places, and are only ever
 * evaluated on.
 */
export const FAMILIES = ['known', 'swapped'] as const;
export type Family = (typeof FAMILIES)[number];
const SWAPPED_KEYS = [...NAMES, ...LETTERS.slice(1)] as const;
/** Those that known ledgers, of up to six entries, hold. */
const SWAPPED_OWNERS = DAYS.slice(0, 6);

interface Cast {
  readonly owner: string;
  readonly keys: readonly string[];
  /** Whose final value is told. */
  readonly finalKey: string;
  /** Words before the start value. */
  readonly opening: readonly string[];
}

function drawCast(draws: Draws, family: Family, count: number): Cast {
  if (family === 'swapped') {
    const owner = draws.pick(SWAPPED_OWNERS);
    return { owner, keys: SWAPPED_KEYS, finalKey: owner, opening: [owner, 'has'] };
  }
  if (draws.uniform() < 0.5) {
    const owner = draws.pick(NAMES);
    return { owner, keys: DAYS, finalKey: owner, opening: [owner, 'has'] };
  }
  const keys = LETTERS.slice(1);
  return { owner: 'a', keys, finalKey: keys[count - 1]!, opening: ['let', 'a'] };
}

interface Entry {
  readonly key: string;
  /** null for the start value. */
  readonly operation: string | null;
  readonly value: number;
}

export interface Ledger {
  readonly words: readonly string[];
  /** Indices of the words that have to be worked out; the first is the final value. */
  readonly answers: readonly number[];
  /** Oldest first: the start, then each entry. */
  readonly entries: readonly Entry[];
  /** Index of the first word after the start value's sentence. */
  readonly startEnd: number;
}

/** A ledger of `minEntries` to `maxEntries` entries. */
export function drawLedger(
  draws: Draws,
  minEntries: number,
  maxEntries: number,
  style: HouseStyle = 'base',
  family: Family = 'known',
): Ledger {
  const stop = HOUSE_STYLES[style];
  const count = draws.between(minEntries, maxEntries);
  const { owner, keys, finalKey, opening } = drawCast(draws, family, count);
  let value = draws.between(1, 4);
  const start = [...opening, String(value), ';'];
  const entries: Entry[] = [{ key: owner, operation: null, value }];
  for (let i = 0; i < count; i++) {
    const operation = draws.pick(OPERATIONS);
    value = apply(value, operation);
    entries.push({ key: keys[i]!, operation, value });
  }
  const words: string[] = [];
  for (let i = count; i >= 1; i--) words.push(entries[i]!.key, entries[i]!.operation!, ';');
  words.push(...start);
  const startEnd = words.length;
  words.push(finalKey, 'now');
  const answers = [words.length];
  words.push(String(value), stop);
  if (draws.uniform() < EARLIER_VALUE_SHARE) {
    const earlier = draws.between(1, count - 1);
    words.push(keys[earlier - 1]!, 'now');
    answers.push(words.length);
    words.push(String(entries[earlier]!.value), stop);
  }
  return { words, answers, entries, startEnd };
}

export const TRACE_STYLES = ['verbose', 'medium', 'mixed', 'concise', 'filler'] as const;
export type TraceStyle = (typeof TRACE_STYLES)[number];
export type StyleMix = Readonly<Partial<Record<TraceStyle, number>>>;
const FILLERS = ['hmm', 'wait', 'so'] as const;
const MAX_TRACE_WORDS = 72;

/**
 * Worked thinking for predicting word `position`: every step from the start value on, in one of several styles,
 * with a share `slip` of wrong steps; before the start value is known there is nothing to work out, so it recites.
 */
export function drawTrace(
  draws: Draws,
  ledger: Ledger,
  position: number,
  styles: StyleMix,
  slip: number,
): string[] {
  const style = TRACE_STYLES[draws.weighted(TRACE_STYLES.map((name) => styles[name] ?? 0))]!;
  if (style === 'filler') {
    return ['hmm', ...Array.from({ length: draws.between(3, 24) }, () => draws.pick(FILLERS))];
  }
  if (position + 1 < ledger.startEnd) {
    const seen = ledger.words.slice(0, position).filter((word) => word !== ';');
    return (style === 'concise' ? seen.slice(-1) : seen).slice(0, MAX_TRACE_WORDS);
  }
  const conciseShare = style === 'mixed' ? draws.uniform() : null;
  const words: string[] = [];
  let current = 0;
  for (const { key, operation, value } of ledger.entries) {
    let now = operation === null ? value : apply(current, operation);
    if (operation !== null && draws.uniform() < slip) now = (now + (draws.uniform() < 0.5 ? 1 : 9)) % 10;
    const stepStyle = conciseShare === null ? style : draws.uniform() < conciseShare ? 'concise' : 'verbose';
    if (stepStyle === 'verbose') {
      if (operation === null) words.push(key, ':', String(now), ';');
      else words.push(key, operation, ':', String(current), operation, '=', String(now), ';');
      if (draws.uniform() < 0.2) words.push(draws.pick(FILLERS));
    } else if (stepStyle === 'medium') {
      if (operation === null) words.push(key, String(now), ';');
      else words.push(key, String(current), operation, '=', String(now), ';');
    } else {
      words.push(key, String(now));
    }
    current = now;
  }
  return words.slice(0, MAX_TRACE_WORDS);
}

const RANDOM_BUDGETS = [4, 6, 8, 10, 12, 16, 20, 24, 32, 48, 64] as const;

function budgetWord(draws: Draws, length: number): string {
  const u = draws.uniform();
  if (u < 0.5) return '<b?>';
  if (u >= 0.75) return `<b${draws.pick(RANDOM_BUDGETS)}>`;
  const nearest = RANDOM_BUDGETS.reduce((best, b) =>
    Math.abs(b - length) < Math.abs(best - length) ? b : best,
  );
  return `<b${nearest}>`;
}

/** What the base sees: plain ledgers, worked predictions and worked restorations. */
export interface BaseMixture {
  readonly styles: StyleMix;
  readonly thinkShare: number;
  readonly fillShare: number;
  /** Of the restorations: share whose span can be worked out (after the start value, holding an answer). */
  readonly computedSpanShare: number;
  /** Of the worked predictions: share made at an answer. */
  readonly answerShare: number;
  readonly slip: number;
}

const BASE_ENTRIES = [2, 6] as const;

/** One training text of the base, special tokens spelled out. */
export function drawBaseExample(draws: Draws, mixture: BaseMixture): string {
  const ledger = drawLedger(draws, ...BASE_ENTRIES);
  const u = draws.uniform();
  if (u < mixture.thinkShare) {
    const position =
      draws.uniform() < mixture.answerShare
        ? draws.pick(ledger.answers)
        : draws.between(1, ledger.words.length - 1);
    const trace = drawTrace(draws, ledger, position, mixture.styles, mixture.slip);
    return [
      ...ledger.words.slice(0, position),
      budgetWord(draws, trace.length),
      '<think>',
      ...trace,
      '</think>',
      ledger.words[position]!,
    ].join(' ');
  }
  if (u < mixture.thinkShare + mixture.fillShare) {
    const { start, length } = drawSpan(draws, ledger, draws.uniform() < mixture.computedSpanShare);
    const trace = drawTrace(draws, ledger, ledger.words.length, mixture.styles, mixture.slip);
    return [
      ...ledger.words.slice(0, start),
      '<mask>',
      ...ledger.words.slice(start + length),
      '<fill>',
      budgetWord(draws, trace.length),
      '<think>',
      ...trace,
      '</think>',
      ...ledger.words.slice(start, start + length),
    ].join(' ');
  }
  return ledger.words.join(' ');
}

function drawSpan(draws: Draws, ledger: Ledger, computed: boolean): { start: number; length: number } {
  const count = ledger.words.length;
  const longest = Math.max(1, Math.floor(0.3 * count));
  for (;;) {
    const length = draws.between(1, longest);
    const start = computed ? draws.between(ledger.startEnd, count - 1) : draws.below(count - length + 1);
    if (start + length > count) continue;
    if (!computed || ledger.answers.some((at) => at >= start && at < start + length))
      return { start, length };
  }
}

/** Training texts of the base. */
export function baseExamples(seed: number, count: number, mixture: BaseMixture): string[] {
  return Array.from({ length: count }, (_, i) =>
    drawBaseExample(drawsFor(seed, DOMAIN.corpus, i, 1), mixture),
  );
}

export interface SampleQuestion {
  readonly question: string;
  readonly answer: string;
}

export interface SampleCorpus {
  /** Ledgers of 4 to 6 entries, without any thinking. */
  readonly documents: string[];
  /** The same kind of ledger up to its final value, other draws. */
  readonly questions: SampleQuestion[];
}

const ENTRIES = [4, 6] as const;
export const DOCUMENTS = 6000;
export const QUESTIONS = 2000;

/** Deterministic in `seed`. Documents and questions are drawn apart. */
export function sampleCorpus(
  seed: number,
  documents = DOCUMENTS,
  questions = QUESTIONS,
  style: HouseStyle = 'documents',
  family: Family = 'known',
): SampleCorpus {
  return {
    documents: Array.from({ length: documents }, (_, i) =>
      drawLedger(drawsFor(seed, DOMAIN.corpus, i, 2), ...ENTRIES, style, family).words.join(' '),
    ),
    questions: Array.from({ length: questions }, (_, i) => {
      const ledger = drawLedger(drawsFor(seed, DOMAIN.corpus, i, 3), ...ENTRIES, style, family);
      const at = ledger.answers[0]!;
      return { question: ledger.words.slice(0, at).join(' '), answer: ledger.words[at]! };
    }),
  };
}
