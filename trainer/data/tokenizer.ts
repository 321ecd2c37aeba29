/**
 * Tokenizers: byte-level BPE and closed vocabularies of words. Both read and write Hugging Face's tokenizer.json.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { BYTE_LEVEL_PATTERN, bytesOfPiece, type Merge, mergeEncoder } from './bpe.ts';
import { SPECIAL_TOKENS, UNK } from './special-tokens.ts';

export interface Tokenizer {
  readonly kind: 'bpe' | 'words';
  readonly vocabSize: number;
  /** Of the tokenizer.json text: equal hashes mean the same tokens. */
  readonly sha256: string;
  readonly json: string;
  /** Text to ids. BPE takes special tokens' spellings as plain text; a closed vocabulary reads them as themselves. */
  encode(text: string): Int32Array;
  decode(ids: ArrayLike<number>): string;
  /** UTF-8 bytes a token stands for; special tokens stand for none. */
  bytesOf(id: number): Uint8Array;
  /** The token's spelling, special ones included; for showing single tokens. */
  spelling(id: number): string;
}

const addedToken = z.object({ id: z.number(), content: z.string(), special: z.boolean() });
const fileShape = z.object({
  added_tokens: z.array(addedToken),
  model: z.discriminatedUnion('type', [
    z.object({
      type: z.literal('BPE'),
      vocab: z.record(z.string(), z.number()),
      merges: z.array(z.union([z.tuple([z.string(), z.string()]), z.string()])),
    }),
    z.object({
      type: z.literal('WordLevel'),
      vocab: z.record(z.string(), z.number()),
      unk_token: z.string(),
    }),
  ]),
});

const hashOf = (json: string): string => createHash('sha256').update(json).digest('hex');

const addedTokens = SPECIAL_TOKENS.map((content, id) => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
}));

/** tokenizer.json of a byte-level BPE whose pieces (in id order after the special tokens) come from training. */
export function bpeJson(pieces: readonly string[], merges: readonly Merge[]): string {
  const vocab = Object.fromEntries([...SPECIAL_TOKENS, ...pieces].map((piece, id) => [piece, id]));
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true };
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens,
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges,
    },
  });
}

/** tokenizer.json of a closed vocabulary: special tokens, then the words in the order given. */
export function wordsJson(words: readonly string[]): string {
  const own = words.filter((word) => !(SPECIAL_TOKENS as readonly string[]).includes(word));
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens,
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordLevel',
      vocab: Object.fromEntries([...SPECIAL_TOKENS, ...own].map((word, id) => [word, id])),
      unk_token: '<unk>',
    },
  });
}

/** @throws if the text is not a tokenizer.json of a kind written here */
export function tokenizerOf(json: string): Tokenizer {
  const file = fileShape.parse(JSON.parse(json));
  SPECIAL_TOKENS.forEach((content, id) => {
    const added = file.added_tokens.find((token) => token.content === content);
    if (added?.id !== id) throw new Error(`tokenizer.json lacks the special token ${content} at id ${id}`);
  });
  return file.model.type === 'BPE' ? bpeTokenizer(json, file.model) : wordsTokenizer(json, file.model.vocab);
}

function spellings(vocab: Readonly<Record<string, number>>): string[] {
  const list: string[] = [];
  for (const [piece, id] of Object.entries(vocab)) list[id] = piece;
  return list;
}

function bpeTokenizer(
  json: string,
  model: { vocab: Record<string, number>; merges: ([string, string] | string)[] },
): Tokenizer {
  const pieces = spellings(model.vocab);
  const merges = model.merges.map((merge): Merge => {
    if (typeof merge !== 'string') return merge;
    const [left, right] = merge.split(' ');
    return [left ?? '', right ?? ''];
  });
  const encodePiece = mergeEncoder(model.vocab, merges);
  const bytes = pieces.map((piece, id) =>
    id < SPECIAL_TOKENS.length ? new Uint8Array(0) : bytesOfPiece(piece),
  );
  const utf8 = new TextDecoder('utf-8');
  return {
    kind: 'bpe',
    vocabSize: pieces.length,
    sha256: hashOf(json),
    json,
    encode(text) {
      const ids: number[] = [];
      for (const match of text.match(BYTE_LEVEL_PATTERN) ?? []) {
        for (const id of encodePiece(match)) ids.push(id);
      }
      return Int32Array.from(ids);
    },
    decode(ids) {
      let text = '';
      let run: number[] = [];
      const flush = (): void => {
        if (run.length > 0) text += utf8.decode(Uint8Array.from(run));
        run = [];
      };
      for (let i = 0; i < ids.length; i++) {
        const id = ids[i]!;
        if (id < SPECIAL_TOKENS.length) {
          flush();
          text += SPECIAL_TOKENS[id];
        } else for (const byte of bytes[id]!) run.push(byte);
      }
      flush();
      return text;
    },
    bytesOf: (id) => bytes[id]!,
    spelling: (id) => (id < SPECIAL_TOKENS.length ? SPECIAL_TOKENS[id]! : utf8.decode(bytes[id]!)),
  };
}

function wordsTokenizer(json: string, vocab: Readonly<Record<string, number>>): Tokenizer {
  const ids = new Map(Object.entries(vocab));
  const words = spellings(vocab);
  const encoder = new TextEncoder();
  const bytes = words.map((word, id) =>
    id < SPECIAL_TOKENS.length ? new Uint8Array(0) : encoder.encode(`${word} `),
  );
  return {
    kind: 'words',
    vocabSize: words.length,
    sha256: hashOf(json),
    json,
    encode: (text) =>
      Int32Array.from(
        text.split(/\s+/u).filter((word) => word !== ''),
        (word) => ids.get(word) ?? UNK,
      ),
    decode: (list) => Array.from(list, (id) => words[id]).join(' '),
    bytesOf: (id) => bytes[id]!,
    spelling: (id) => words[id]!,
  };
}

/** The words of some texts, most frequent first, ties in code-point order. */
export function vocabularyOf(texts: Iterable<string>): string[] {
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const word of text.split(/\s+/u)) if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
}
