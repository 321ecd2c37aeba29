/**
 * Next-token entropies of a corpus under a checkpoint: what RMT's tiers are made of. Scored once per corpus and
 * checkpoint and kept in a file; the thresholds that follow from them are cheap and computed anew.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../checkpoints/atomic.ts';
import { decodeSafetensors, encodeSafetensors } from '../checkpoints/safetensors.ts';
import type { TokenizedCorpus } from '../data/documents.ts';
import { EOS, NOT_TEXT_TOKENS } from '../data/special-tokens.ts';
import type { Policy } from '../engine/engine.ts';

/** Direct prediction: temperature 1 over the tokens a text can hold. */
export const DIRECT = { temperature: 1, bannedTokens: NOT_TEXT_TOKENS } as const;

/** Index of the first and past the last target that is text with some text before it. */
export function textTargets(sequence: Int32Array): { from: number; to: number } {
  return { from: 2, to: sequence[sequence.length - 1] === EOS ? sequence.length - 1 : sequence.length };
}

/** Entropy in nats at every text target, NaN elsewhere; arrays aligned with the sequences. */
export interface EntropyTable {
  of(sequence: number): Float32Array;
  /** All scored values. */
  readonly values: Float32Array;
}

const BATCH = 64;

/** Scores every sequence of a corpus. */
export async function scoreEntropies(
  policy: Policy,
  corpus: TokenizedCorpus,
  onProgress: (done: number, total: number) => Promise<void>,
): Promise<EntropyTable> {
  const bySequence: Float32Array[] = [];
  for (let at = 0; at < corpus.count; at += BATCH) {
    const indices = Array.from({ length: Math.min(BATCH, corpus.count - at) }, (_, i) => at + i);
    const sequences = indices.map((i) => corpus.sequence(i));
    const scores = await policy.score({ sequences, logits: DIRECT, starts: sequences.map(() => 2) });
    scores.forEach((score, i) => {
      const { from, to } = textTargets(sequences[i]!);
      bySequence.push(score.entropies.map((entropy, t) => (t >= from && t < to ? entropy : Number.NaN)));
    });
    await onProgress(Math.min(corpus.count, at + BATCH), corpus.count);
  }
  return tableOf(bySequence);
}

function tableOf(bySequence: readonly Float32Array[]): EntropyTable {
  let count = 0;
  for (const entropies of bySequence) for (const entropy of entropies) if (!Number.isNaN(entropy)) count++;
  const values = new Float32Array(count);
  let at = 0;
  for (const entropies of bySequence)
    for (const entropy of entropies) if (!Number.isNaN(entropy)) values[at++] = entropy;
  return { of: (sequence) => bySequence[sequence]!, values };
}

/** Where the scores of one split of a corpus, cut one way, under one checkpoint are kept. */
export function entropyPath(
  folder: string,
  corpusSha256: string,
  split: 'train' | 'validation',
  checkpointSha256: string,
  maxDocumentTokens: number,
  sequences: number,
): string {
  const name = [
    corpusSha256.slice(0, 16),
    split,
    checkpointSha256.slice(0, 16),
    maxDocumentTokens,
    sequences,
  ].join('-');
  return join(folder, `${name}.safetensors`);
}

export function saveEntropies(path: string, corpus: TokenizedCorpus, table: EntropyTable): void {
  const data = new Float32Array(corpus.tokens);
  let at = 0;
  for (let i = 0; i < corpus.count; i++) {
    data.set(table.of(i), at);
    at += corpus.sequence(i).length;
  }
  const parts = encodeSafetensors(new Map([['entropies', { shape: [data.length], data }]]));
  writeFileAtomically(path, Buffer.concat(parts));
}

/** The kept scores, or null where there are none or they do not fit the corpus. */
export function loadEntropies(path: string, corpus: TokenizedCorpus): EntropyTable | null {
  if (!existsSync(path)) return null;
  const data = decodeSafetensors(readFileSync(path)).get('entropies')?.data;
  if (data?.length !== corpus.tokens) return null;
  const bySequence: Float32Array[] = [];
  let at = 0;
  for (let i = 0; i < corpus.count; i++) {
    const { length } = corpus.sequence(i);
    bySequence.push(data.subarray(at, at + length));
    at += length;
  }
  return tableOf(bySequence);
}
