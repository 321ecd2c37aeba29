/** Records (JSON Lines, JSON, CSV) and what is taken from them. */
import { isUtf8 } from 'node:buffer';
import { canonicalJson } from '../canonical-json.ts';
import { messageOf } from '../errors.ts';
import { jsonElements } from './json-elements.ts';
import { lineSplitter } from './lines.ts';
import { FileProblem } from './problems.ts';
import type { Parser, ParserEvents } from './text.ts';

/** Which fields hold what. */
export type Fields =
  | { readonly kind: 'documents'; readonly textField: string }
  | { readonly kind: 'questions'; readonly questionField: string; readonly answerField: string };

const MAX_NAMES = 12;

/**
 * A record's document. Questions are kept as canonical JSON {"answer","question"}.
 * @param line of the record, for the message
 * @throws FileProblem MissingField, MalformedRecord
 */
export function documentOf(record: unknown, fields: Fields, line: number): string {
  if (fields.kind === 'documents') {
    return typeof record === 'string' ? record : fieldOf(record, fields.textField, line);
  }
  const question = fieldOf(record, fields.questionField, line);
  const answer = fieldOf(record, fields.answerField, line);
  return canonicalJson({ question, answer });
}

function fieldOf(record: unknown, name: string, line: number): string {
  if (typeof record !== 'object' || record === null || Array.isArray(record)) {
    throw new FileProblem('MalformedRecord', 'the record is not an object with fields', line);
  }
  const value: unknown = Object.entries(record).find(([field]) => field === name)?.[1];
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value === undefined) {
    const names = Object.keys(record);
    const shown = names.slice(0, MAX_NAMES).join(', ') + (names.length > MAX_NAMES ? ' …' : '');
    const there = names.length === 0 ? 'it has no fields' : `its fields are ${shown}`;
    throw new FileProblem('MissingField', `there is no field “${name}”; ${there}`, line);
  }
  const kind = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object';
  throw new FileProblem('MalformedRecord', `the field “${name}” is ${kind}, not text`, line);
}

/** Hands on a record's document, or says why it cannot. */
function take(events: ParserEvents, fields: Fields, line: number, parse: () => unknown): void {
  try {
    const text = documentOf(parse(), fields, line);
    if (text.trim() !== '') events.onDocument(Buffer.from(text));
  } catch (error) {
    events.onProblem(
      error instanceof FileProblem ? error : new FileProblem('MalformedRecord', messageOf(error), line),
    );
  }
}

function parseJson(bytes: Buffer, line: number): unknown {
  if (!isUtf8(bytes)) throw new FileProblem('BadEncoding', 'the text is not valid UTF-8', line);
  return JSON.parse(bytes.toString('utf8'));
}

/** One JSON value a line; blank lines are skipped. */
export function jsonLinesParser(fields: Fields, events: ParserEvents): Parser {
  return lineSplitter((bytes, line) => {
    if (bytes.every((byte) => byte <= 0x20)) return;
    take(events, fields, line, () => parseJson(bytes, line));
  });
}

/** A list of records, or a single one. */
export function jsonParser(fields: Fields, events: ParserEvents): Parser {
  return jsonElements((bytes, line) => take(events, fields, line, () => parseJson(bytes, line)));
}

/** The rows of a table whose first row names the columns. */
export function csvTaker(
  fields: Fields,
  events: ParserEvents,
): (record: Readonly<Record<string, string>>, line: number) => void {
  return (record, line) => take(events, fields, line, () => record);
}
