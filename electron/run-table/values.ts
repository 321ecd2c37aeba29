/** Written values as numbers, times and durations, and their tests. Pure. */
import type { FieldKind } from '../contract/run-table.ts';
import { invalid, type Operator, type Written } from './query.ts';

const SECOND_MS = 1000;
const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: SECOND_MS,
  m: 60 * SECOND_MS,
  min: 60 * SECOND_MS,
  h: 3600 * SECOND_MS,
  d: 24 * 3600 * SECOND_MS,
  w: 7 * 24 * 3600 * SECOND_MS,
};
const FACTORS: Readonly<Record<string, number>> = {
  k: 1e3,
  K: 1e3,
  M: 1e6,
  G: 1e9,
  B: 1e9,
  T: 1e12,
  '%': 0.01,
};

const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)([kKMGBT%]?)$/i;
const DURATION = /^(\d+\.?\d*|\.\d+)(ms|s|min|m|h|d|w)?$/;
const DATE = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2}))?)?)?$/;

/** Half-open: `from` belongs to it, `to` does not. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** 0.5, 1e-3, 10k, 2M, 50%; null for anything else. */
export function parseNumber(text: string): number | null {
  const match = NUMBER.exec(text);
  if (!match) return null;
  return Number(match[1]) * (FACTORS[match[2]!] ?? 1);
}

/** 90s, 1.5h, 2d; a plain number is seconds. @returns milliseconds, or null */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text);
  return match ? Number(match[1]) * (UNIT_MS[match[2] ?? 's'] ?? Number.NaN) : null;
}

/**
 * A time as the span it names, in local time: a year, a month, a day, a minute; `today`, `yesterday`; `7d`, which
 * is the moment seven days before `nowMs`.
 */
export function parseTime(text: string, nowMs: number): Span | null {
  const day = (ms: number, days: number): number => {
    const date = new Date(ms);
    return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
  };
  if (text === 'today') return { from: day(nowMs, 0), to: day(nowMs, 1) };
  if (text === 'yesterday') return { from: day(nowMs, -1), to: day(nowMs, 0) };
  const ago = parseDuration(text.replace(/^-/, ''));
  if (ago !== null && /[a-z]$/.test(text)) return { from: nowMs - ago, to: nowMs - ago };
  const match = DATE.exec(text);
  if (!match) return null;
  const [year, month, date, hour, minute] = match
    .slice(1)
    .map((part) => (part === undefined ? null : Number(part)));
  const at = (y: number, m: number, d: number): number => new Date(y, m, d).getTime();
  if (month == null) return { from: at(year!, 0, 1), to: at(year! + 1, 0, 1) };
  if (date == null) return { from: at(year!, month - 1, 1), to: at(year!, month, 1) };
  if (hour == null) return { from: at(year!, month - 1, date), to: at(year!, month - 1, date + 1) };
  const from = new Date(year!, month - 1, date, hour, minute ?? 0).getTime();
  return { from, to: from + UNIT_MS.m! };
}

type Test = (value: number | string | boolean) => boolean;

const EXAMPLES: Readonly<Record<FieldKind, string>> = {
  number: '0.5, 1e-3, 10k or 50%',
  time: '2026-01-31, today, yesterday or 7d (seven days ago)',
  duration: '90s, 30min, 1.5h or 2d',
  boolean: 'true or false',
  text: 'a word; * stands for anything',
  tags: 'a tag; * stands for anything',
};

const near = (a: number, b: number): boolean => Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b));

/** What a test needs to know of a field. */
export interface Comparable {
  readonly name: string;
  readonly kind: FieldKind;
  /** Whether `:` asks for the whole word, as of states and tags, rather than a part of it. */
  readonly wholeWords?: boolean;
}

/** The test of one value of a field. @throws AppError InvalidQuery */
export function valueTest(
  { name: field, kind, wholeWords = false }: Comparable,
  operator: Operator,
  written: Written,
  nowMs: number,
): Test {
  const refuse = (): never => {
    throw invalid(written.at, `“${written.text}” is not a value of ${field}.`, `Use ${EXAMPLES[kind]}.`);
  };
  if (kind === 'text' || kind === 'tags') return textTest(field, operator, written, wholeWords);
  if (kind === 'boolean') {
    if (written.text !== 'true' && written.text !== 'false') return refuse();
    const wanted = written.text === 'true';
    return (value) => value === wanted;
  }
  const spanOf = (text: string): Span | null => {
    if (kind === 'time') return parseTime(text, nowMs);
    const number = kind === 'number' ? parseNumber(text) : parseDuration(text);
    return number === null ? null : { from: number, to: number };
  };
  const range = /^(.*?)\.\.(.*)$/.exec(written.text);
  if (range && (operator === ':' || operator === '=' || operator === '!=')) {
    const from = range[1] === '' ? { from: Number.NEGATIVE_INFINITY } : spanOf(range[1]!);
    const to = range[2] === '' ? { to: Number.POSITIVE_INFINITY } : spanOf(range[2]!);
    if (!from || !to) return refuse();
    return (value) => Number(value) >= from.from && Number(value) <= to.to;
  }
  const span = spanOf(written.text);
  if (!span) return refuse();
  const { from, to } = span;
  switch (operator) {
    case '>':
      return (value) => Number(value) >= to && !near(Number(value), to);
    case '>=':
      return (value) => Number(value) >= from || near(Number(value), from);
    case '<':
      return (value) => Number(value) < from && !near(Number(value), from);
    case '<=':
      return (value) => (to > from ? Number(value) < to : Number(value) <= to || near(Number(value), to));
    case ':':
    case '=':
    case '!=':
      return (value) => (to > from ? Number(value) >= from && Number(value) < to : near(Number(value), from));
    default:
      return operator satisfies never;
  }
}

/** `:` finds the text anywhere, `=` the whole of it; case does not matter. */
function textTest(
  field: string,
  operator: Operator,
  { text, quoted, at }: Written,
  wholeWords: boolean,
): Test {
  if (operator !== ':' && operator !== '=' && operator !== '!=') {
    throw invalid(
      at,
      `${field} is a word, which is neither more nor less.`,
      `Use ${field}:${text} or ${field}=${text}.`,
    );
  }
  const wanted = text.toLowerCase();
  if (!quoted && wanted.includes('*')) {
    const pattern = wanted.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const whole = new RegExp(`^${pattern.join('.*')}$`, 's');
    return (value) => whole.test(String(value).toLowerCase());
  }
  if (operator === ':' && !wholeWords) return (value) => String(value).toLowerCase().includes(wanted);
  return (value) => String(value).toLowerCase() === wanted;
}
