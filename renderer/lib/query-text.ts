/** The filter's text as clicks and completion change it. Pure; what it means is the workspace's to say. */

import { RUN_STATES } from '../../electron/contract/run.ts';
import { HOLDINGS, STANDINGS, type TableField } from '../../electron/contract/run-table.ts';
import { STAGE_NAMES } from '../../trainer/config/stages.ts';

const TERM = /[^\s"]*"(?:[^"\\]|\\.)*"[^\s]*|\S+/g;

/** Terms between spaces; what is in quotes stays together. */
function termsOf(query: string): string[] {
  return query.match(TERM) ?? [];
}

export function hasTerm(query: string, term: string): boolean {
  return termsOf(query).includes(term);
}

/** Puts a term in, or takes it out where it stands. */
export function toggleTerm(query: string, term: string): string {
  const terms = termsOf(query);
  return (terms.includes(term) ? terms.filter((one) => one !== term) : [...terms, term]).join(' ');
}

/** `field:value`, with quotes where the value needs them. */
export function termOf(field: string, value: string): string {
  const plain = /^[^\s()",*]+$/.test(value);
  return `${field}:${plain ? value : `"${value.replaceAll(/["\\]/g, '\\$&')}"`}`;
}

/** Asks for this value in place of any other one of the field; asked for again, for none. */
export function toggleValue(query: string, field: string, value: string): string {
  const term = termOf(field, value);
  if (hasTerm(query, term)) return toggleTerm(query, term);
  const others = termsOf(query).filter((one) => !one.startsWith(`${field}:`));
  return [...others, term].join(' ');
}

export interface Suggestion {
  /** The whole query with the suggestion in it. */
  readonly query: string;
  /** What it adds. */
  readonly text: string;
  readonly hint: string;
}

const STARTS: readonly (readonly [string, string])[] = [
  ['state:', 'waiting, at work or over'],
  ['stage:', 'of training'],
  ['tag:', 'that you gave'],
  ['is:', 'starred, active, a baseline …'],
  ['has:', 'notes, tags, evaluations …'],
  ['created>7d', 'in the last seven days'],
];

const MOST = 12;

/** What the last term could go on as. */
export function suggestions(
  query: string,
  fields: readonly TableField[],
  tags: readonly string[],
): Suggestion[] {
  const [, before = '', minus = '', word = ''] = /^(.*?[\s(]|)(-?)([^\s()"]*)$/s.exec(query) ?? [];
  if (query !== '' && !query.endsWith(before + minus + word)) return [];
  const make = (text: string, hint: string): Suggestion => ({ query: before + minus + text, text, hint });
  const colon = word.indexOf(':');
  if (colon > 0) {
    const field = word.slice(0, colon);
    const started = word.slice(colon + 1).toLowerCase();
    return valuesOf(field, tags)
      .filter((value) => value.toLowerCase().startsWith(started) && value.toLowerCase() !== started)
      .slice(0, MOST)
      .map((value) => make(`${termOf(field, value)} `, ''));
  }
  if (/[=<>!]/.test(word)) return [];
  if (word === '') return STARTS.map(([text, hint]) => make(text, hint));
  const known: Suggestion[] = [
    ...STARTS.filter(([text]) => text.startsWith(word)).map(([text, hint]) => make(text, hint)),
    ...fields
      .map((field) => ({ field, rank: rankOf(field, word.toLowerCase()) }))
      .filter(({ rank }) => rank < UNFIT)
      .sort((a, b) => a.rank - b.rank)
      .map(({ field: { name, label, kind } }) =>
        make(`${name}${kind === 'number' || kind === 'duration' || kind === 'time' ? '>' : ':'}`, label),
      ),
  ];
  const seen = new Set<string>();
  return known.filter(({ text }) => !seen.has(text) && seen.add(text)).slice(0, MOST);
}

const UNFIT = 9;
const SECTION_RANK = { run: 0, metrics: 1, evaluation: 2, settings: 3 } as const;

/** Names that begin with the word first; of equals, what runs have in common before their settings. */
function rankOf({ name, label, section }: TableField, word: string): number {
  const short = name.slice(name.indexOf('.') + 1).toLowerCase();
  const begins = short.startsWith(word) || name.toLowerCase().startsWith(word);
  const fits = begins || name.toLowerCase().includes(word) || label.toLowerCase().includes(word);
  return fits ? (begins ? 0 : 4) + SECTION_RANK[section] : UNFIT;
}

function valuesOf(field: string, tags: readonly string[]): readonly string[] {
  switch (field) {
    case 'state':
      return RUN_STATES;
    case 'stage':
      return STAGE_NAMES;
    case 'tag':
      return tags;
    case 'is':
      return STANDINGS;
    case 'has':
      return HOLDINGS;
    case 'origin':
      return ['trained', 'imported'];
    case 'starred':
      return ['true', 'false'];
    default:
      return [];
  }
}
