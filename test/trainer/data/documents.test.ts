import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pieces, stepOrder } from '../../../trainer/data/documents.ts';
import { BOS, EOS } from '../../../trainer/data/special-tokens.ts';

describe('pieces of a document', () => {
  it('keep a short document whole between <bos> and <eos>', () => {
    expect(pieces(Int32Array.from([50, 51, 52]), 16).map((p) => [...p])).toEqual([[BOS, 50, 51, 52, EOS]]);
  });

  it('cut a long one, with <eos> at its end only', () => {
    const text = Int32Array.from({ length: 9 }, (_, i) => 50 + i);
    expect(pieces(text, 5).map((p) => [...p])).toEqual([
      [BOS, 50, 51, 52, 53],
      [BOS, 54, 55, 56, 57],
    ]);
    expect(pieces(text.subarray(0, 7), 5).map((p) => [...p])).toEqual([
      [BOS, 50, 51, 52, 53],
      [BOS, 54, 55, 56, EOS],
    ]);
  });

  it('never exceed the limit and lose no token but stray single ones', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 8, max: 40 }), (length, max) => {
        const text = Int32Array.from({ length }, (_, i) => 100 + i);
        const cut = pieces(text, max);
        expect(cut.every((p) => p.length <= max && p[0] === BOS)).toBe(true);
        const kept = cut.flatMap((p) => [...p].filter((token) => token >= 100));
        expect(length - kept.length).toBeLessThanOrEqual(1);
        expect(kept).toEqual([...text.subarray(0, kept.length)]);
      }),
    );
  });
});

describe('the order of documents', () => {
  it('shows each once per epoch, in another order every epoch', () => {
    const order = stepOrder(12, 4, 7);
    const epochs = [0, 1].map((epoch) => [0, 1, 2].flatMap((i) => order(3 * epoch + i)));
    for (const epoch of epochs) expect([...epoch].sort((a, b) => a - b)).toEqual([...Array(12).keys()]);
    expect(epochs[0]).not.toEqual(epochs[1]);
  });

  it('depends on seed and step alone: any step can be asked first', () => {
    const forwards = stepOrder(10, 3, 1);
    const seen = Array.from({ length: 20 }, (_, step) => forwards(step));
    const backwards = stepOrder(10, 3, 1);
    for (let step = 19; step >= 0; step--) expect(backwards(step)).toEqual(seen[step]);
    expect(stepOrder(10, 3, 2)(0)).not.toEqual(seen[0]);
  });
});
