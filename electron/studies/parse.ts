/** From a study file's text to a checked study; what is wrong is told with its line. Pure. */
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { type Study, study } from './declaration.ts';
import type { Problem } from './problem.ts';

const SHOWN_PROBLEMS = 6;
const FORMAT = 'docs/studies.md tells the format; the files in assets/studies are examples.';

export interface ParsedStudy {
  readonly study: Study;
  /** Turns problems found later, by their paths, into an error that names the file's lines. */
  readonly error: (problems: readonly Problem[]) => AppError;
}

/**
 * @param file its name, for messages
 * @throws AppError StudyInvalid
 */
export function parseStudy(text: string, file: string): ParsedStudy {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const fault = document.errors[0];
  if (fault) {
    const { line } = lines.linePos(fault.pos[0]);
    throw new AppError('StudyInvalid', `${file}, line ${line}: this is no YAML: ${fault.message}.`, FORMAT);
  }

  /** The line where a value stands, or the nearest thing around it that is there. */
  function lineOf(path: readonly PropertyKey[]): number {
    for (let length = path.length; length >= 0; length--) {
      const node: unknown = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const range = rangeOf(node);
      if (range) return lines.linePos(range[0]).line;
    }
    return 1;
  }

  const error = (problems: readonly Problem[]): AppError => {
    const shown = problems.slice(0, SHOWN_PROBLEMS).map(({ path, message }) => {
      const place = path.length === 0 ? '' : `${path.map(String).join('.')}: `;
      return `${file}, line ${lineOf(path)}: ${place}${message}`;
    });
    const more = problems.length > shown.length ? `\n… and ${problems.length - shown.length} more.` : '';
    return new AppError(
      'StudyInvalid',
      `${shown.join('\n')}${more}`,
      problems.find(({ wayOut }) => wayOut !== undefined)?.wayOut ?? FORMAT,
    );
  };

  const parsed = study.safeParse(document.toJS());
  if (!parsed.success) throw error(parsed.error.issues.flatMap(problemOf));
  return { study: parsed.data, error };
}

function rangeOf(node: unknown): readonly [number, number, number] | null {
  if (typeof node !== 'object' || node === null || !('range' in node)) return null;
  const { range } = node;
  return Array.isArray(range) ? (range as [number, number, number]) : null;
}

function problemOf(issue: z.core.$ZodIssue): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here.' }));
  }
  return [{ path: issue.path, message: `${plain(issue.message)}.` }];
}

/** zod's message as it fits behind a name. */
function plain(message: string): string {
  return message
    .replace(/^Invalid input: expected (\w+), received undefined$/, 'is missing (a $1 belongs here)')
    .replace(/^Invalid input: expected (.*), received (.*)$/, 'must be $1, not $2')
    .replace(/^Invalid (option|input): /, '');
}
