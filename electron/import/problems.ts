import type { CorpusFile } from '../contract/corpora.ts';

export type FileProblemName =
  | 'BinaryFile'
  | 'BadEncoding'
  | 'DamagedGzip'
  | 'MalformedRecord'
  | 'MissingField'
  | 'RecordTooLong'
  | 'UnreadableFile'
  | 'UnsupportedFormat';

/** Why a file, or part of it, was left out. */
export class FileProblem extends Error {
  override readonly name: FileProblemName;
  /** 1-based, where it applies. */
  readonly line: number | null;

  constructor(name: FileProblemName, reason: string, line: number | null = null) {
    super(reason);
    this.name = name;
    this.line = line;
  }
}

/** Gathers what went wrong with one file: the first problem in full, and how many followed. */
export function problemLog(): {
  add: (problem: FileProblem) => void;
  result: () => CorpusFile['error'];
} {
  let first: FileProblem | null = null;
  let more = 0;
  return {
    add(problem) {
      if (first) more++;
      else first = problem;
    },
    result() {
      if (!first) return null;
      const { name, message, line } = first;
      const rest = more === 0 ? '' : ` (${more} more left out after it)`;
      return { name, reason: message + rest, line };
    },
  };
}
