/** Reads one file of an import: unpacks, checks, parses, and hands its documents on. */
import { isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { CorpusFile } from '../contract/corpora.ts';
import { codeOf, messageOf } from '../errors.ts';
import { formatOf, SUPPORTED } from './formats.ts';
import { FileProblem, problemLog } from './problems.ts';
import { csvTaker, type Fields, jsonLinesParser, jsonParser } from './records.ts';
import type { SourceFile } from './sources.ts';
import { type Parser, type ParserEvents, type SplitOn, textParser } from './text.ts';

const READ_BYTES = 2 ** 20;
const SNIFFED_BYTES = 8192;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

export interface ReadOptions {
  readonly splitOn: SplitOn;
  readonly fields: Fields;
  /** @returns false for a duplicate */
  readonly add: (text: Buffer) => boolean;
  /** Bytes of the file read so far, packed as it is. */
  readonly onProgress: (bytesDone: number) => void;
}

/** Never rejects for what is wrong with the file: that is in its `error`. Documents before the fault are kept. */
export async function readCorpusFile(source: SourceFile, options: ReadOptions): Promise<CorpusFile> {
  const { format, gzip, ending } = formatOf(source.path);
  const problems = problemLog();
  let documents = 0;
  let duplicates = 0;
  const events: ParserEvents = {
    onDocument(text) {
      if (options.add(text)) documents++;
      else duplicates++;
    },
    onProblem: problems.add,
  };
  try {
    if (source.problem !== null) throw new FileProblem('UnreadableFile', source.problem);
    if (format === null) {
      throw new FileProblem('UnsupportedFormat', `.${ending} files are not read; use ${SUPPORTED}`);
    }
    if (format === 'text' && options.fields.kind === 'questions') {
      throw new FileProblem('UnsupportedFormat', 'questions need records: use .jsonl, .json or .csv');
    }
    const chunks = readChunks(source.path, gzip, options.onProgress);
    if (format === 'csv') await readCsv(chunks, options.fields, events);
    else await readWith(chunks, parserOf(format, options, events));
  } catch (error) {
    problems.add(fileProblem(error));
  }
  const { shownPath: path, bytes } = source;
  return { path, format: ending, bytes, documents, duplicates, error: problems.result() };
}

function parserOf(format: 'text' | 'jsonl' | 'json', options: ReadOptions, events: ParserEvents): Parser {
  switch (format) {
    case 'text':
      return textParser(options.splitOn, events);
    case 'jsonl':
      return jsonLinesParser(options.fields, events);
    case 'json':
      return jsonParser(options.fields, events);
    default:
      return format satisfies never;
  }
}

async function readWith(chunks: AsyncIterable<Buffer>, parser: Parser): Promise<void> {
  for await (const chunk of chunks) parser.push(chunk);
  parser.end();
}

/** The unpacked bytes, without a byte order mark. @throws FileProblem BinaryFile, BadEncoding */
async function* readChunks(
  path: string,
  gzip: boolean,
  onProgress: (bytesDone: number) => void,
): AsyncGenerator<Buffer> {
  const file = createReadStream(path, { highWaterMark: READ_BYTES });
  const unpacked = gzip ? createGunzip({ chunkSize: READ_BYTES }) : null;
  const stream = unpacked ?? file;
  if (unpacked) {
    file.on('error', (error) => unpacked.destroy(error));
    file.pipe(unpacked);
  }
  let isFirst = true;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      onProgress(file.bytesRead);
      const bytes = isFirst ? withoutMark(chunk) : chunk;
      if (isFirst) refuseBinary(bytes);
      isFirst = false;
      if (bytes.length > 0) yield bytes;
    }
  } finally {
    file.destroy();
    unpacked?.destroy();
  }
}

function withoutMark(chunk: Buffer): Buffer {
  const [first, second] = chunk;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)) {
    throw new FileProblem('BadEncoding', 'the text is UTF-16: save it as UTF-8');
  }
  return chunk.subarray(0, BOM.length).equals(BOM) ? chunk.subarray(BOM.length) : chunk;
}

function refuseBinary(chunk: Buffer): void {
  if (chunk.subarray(0, SNIFFED_BYTES).includes(0)) {
    throw new FileProblem('BinaryFile', 'this is a binary file, not text');
  }
}

/** Rows of a table; a malformed row is left out, and the next ones go on. */
async function readCsv(chunks: AsyncIterable<Buffer>, fields: Fields, events: ParserEvents): Promise<void> {
  const { parse: csvParse } = await import('csv-parse');
  const take = csvTaker(fields, events);
  const parser = csvParse({
    bom: true,
    columns: true,
    info: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip(error) {
      const line = error && 'lines' in error && typeof error.lines === 'number' ? error.lines : null;
      events.onProblem(
        new FileProblem('MalformedRecord', error ? messageOf(error) : 'the row is malformed', line),
      );
      return undefined;
    },
  });
  await pipeline(utf8Only(chunks), parser, async (rows: AsyncIterable<unknown>) => {
    for await (const row of rows) {
      const { record, info } = row as { record: Record<string, string>; info: { lines: number } };
      take(record, info.lines);
    }
  });
}

/** @throws FileProblem BadEncoding; characters cut by a chunk's end are put together */
async function* utf8Only(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  let line = 1;
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const end = wholeCharacters(bytes);
    const whole = bytes.subarray(0, end);
    if (!isUtf8(whole)) throw new FileProblem('BadEncoding', 'the text is not valid UTF-8', line);
    rest = Buffer.from(bytes.subarray(end));
    for (let at = whole.indexOf(0x0a); at !== -1; at = whole.indexOf(0x0a, at + 1)) line++;
    yield whole;
  }
  if (rest.length > 0) throw new FileProblem('BadEncoding', 'the text ends inside a character', line);
}

/** Length without a multi-byte character that the end cuts short. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function fileProblem(error: unknown): FileProblem {
  if (error instanceof FileProblem) return error;
  const code = codeOf(error);
  if (code.startsWith('Z_')) {
    return new FileProblem('DamagedGzip', `the file is not a whole gzip file: ${messageOf(error)}`);
  }
  if (code.startsWith('CSV_')) return new FileProblem('MalformedRecord', messageOf(error));
  if (/^E[A-Z]+$/.test(code)) return new FileProblem('UnreadableFile', messageOf(error));
  throw error;
}
