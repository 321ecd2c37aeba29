/** Writes a corpus: drops exact duplicates, divides it into train and validation, and lays it out in shards. */
import { createHash, type Hash, hash } from 'node:crypto';
import { close, fsync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodeShardIndex } from '../../trainer/data/shards.ts';
import type { ShardRow, Split } from '../db/corpora.ts';
import { keySet } from './key-set.ts';

const SHARD_BYTES = 64 * 2 ** 20;
const SHARD_DOCUMENTS = 250_000;
const WRITE_BYTES = 2 ** 20;
const DIGEST_BYTES = 32;
const FIRST_DIGESTS = 1024;

export interface StoredCorpus {
  readonly shards: readonly ShardRow[];
  readonly trainDocuments: number;
  readonly validationDocuments: number;
  readonly bytes: number;
  /** Over the documents' digests, train before validation, each in order. */
  readonly sha256: string;
}

export interface CorpusStore {
  /** @param text UTF-8. @returns false for a duplicate */
  add(text: Buffer): boolean;
  /** Writes what is left; resolves when all of it is durable. */
  finish(): Promise<StoredCorpus>;
}

interface Held {
  readonly text: Buffer;
  readonly digest: Buffer;
  readonly draw: number;
}

/**
 * A document is held out if the number its digest draws from [0, 1) is below `validationShare`: the same text always
 * lands on the same side, whatever else is imported. Only where that would leave a side empty that was to have a
 * share, one document changes sides: the one nearest to it.
 * @param folder empty and existing
 */
export function corpusStore(folder: string, validationShare: number): CorpusStore {
  mkdirSync(folder, { recursive: true });
  const seen = keySet();
  const writers = { train: splitWriter(folder, 'train'), validation: splitWriter(folder, 'validation') };
  /** The nearest to each other side, kept back while that side is empty. */
  const held: Record<Split, Held | null> = { train: null, validation: null };
  const other = { train: 'validation', validation: 'train' } as const;
  /** Of the document at hand: one buffer for all of them, since making one each would take longer than the digest itself. */
  const digest = Buffer.alloc(DIGEST_BYTES);

  function put(split: Split, { text, digest }: Held): void {
    writers[split].add(text, digest);
  }

  function place(split: Split, document: Held): void {
    const opposite = other[split];
    // A side that has documents of its own needs none from here.
    const oppositeIsServed =
      writers[opposite].count() > 0 ||
      held[opposite] !== null ||
      validationShare === (split === 'train' ? 0 : 1);
    const kept = held[split];
    if (oppositeIsServed) {
      if (kept) put(split, kept);
      held[split] = null;
      put(split, document);
      return;
    }
    const isNearer = !kept || (split === 'train' ? document.draw < kept.draw : document.draw > kept.draw);
    if (!isNearer) put(split, document);
    else {
      if (kept) put(split, kept);
      // Both may be views of what is used again.
      const { text, draw } = document;
      held[split] = { text: Buffer.from(text), digest: Buffer.from(document.digest), draw };
    }
  }

  return {
    add(text) {
      digest.write(hash('sha256', text, 'binary'), 'binary');
      if (!seen.add(digest)) return false;
      const draw = digest.readUInt32BE(8) / 2 ** 32;
      place(draw < validationShare ? 'validation' : 'train', { text, digest, draw });
      return true;
    },
    async finish() {
      for (const split of ['train', 'validation'] as const) {
        const document = held[split];
        if (!document) continue;
        const opposite = other[split];
        const isOnly = writers[split].count() === 0;
        const oppositeIsEmpty = writers[opposite].count() === 0 && held[opposite] === null;
        // A single document trains; of several, one goes to the side that has none.
        const moves = oppositeIsEmpty && (split === 'validation' || !isOnly);
        put(moves ? opposite : split, document);
        held[split] = null;
      }
      const [train, validation] = await Promise.all([writers.train.finish(), writers.validation.finish()]);
      return {
        shards: [...train.shards, ...validation.shards],
        trainDocuments: train.documents,
        validationDocuments: validation.documents,
        bytes: train.bytes + validation.bytes,
        sha256: createHash('sha256').update(train.digest).update(validation.digest).digest('hex'),
      };
    },
  };
}

interface SplitWriter {
  add(text: Buffer, digest: Buffer): void;
  count(): number;
  finish(): Promise<{ shards: ShardRow[]; documents: number; bytes: number; digest: Buffer }>;
}

function splitWriter(folder: string, split: Split): SplitWriter {
  const total: Hash = createHash('sha256');
  const shards: ShardRow[] = [];
  let documents = 0;
  let bytes = 0;
  let file: number | null = null;
  /** Of the shard's documents. */
  let ends: number[] = [];
  let digests = Buffer.allocUnsafe(FIRST_DIGESTS * DIGEST_BYTES);
  let shardBytes = 0;
  /** Files on their way to the disk while the next ones are written. */
  const settling: Promise<void>[] = [];
  const waiting = Buffer.allocUnsafe(WRITE_BYTES);
  let waitingBytes = 0;

  const shardName = (): string => `${split}-${String(shards.length).padStart(5, '0')}`;

  function writeWaiting(): void {
    if (file === null) throw new Error('no shard is open');
    writeAll(file, waiting.subarray(0, waitingBytes));
    waitingBytes = 0;
  }

  function write(text: Buffer): void {
    if (waitingBytes + text.length > WRITE_BYTES) writeWaiting();
    if (file !== null && text.length > WRITE_BYTES) {
      writeAll(file, text);
      return;
    }
    text.copy(waiting, waitingBytes);
    waitingBytes += text.length;
  }

  /** The digest of the next document. */
  function keep(digest: Buffer): void {
    const at = ends.length * DIGEST_BYTES;
    if (at === digests.length) digests = Buffer.concat([digests], 2 * digests.length);
    digest.copy(digests, at);
  }

  function closeShard(): void {
    if (file === null) return;
    writeWaiting();
    settling.push(settle(file));
    const used = digests.subarray(0, ends.length * DIGEST_BYTES);
    total.update(used);
    const name = shardName();
    const index = openSync(join(folder, `${name}.idx`), 'wx');
    writeAll(index, encodeShardIndex(ends, used));
    settling.push(settle(index));
    shards.push({ split, name, documents: ends.length, bytes: shardBytes });
    file = null;
    ends = [];
    shardBytes = 0;
  }

  return {
    add(text, digest) {
      file ??= openSync(join(folder, `${shardName()}.txt`), 'wx');
      shardBytes += text.length;
      keep(digest);
      ends.push(shardBytes);
      documents++;
      bytes += text.length;
      write(text);
      if (shardBytes >= SHARD_BYTES || ends.length >= SHARD_DOCUMENTS) closeShard();
    },
    count: () => documents,
    async finish() {
      closeShard();
      await Promise.all(settling);
      return { shards, documents, bytes, digest: total.digest() };
    },
  };
}

/** Makes a written file durable and closes it. */
async function settle(file: number): Promise<void> {
  await promisify(fsync)(file);
  await promisify(close)(file);
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
