/**
 * Shards: how a corpus lies on disk. `NAME.txt` holds the documents' UTF-8 texts end to end; `NAME.idx` holds a
 * 16-byte header (magic, version, count) and 16 bytes a document: end offset (float64) and the first 8 bytes of the
 * text's SHA-256, which is the document's key. A shard is written once and never changed.
 */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import type { ShardReference } from '../protocol.ts';

const MAGIC = 0x4d544958; // "MTIX"
const VERSION = 1;
const HEADER_BYTES = 16;
const ENTRY_BYTES = 16;

const DIGEST_BYTES = 32;

/**
 * The bytes of an `.idx` file.
 * @param ends offset just past each document's last byte in `.txt`
 * @param digests the documents' SHA-256 digests one after another
 */
export function encodeShardIndex(ends: readonly number[], digests: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + ends.length * ENTRY_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC);
  view.setUint32(4, VERSION);
  view.setFloat64(8, ends.length);
  ends.forEach((end, i) => {
    const at = HEADER_BYTES + i * ENTRY_BYTES;
    view.setFloat64(at, end);
    for (let byte = 0; byte < 8; byte++) bytes[at + 8 + byte] = digests[i * DIGEST_BYTES + byte]!;
  });
  return bytes;
}

export interface Document {
  /** 16 hexadecimal digits: the first 8 bytes of the text's SHA-256. */
  readonly key: string;
  readonly text: string;
}

export interface DocumentReader {
  readonly count: number;
  /** Random access; `index` runs over all shards in order. */
  document(index: number): Document;
  /** Size of a document's text without reading it. */
  bytesOf(index: number): number;
  close(): void;
}

/** @throws if an index is damaged or does not fit its text file */
export function openShards(shards: readonly ShardReference[]): DocumentReader {
  const opened = shards.map((shard) => {
    const index = readFileSync(`${shard.path}.idx`);
    const view = new DataView(index.buffer, index.byteOffset, index.byteLength);
    if (index.byteLength < HEADER_BYTES || view.getUint32(0) !== MAGIC || view.getUint32(4) !== VERSION) {
      throw new Error(`${shard.path}.idx is not a shard index`);
    }
    const count = view.getFloat64(8);
    if (index.byteLength !== HEADER_BYTES + count * ENTRY_BYTES || count !== shard.documents) {
      throw new Error(`${shard.path}.idx is damaged: it should list ${shard.documents} documents`);
    }
    return { view, count, file: openSync(`${shard.path}.txt`, 'r') };
  });
  const total = opened.reduce((sum, shard) => sum + shard.count, 0);
  const locate = (
    index: number,
  ): { shard: (typeof opened)[number]; start: number; end: number; at: number } => {
    let within = index;
    for (const shard of opened) {
      if (within < shard.count) {
        const at = HEADER_BYTES + within * ENTRY_BYTES;
        const start = within === 0 ? 0 : shard.view.getFloat64(at - ENTRY_BYTES);
        return { shard, start, end: shard.view.getFloat64(at), at };
      }
      within -= shard.count;
    }
    throw new RangeError(`document ${index} of ${total}`);
  };
  return {
    count: total,
    document(index) {
      const { shard, start, end, at } = locate(index);
      const bytes = Buffer.alloc(end - start);
      readSync(shard.file, bytes, 0, bytes.length, start);
      const hash = Buffer.from(shard.view.buffer, shard.view.byteOffset + at + 8, 8);
      return { key: hash.toString('hex'), text: bytes.toString('utf8') };
    },
    bytesOf(index) {
      const { start, end } = locate(index);
      return end - start;
    },
    close() {
      for (const shard of opened) closeSync(shard.file);
    },
  };
}
