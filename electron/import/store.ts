/** Writes a corpus: drops exact duplicates, divides it into train and validation, and lays it out in shards. */
import { createHash, type Hash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { encodeShardIndex, type ShardEntry } from '../../trainer/data/shards.ts';
import type { ShardRow, Split } from '../db/corpora.ts';
import { keySet } from './key-set.ts';

const SHARD_BYTES = 64 * 2 ** 20;
const SHARD_DOCUMENTS = 250_000;
const WRITE_BYTES = 2 ** 20;

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
  /** Writes what is left and makes it durable. */
  finish(): StoredCorpus;
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
    if (!kept) {
      held[split] = document;
      return;
    }
    const isNearer = split === 'train' ? document.draw < kept.draw : document.draw > kept.draw;
    put(split, isNearer ? kept : document);
    if (isNearer) held[split] = document;
  }

  return {
    add(text) {
      const digest = createHash('sha256').update(text).digest();
      if (!seen.add(digest)) return false;
      const draw = digest.readUInt32BE(8) / 2 ** 32;
      // The text may be a view of a chunk that was read; one that is kept back must not hold all of that.
      const document = { text: Buffer.from(text), digest, draw };
      place(draw < validationShare ? 'validation' : 'train', document);
      return true;
    },
    finish() {
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
      const train = writers.train.finish();
      const validation = writers.validation.finish();
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
  finish(): { shards: ShardRow[]; documents: number; bytes: number; digest: Buffer };
}

function splitWriter(folder: string, split: Split): SplitWriter {
  const hash: Hash = createHash('sha256');
  const shards: ShardRow[] = [];
  let documents = 0;
  let bytes = 0;
  let file: number | null = null;
  let entries: ShardEntry[] = [];
  let shardBytes = 0;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;

  const shardName = (): string => `${split}-${String(shards.length).padStart(5, '0')}`;

  function writeWaiting(): void {
    if (file === null) throw new Error('no shard is open');
    writeAll(file, Buffer.concat(waiting));
    waiting = [];
    waitingBytes = 0;
  }

  function closeShard(): void {
    if (file === null) return;
    writeWaiting();
    fsyncSync(file);
    closeSync(file);
    const name = shardName();
    const index = openSync(join(folder, `${name}.idx`), 'wx');
    writeAll(index, encodeShardIndex(entries));
    fsyncSync(index);
    closeSync(index);
    shards.push({ split, name, documents: entries.length, bytes: shardBytes });
    file = null;
    entries = [];
    shardBytes = 0;
  }

  return {
    add(text, digest) {
      file ??= openSync(join(folder, `${shardName()}.txt`), 'wx');
      shardBytes += text.length;
      entries.push({ end: shardBytes, hash: digest });
      hash.update(digest);
      documents++;
      bytes += text.length;
      waiting.push(text);
      waitingBytes += text.length;
      if (waitingBytes >= WRITE_BYTES) writeWaiting();
      if (shardBytes >= SHARD_BYTES || entries.length >= SHARD_DOCUMENTS) closeShard();
    },
    count: () => documents,
    finish() {
      closeShard();
      return { shards, documents, bytes, digest: hash.digest() };
    },
  };
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}
