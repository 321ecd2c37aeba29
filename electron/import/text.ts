/** Plain text and Markdown: a file as one document, or cut at blank lines or at lines that hold only `%`. */
import { isUtf8 } from 'node:buffer';
import type { ResolvedInput } from '../contract.ts';
import { MAX_RECORD_BYTES } from './lines.ts';
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
const PERCENT = 0x25;

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

/** What holds for all bytes at hand, so that it need not be asked of each document. */
interface Known {
  readonly unicode: boolean;
  /** Lines end with \n alone. */
  readonly unix: boolean;
}

/** Finds documents in the bytes as they were read; only a document cut by a chunk's end is put together. */
function partsParser(splitOn: Exclude<SplitOn, 'file'>, { onDocument, onProblem }: ParserEvents): Parser {
  const isEnd = splitOn === 'blank-line' ? isBlank : isPercent;
  /** Pieces of the unfinished document; all but the last line of it are looked through. */
  let pieces: Buffer[] = [];
  let bytes = 0;
  /** Of them that are looked through: whole lines. */
  let seen = 0;
  /** Lines before the unfinished document, and of it. */
  let linesBefore = 0;
  let lines = 0;

  /** @param is what is known of all the bytes */
  function give(all: Buffer, from: number, to: number, is: Known): void {
    let end = to;
    while (end > from && all[end - 1]! <= SPACE) end--;
    if (end === from) return;
    const document = all.subarray(from, end);
    if (is.unicode || isUtf8(document)) {
      onDocument(is.unix ? document : unixLineEnds(document));
      return;
    }
    const line = linesBefore + lineOfBadUtf8(document);
    onProblem(new FileProblem('BadEncoding', 'the text is not valid UTF-8', line));
  }

  /** Gives the documents that end in these bytes, which begin with the unfinished one. @returns where the next begins */
  function takeDocuments(all: Buffer): number {
    const lastLine = all.lastIndexOf(NEWLINE);
    const known = { unicode: isUtf8(all.subarray(0, lastLine + 1)), unix: !all.includes(RETURN) };
    let start = 0;
    let at = seen;
    for (let end = all.indexOf(NEWLINE, at); end !== -1; end = all.indexOf(NEWLINE, at)) {
      lines++;
      const ends = isEnd(all, at, end);
      if (ends || end + 1 - start > MAX_DOCUMENT_BYTES) {
        give(all, start, ends ? at : end, known);
        start = end + 1;
        linesBefore += lines;
        lines = 0;
      }
      at = end + 1;
    }
    seen = at - start;
    return start;
  }

  return {
    push(chunk) {
      pieces.push(chunk);
      bytes += chunk.length;
      if (bytes - seen > MAX_RECORD_BYTES && !chunk.includes(NEWLINE)) {
        const line = linesBefore + lines + 1;
        throw new FileProblem('RecordTooLong', 'the line is longer than 64 MiB', line);
      }
      if (!chunk.includes(NEWLINE)) return;
      const all = pieces.length === 1 ? chunk : Buffer.concat(pieces);
      const rest = all.subarray(takeDocuments(all));
      pieces = rest.length > 0 ? [rest] : [];
      bytes = rest.length;
    },
    end() {
      if (bytes === 0) return;
      const all = Buffer.concat(pieces);
      const isEmpty = isEnd(all, seen, all.length);
      give(all, 0, isEmpty ? seen : all.length, { unicode: false, unix: false });
    },
  };
}

/** Whether a line holds nothing that can be seen. */
function isBlank(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i]! > SPACE) return false;
  return true;
}

/** Whether a line is a % alone, with nothing but blanks after it. */
function isPercent(bytes: Buffer, from: number, to: number): boolean {
  return bytes[from] === PERCENT && from < to && isBlank(bytes, from + 1, to);
}
