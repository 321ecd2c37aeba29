/** What a corpus holds: pages of its documents, and how long they are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentReader, openShards } from '../../trainer/data/shards.ts';
import { tokenizerOf } from '../../trainer/data/tokenizer.ts';
import type { TokenStatistics } from '../contract/corpora.ts';
import type { Output, ResolvedInput } from '../contract.ts';
import type { ShardRow, Split } from '../db/corpora.ts';
import { meanInterval } from '../statistics/clustered.ts';
import { corpusFolder } from './job.ts';

const PREVIEW_CHARACTERS = 2000;
const SAMPLED_DOCUMENTS = 2000;
const HISTOGRAM_BARS = 24;

function openSplits(
  folder: string,
  corpusId: string,
  shards: readonly ShardRow[],
  splits: readonly Split[],
): DocumentReader {
  return openShards(
    shards
      .filter((shard) => splits.includes(shard.split))
      .map((shard) => ({ ...shard, path: join(corpusFolder(folder, corpusId), shard.name) })),
  );
}

export function previewCorpus(
  folder: string,
  shards: readonly ShardRow[],
  input: ResolvedInput<'corpora.preview'>,
): Output<'corpora.preview'> {
  const reader = openSplits(folder, input.corpusId, shards, [input.split]);
  try {
    const end = Math.min(reader.count, input.offset + input.limit);
    const documents = [];
    for (let i = input.offset; i < end; i++) {
      const { key, text } = reader.document(i);
      const shortened = text.length > PREVIEW_CHARACTERS;
      documents.push({
        key,
        text: shortened ? text.slice(0, PREVIEW_CHARACTERS) : text,
        bytes: reader.bytesOf(i),
        shortened,
      });
    }
    return { total: reader.count, documents };
  } finally {
    reader.close();
  }
}

/**
 * Lengths of up to 2,000 evenly spread documents. The total is the mean times the number of documents; with all of
 * them counted its interval has no width.
 * @param tokenizer name and folder of a checkpoint whose tokens to count; null counts words
 */
export function countTokens(
  folder: string,
  corpusId: string,
  shards: readonly ShardRow[],
  tokenizer: { readonly name: string; readonly folder: string } | null,
): TokenStatistics {
  const count = tokenizer ? tokenCounter(tokenizer.folder) : countWords;
  const reader = openSplits(folder, corpusId, shards, ['train', 'validation']);
  try {
    const sampled = Math.min(reader.count, SAMPLED_DOCUMENTS);
    const lengths = Array.from({ length: sampled }, (_, i) =>
      count(reader.document(Math.floor((i * reader.count) / sampled)).text),
    );
    return {
      unit: tokenizer ? `tokens of ${tokenizer.name}` : 'words',
      documents: reader.count,
      sampled,
      ...lengthStatistics(lengths, reader.count),
    };
  } finally {
    reader.close();
  }
}

function tokenCounter(checkpointFolder: string): (text: string) => number {
  const tokenizer = tokenizerOf(readFileSync(join(checkpointFolder, 'tokenizer.json'), 'utf8'));
  return (text) => tokenizer.encode(text).length;
}

const countWords = (text: string): number => text.match(/\S+/g)?.length ?? 0;

function lengthStatistics(
  lengths: readonly number[],
  documents: number,
): Pick<TokenStatistics, 'tokens' | 'perDocument' | 'histogram'> {
  const n = lengths.length;
  if (n === 0) {
    const tokens = { mean: 0, low: 0, high: 0, n };
    return { tokens, perDocument: { mean: 0, p50: 0, p95: 0, max: 0 }, histogram: [] };
  }
  const sorted = lengths.toSorted((a, b) => a - b);
  const quantile = (q: number): number => sorted[Math.min(n - 1, Math.floor(q * n))]!;
  const mean = meanInterval(
    lengths,
    lengths.map((_, i) => String(i)),
  );
  const isWhole = n === documents;
  return {
    tokens: {
      mean: mean.mean * documents,
      low: (isWhole ? mean.mean : Math.max(0, mean.low)) * documents,
      high: (isWhole ? mean.mean : mean.high) * documents,
      n,
    },
    perDocument: { mean: mean.mean, p50: quantile(0.5), p95: quantile(0.95), max: sorted[n - 1]! },
    histogram: histogramOf(sorted),
  };
}

/** Bars of equal width in whole numbers from the shortest to the longest document. */
function histogramOf(sorted: readonly number[]): TokenStatistics['histogram'] {
  const low = sorted[0]!;
  const high = sorted.at(-1)!;
  const width = Math.max(1, Math.ceil((high - low + 1) / HISTOGRAM_BARS));
  const bars = Array.from({ length: Math.ceil((high - low + 1) / width) }, (_, i) => ({
    from: low + i * width,
    to: low + (i + 1) * width,
    documents: 0,
  }));
  for (const length of sorted) bars[Math.floor((length - low) / width)]!.documents++;
  return bars;
}
