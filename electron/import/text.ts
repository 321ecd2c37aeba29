/** Plain text and Markdown: a file as one document, or cut at blank lines or at lines that hold only `%`. */
import { isUtf8 } from 'node:buffer';
import type { ResolvedInput } from '../contract.ts';
import { lineSplitter } from './lines.ts';
import { FileProblem } from './problems.ts';

export type SplitOn = ResolvedInput<'corpora.import'>['splitOn'];

/** Takes a file's bytes piece by piece. */
export interface Parser {
  push(chunk: Buffer): void;
  end(): void;
}

export interface ParserEvents {
  /** A document's text in UTF-8. */
  readonly onDocument: (bytes: Buffer) => void;
  /** A part was left out; the rest goes on. */
  readonly onProblem: (problem: FileProblem) => void;
}

/** A longer text is cut at a line end, so that memory stays bounded; trainers cut documents much shorter anyway. */
const MAX_DOCUMENT_BYTES = 8 * 2 ** 20;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;

/** Lines of a document end with \n, and none of its last lines is blank. */
export function textParser(splitOn: SplitOn, events: ParserEvents): Parser {
  return splitOn === 'file' ? wholeParser(events) : partsParser(splitOn, events);
}

function wholeParser({ onDocument, onProblem }: ParserEvents): Parser {
  let chunks: Buffer[] = [];
  let bytes = 0;
  /** Lines before the gathered ones. */
  let linesBefore = 0;

  function give(piece: Buffer): void {
    const firstBad = isUtf8(piece) ? null : lineOfBadUtf8(piece);
    if (firstBad !== null) {
      onProblem(new FileProblem('BadEncoding', 'the text is not valid UTF-8', linesBefore + firstBad));
    } else {
      const text = trimEnd(unixLineEnds(piece));
      if (text.length > 0) onDocument(text);
    }
  }

  return {
    push(chunk) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes < MAX_DOCUMENT_BYTES) return;
      const all = Buffer.concat(chunks);
      const cut = lastBoundary(all);
      const piece = all.subarray(0, cut);
      give(piece);
      linesBefore += count(piece, NEWLINE);
      chunks = [all.subarray(cut)];
      bytes = all.length - cut;
    },
    end() {
      if (bytes > 0) give(Buffer.concat(chunks));
    },
  };
}

/** Just past the last line end, or, in a text without any, just before the last character. */
function lastBoundary(bytes: Buffer): number {
  const line = bytes.lastIndexOf(NEWLINE);
  if (line !== -1) return line + 1;
  let at = bytes.length - 1;
  while (at > 0 && (bytes[at]! & 0xc0) === 0x80) at--;
  return at;
}

function unixLineEnds(bytes: Buffer): Buffer {
  if (!bytes.includes(RETURN)) return bytes;
  const result = Buffer.alloc(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === RETURN && bytes[i + 1] === NEWLINE) continue;
    result[length++] = bytes[i]!;
  }
  return result.subarray(0, length);
}

/** Without blank lines at the end, nor the last line's end. */
function trimEnd(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1]! <= SPACE) end--;
  return bytes.subarray(0, end);
}

function count(bytes: Buffer, wanted: number): number {
  let found = 0;
  for (let at = bytes.indexOf(wanted); at !== -1; at = bytes.indexOf(wanted, at + 1)) found++;
  return found;
}

/** 1-based. */
function lineOfBadUtf8(bytes: Buffer): number {
  let from = 0;
  for (let line = 1; ; line++) {
    const end = bytes.indexOf(NEWLINE, from);
    if (end === -1 || !isUtf8(bytes.subarray(from, end))) return line;
    from = end + 1;
  }
}

function partsParser(splitOn: Exclude<SplitOn, 'file'>, { onDocument, onProblem }: ParserEvents): Parser {
  let lines: Buffer[] = [];
  let bytes = 0;
  let bad: FileProblem | null = null;

  function give(): void {
    const text = trimEnd(joinLines(lines, bytes));
    if (bad) onProblem(bad);
    else if (text.length > 0) onDocument(text);
    lines = [];
    bytes = 0;
    bad = null;
  }

  const ends =
    splitOn === 'blank-line' ? isBlank : (line: Buffer) => line.toString('latin1').trimEnd() === '%';
  const splitter = lineSplitter((line, number) => {
    if (ends(line)) {
      give();
      return;
    }
    if (!isUtf8(line)) bad ??= new FileProblem('BadEncoding', 'the text is not valid UTF-8', number);
    lines.push(line);
    bytes += line.length + 1;
    if (bytes > MAX_DOCUMENT_BYTES) give();
  });
  return {
    push: splitter.push,
    end() {
      splitter.end();
      give();
    },
  };
}

const isBlank = (line: Buffer): boolean => line.every((byte) => byte <= SPACE);

function joinLines(lines: readonly Buffer[], bytes: number): Buffer {
  const joined = Buffer.alloc(bytes, NEWLINE);
  let at = 0;
  for (const line of lines) {
    line.copy(joined, at);
    at += line.length + 1;
  }
  return joined;
}
