import { readFileSync } from 'node:fs';
import { Tokenizer as Independent } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPreTokens, trainBpe } from '../../../trainer/data/bpe.ts';
import { BUDGET_BUCKETS, budgetToken, SPECIAL_TOKENS, UNK } from '../../../trainer/data/special-tokens.ts';
import { tokenizerOf, vocabularyOf, wordsJson } from '../../../trainer/data/tokenizer.ts';
import { trainTokenizer } from '../../../trainer/data/train-tokenizer.ts';

const { bpe: golden } = JSON.parse(
  readFileSync(new URL('../../golden/text_metrics.json', import.meta.url), 'utf8'),
);

describe('byte-level BPE', () => {
  it('learns the merges Hugging Face’s trainer learns', () => {
    const { merges } = trainBpe(countPreTokens([golden.text]), golden.pieces, golden.firstId);
    expect(merges).toEqual(golden.merges);
  });

  const tokenizer = trainTokenizer('bpe', [golden.text], 330);
  const independent = new Independent(JSON.parse(tokenizer.json), {});

  it('gives every text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        // A lone surrogate is not UTF-8; it cannot come out of a decoded file.
        fc.pre(text.isWellFormed());
        expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
      }),
    );
  });

  it('encodes as an independent reader of its tokenizer.json does', () => {
    for (const text of [golden.text, 'thinking  the think\n\n', '日本語 🙂 naïve', "it's 12,345"]) {
      expect([...tokenizer.encode(text)]).toEqual(
        independent.encode(text, { add_special_tokens: false }).ids,
      );
    }
  });

  it('takes the spelling of special tokens as plain text', () => {
    const ids = tokenizer.encode('<think> hi </think>');
    expect(ids.every((id) => id >= SPECIAL_TOKENS.length)).toBe(true);
  });

  it('survives its own file', () => {
    const again = tokenizerOf(tokenizer.json);
    expect(again.sha256).toBe(tokenizer.sha256);
    expect([...again.encode(golden.text)]).toEqual([...tokenizer.encode(golden.text)]);
  });
});

describe('closed vocabulary', () => {
  const tokenizer = tokenizerOf(wordsJson(vocabularyOf(['b a b', 'c <think>'])));

  it('orders words by frequency, then by spelling, after the special tokens', () => {
    expect([...tokenizer.encode('b a c')]).toEqual([0, 1, 2].map((i) => SPECIAL_TOKENS.length + i));
  });

  it('reads special tokens as themselves and unknown words as <unk>', () => {
    expect([...tokenizer.encode('<think> zebra')]).toEqual([SPECIAL_TOKENS.indexOf('<think>'), UNK]);
  });

  it('gives texts back with single spaces', () => {
    expect(tokenizer.decode(tokenizer.encode(' b  a\nc '))).toBe('b a c');
  });
});

describe('budget tokens', () => {
  it('name the nearest bucket, the smaller one on a tie', () => {
    const spelled = (budget: number | null) => SPECIAL_TOKENS[budgetToken(budget)];
    expect([null, 1, 5, 13, 14, 100_000].map(spelled)).toEqual([
      '<b?>',
      '<b4>',
      '<b4>',
      '<b12>',
      '<b12>',
      '<b1024>',
    ]);
    expect(BUDGET_BUCKETS.map(spelled)).toEqual(BUDGET_BUCKETS.map((budget) => `<b${budget}>`));
  });
});
