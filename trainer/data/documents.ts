/**
 * A corpus as token sequences, and which of them each step sees.
 *
 * The order is a pure function of (seed, step): every epoch is a fresh seeded permutation, so a resumed run sees what
 * an uninterrupted one would have seen, whatever happened between.
 */
import { DOMAIN, drawsFor } from '../engine/random.ts';
import type { DocumentReader } from './shards.ts';
import { BOS, EOS } from './special-tokens.ts';
import type { Tokenizer } from './tokenizer.ts';

export interface TokenizedCorpus {
  readonly count: number;
  /** `<bos>` text `<eos>`; a piece of a longer document has `<eos>` only at the document's end. */
  sequence(index: number): Int32Array;
  /** Key of the document a sequence came from. */
  documentKey(index: number): string;
  /** Tokens of all sequences. */
  readonly tokens: number;
}

export class EmptySequences extends Error {
  override readonly name = 'EmptyCorpus';
  readonly wayOut = 'Import documents with at least a few words each, or use another corpus.';
}

/**
 * Tokenises every document and cuts longer ones into pieces of at most `maxTokens` tokens (`<bos>` included).
 * @param onProgress called now and then with documents done; awaited, so that the event loop stays alive
 * @throws EmptySequences if no sequence has two tokens of text
 */
export async function tokenizeCorpus(
  reader: DocumentReader,
  tokenizer: Tokenizer,
  maxTokens: number,
  onProgress: (done: number, total: number) => Promise<void>,
): Promise<TokenizedCorpus> {
  const sequences: Int32Array[] = [];
  const documentOf: number[] = [];
  const keys: string[] = [];
  let tokens = 0;
  let lastTold = performance.now();
  for (let i = 0; i < reader.count; i++) {
    const { key, text } = reader.document(i);
    keys.push(key);
    for (const piece of pieces(tokenizer.encode(text), maxTokens)) {
      sequences.push(piece);
      documentOf.push(i);
      tokens += piece.length;
    }
    if (performance.now() - lastTold > 100) {
      lastTold = performance.now();
      await onProgress(i + 1, reader.count);
    }
  }
  if (sequences.length === 0) throw new EmptySequences('No document of this corpus has two tokens of text.');
  return {
    count: sequences.length,
    sequence: (index) => sequences[index]!,
    documentKey: (index) => keys[documentOf[index]!]!,
    tokens,
  };
}

/** A document's sequences; pieces with fewer than two tokens of text are left out. */
export function pieces(text: Int32Array, maxTokens: number): Int32Array[] {
  const whole = text.length + 2 <= maxTokens;
  const room = whole ? text.length : maxTokens - 1;
  const list: Int32Array[] = [];
  for (let at = 0; at < text.length; at += room) {
    const part = text.subarray(at, at + room);
    const last = at + room >= text.length && part.length + 2 <= maxTokens;
    if (part.length < 2) continue;
    const sequence = new Int32Array(part.length + (last ? 2 : 1));
    sequence[0] = BOS;
    sequence.set(part, 1);
    if (last) sequence[sequence.length - 1] = EOS;
    list.push(sequence);
  }
  return list;
}

/** Indices of the sequences (or questions) of a step: `perStep` a step, each once per epoch. */
export function stepOrder(count: number, perStep: number, seed: number): (step: number) => number[] {
  let epoch = -1;
  let order: number[] = [];
  const at = (position: number): number => {
    const wanted = Math.floor(position / count);
    if (wanted !== epoch) {
      epoch = wanted;
      order = drawsFor(seed, DOMAIN.data, epoch).shuffle(Array.from({ length: count }, (_, i) => i));
    }
    return order[position % count]!;
  };
  return (step) => Array.from({ length: perStep }, (_, i) => at(step * perStep + i));
}
