import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  layoutOf,
  microBatches,
  type Segment,
  type Sequence,
  tokensOf,
} from '../../../trainer/engine/tfjs/layout.ts';

/** Distinct token ids, so that a place tells which token it shows. */
const sequences = fc
  .array(
    fc.record({
      prompt: fc.integer({ min: 1, max: 20 }),
      completions: fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((shapes): Sequence[] => {
    let next = 0;
    const run = (length: number): Int32Array => Int32Array.from({ length }, () => next++);
    return shapes.map(({ prompt, completions }) => ({
      prompt: run(prompt),
      completions: completions.map(run),
    }));
  });

/** The rows of a segment as its padded rectangle shows them, padding left out. */
function rowsOf(tokens: Int32Array, segment: Segment): number[][] {
  const { start, count, width, padding, lengths } = segment;
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: lengths[row]! }, (_, i) => {
      const place = row * width + i;
      if (padding) expect(padding.real[place]).toBe(1);
      return tokens[start + (padding ? padding.fromFlat[place]! : place)]!;
    }),
  );
}

it('every token lies once, at its position, where the layout says its run starts', () => {
  fc.assert(
    fc.property(sequences, (all) => {
      const layout = layoutOf(all);
      expect([...layout.tokens].sort((a, b) => a - b)).toEqual(
        all.flatMap((s) => [...s.prompt, ...s.completions.flatMap((c) => [...c])]),
      );
      all.forEach(({ prompt, completions }, s) => {
        const at = (start: number, run: Int32Array, offset: number): void => {
          run.forEach((token, i) => {
            expect(layout.tokens[start + i]).toBe(token);
            expect(layout.positions[start + i]).toBe(offset + i);
          });
        };
        at(layout.promptStarts[s]!, prompt, 0);
        completions.forEach((run, c) => {
          const start = layout.completionStarts[s]![c]!;
          if (run.length === 0) expect(start).toBe(-1);
          at(start, run, prompt.length);
        });
      });
    }),
    { seed: 1 },
  );
});

it('blocks show every sequence once, in rectangles whose padding is marked and undone', () => {
  fc.assert(
    fc.property(sequences, (all) => {
      const layout = layoutOf(all);
      expect(layout.blocks.flatMap((b) => b.sequences).sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
      for (const { sequences: members, prompts, completions, slots } of layout.blocks) {
        expect(rowsOf(layout.tokens, prompts)).toEqual(members.map((i) => [...all[i]!.prompt]));
        const runs = members.flatMap((i) =>
          Array.from({ length: slots }, (_, slot) => [...(all[i]!.completions[slot] ?? [])]),
        );
        if (completions) expect(rowsOf(layout.tokens, completions)).toEqual(runs);
        for (const segment of [prompts, completions]) {
          if (!segment?.padding) continue;
          const { toFlat, fromFlat, real } = segment.padding;
          expect([...toFlat].map((place) => fromFlat[place])).toEqual([...toFlat.keys()]);
          expect(real.reduce((sum, r) => sum + r, 0)).toBe(segment.tokens);
        }
      }
    }),
    { seed: 1 },
  );
});

it('micro-batches hold every sequence once and no more tokens than allowed', () => {
  fc.assert(
    fc.property(sequences, fc.integer({ min: 1, max: 60 }), (all, maxTokens) => {
      const batches = microBatches(all, maxTokens);
      expect(batches.flat().sort((a, b) => a - b)).toEqual(all.map((_, i) => i));
      for (const batch of batches) {
        const tokens = batch.reduce((sum, i) => sum + tokensOf(all[i]!), 0);
        expect(batch.length === 1 || tokens <= maxTokens).toBe(true);
      }
    }),
    { seed: 1 },
  );
});
