/** A tokenizer learned from a corpus. */
import { countPreTokens, trainBpe } from './bpe.ts';
import { SPECIAL_TOKENS } from './special-tokens.ts';
import { bpeJson, type Tokenizer, tokenizerOf, vocabularyOf, wordsJson } from './tokenizer.ts';

/** @param vocabSize for BPE: special tokens and bytes included */
export function trainTokenizer(kind: 'bpe' | 'words', texts: Iterable<string>, vocabSize: number): Tokenizer {
  if (kind === 'words') return tokenizerOf(wordsJson(vocabularyOf(texts)));
  const { pieces, merges } = trainBpe(
    countPreTokens(texts),
    vocabSize - SPECIAL_TOKENS.length,
    SPECIAL_TOKENS.length,
  );
  return tokenizerOf(bpeJson(pieces, merges));
}
