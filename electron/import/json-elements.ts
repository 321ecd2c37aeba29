import { MAX_RECORD_BYTES } from './lines.ts';
import { FileProblem } from './problems.ts';
import type { Parser } from './text.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const SPACE = 0x20;

/**
 * Finds the elements of a top-level JSON list, or the one top-level value, in a stream of bytes, without holding more
 * than one element. Elements are handed on unparsed, with the line each starts on; what is not JSON within them is
 * the receiver's to find.
 * @throws FileProblem RecordTooLong; MalformedRecord if brackets do not fit or the file ends inside a value
 */
export function jsonElements(onElement: (bytes: Buffer, line: number) => void): Parser {
  let line = 1;
  let startLine = 1;
  let depth = 0;
  let inString = false;
  let escaped = false;
  /** null before the first byte that tells. */
  let isList: boolean | null = null;
  let closed = false;
  let parts: Buffer[] = [];
  let partsBytes = 0;

  const startsElement = (): boolean => partsBytes === 0;

  function give(last: Buffer): void {
    const bytes = partsBytes === 0 ? last : Buffer.concat([...parts, last]);
    parts = [];
    partsBytes = 0;
    if (bytes.some((byte) => byte > SPACE)) onElement(bytes, startLine);
  }

  return {
    push(chunk) {
      /** Start of the current element's bytes in this chunk; −1 outside elements. */
      let from = startsElement() ? -1 : 0;
      for (let at = 0; at < chunk.length; at++) {
        const byte = chunk[at]!;
        if (byte === NEWLINE) line++;
        if (inString) {
          if (escaped) escaped = false;
          else if (byte === BACKSLASH) escaped = true;
          else if (byte === QUOTE) inString = false;
          continue;
        }
        if (byte <= SPACE) continue;
        if (closed) throw new FileProblem('MalformedRecord', 'there is more after the end of the list', line);
        if (isList === null) {
          isList = byte === OPEN_LIST;
          if (isList) {
            depth = 1;
            continue;
          }
        }
        const elementDepth = isList ? 1 : 0;
        if (isList && depth === 1 && (byte === COMMA || byte === CLOSE_LIST)) {
          if (from !== -1) give(chunk.subarray(from, at));
          from = -1;
          closed = byte === CLOSE_LIST;
          continue;
        }
        if (from === -1) {
          from = at;
          startLine = line;
        }
        if (byte === QUOTE) inString = true;
        else if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth++;
        else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
          depth--;
          if (depth < elementDepth)
            throw new FileProblem('MalformedRecord', 'a bracket closes nothing', line);
        }
      }
      if (from === -1) return;
      parts.push(chunk.subarray(from));
      partsBytes += chunk.length - from;
      if (partsBytes > MAX_RECORD_BYTES) {
        throw new FileProblem('RecordTooLong', 'the record is longer than 64 MiB', startLine);
      }
    },
    end() {
      if (isList === null) return;
      if (isList ? !closed : depth > 0 || inString) {
        throw new FileProblem('MalformedRecord', 'the file ends inside a list or record', startLine);
      }
      if (!isList) give(Buffer.alloc(0));
    },
  };
}
