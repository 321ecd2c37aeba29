/** Packed batches say what was put into them: rows, who attends to whom, what is predicted where. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDocument,
  addGroup,
  type Batch,
  BatchBuilder,
  KEEP,
  splitBySize,
} from '../../../trainer/engine/kernels/packing.ts';

const RUNS = { numRuns: 100, seed: 1 };
const tokens = (minLength: number): fc.Arbitrary<Int32Array> =>
  fc.array(fc.nat(50), { minLength, maxLength: 30, size: 'max' }).map((values) => Int32Array.from(values));
const group = fc.record({
  kind: fc.constant('group' as const),
  prompt: tokens(1),
  completions: fc.array(tokens(0), { maxLength: 4 }),
});
const document = tokens(2).chain((all) =>
  fc.record({
    kind: fc.constant('document' as const),
    tokens: fc.constant(all),
    positions: fc.subarray(
      Array.from({ length: all.length - 1 }, (_, i) => i + 1),
      { minLength: 1 },
    ),
    plain: fc.boolean(),
  }),
);
const units = fc.array(fc.oneof(group, document), { minLength: 1, maxLength: 6 });

/** What each target is predicted from, read from a description as c/batch.h does. */
function read({ description, ...counts }: Batch) {
  const [rows, segments, families, queries, targets, banned, keep] = description;
  expect({ rows, queries, targets }).toEqual(counts);
  let at = 8;
  const next = (count: number): number[] => {
    at += count;
    return [...description.subarray(at - count, at)];
  };
  const token = next(rows!);
  const segmentStart = next(segments! + 1);
  const prefix = next(segments!);
  const familyStart = next(families! + 1);
  const cacheSlot = next(families!);
  const queryRow = next(queries!);
  const plain = next(queries!);
  const targetStart = next(queries! + 1);
  const targetToken = next(targets!);
  const bannedTokens = next(banned!);
  expect(at).toBe(description.length);
  expect(queryRow).toEqual(queryRow.toSorted((a, b) => a - b));
  const segmentOf = (row: number): number => segmentStart.findLastIndex((start) => start <= row);
  const segmentTokens = (segment: number, end = segmentStart[segment + 1]!): number[] =>
    token.slice(segmentStart[segment], end);
  const predictions = targetToken.map((target, i) => {
    const query = targetStart.findLastIndex((start) => start <= i);
    const row = queryRow[query]!;
    const segment = segmentOf(row);
    const before = prefix[segment]! < 0 ? [] : segmentTokens(prefix[segment]!);
    return { from: [...before, ...segmentTokens(segment, row + 1)], target, plain: plain[query] === 1 };
  });
  return { keep, families: families!, familyStart, segments, prefix, cacheSlot, bannedTokens, predictions };
}

describe('packing', () => {
  it('every target is predicted from exactly the tokens before it', () => {
    fc.assert(
      fc.property(units, fc.constantFrom(...Object.values(KEEP)), (all, keep) => {
        const builder = new BatchBuilder();
        const expected = new Map<number, { from: number[]; target: number; plain: boolean }>();
        for (const unit of all) {
          if (unit.kind === 'document') {
            const first = addDocument(builder, unit.tokens, unit.positions, unit.plain);
            unit.positions.forEach((position, i) => {
              expected.set(first + i, {
                from: [...unit.tokens.subarray(0, position)],
                target: unit.tokens[position]!,
                plain: unit.plain,
              });
            });
            continue;
          }
          const targets = addGroup(builder, unit.prompt, unit.completions);
          unit.completions.forEach((completion, c) => {
            completion.forEach((target, i) => {
              expected.set(i === 0 ? targets[c]!.first : targets[c]!.rest + i - 1, {
                from: [...unit.prompt, ...completion.subarray(0, i)],
                target,
                plain: false,
              });
            });
          });
        }
        const batch = read(builder.finish(keep, [3, 5]));
        expect(batch.predictions).toEqual(
          Array.from({ length: expected.size }, (_, target) => expected.get(target)),
        );
        expect(batch).toMatchObject({ keep, families: all.length, bannedTokens: [3, 5] });
        // Completions point at their own family's first segment.
        for (let family = 0; family < all.length; family++) {
          const [from, to] = [batch.familyStart[family]!, batch.familyStart[family + 1]!];
          expect(batch.prefix.slice(from, to)).toEqual([-1, ...new Array<number>(to - from - 1).fill(from)]);
        }
      }),
      RUNS,
    );
  });

  it('no row is computed that predicts nothing', () => {
    fc.assert(
      fc.property(units, (all) => {
        const builder = new BatchBuilder();
        for (const unit of all) {
          if (unit.kind === 'group') addGroup(builder, unit.prompt, unit.completions);
          else addDocument(builder, unit.tokens, unit.positions, unit.plain);
        }
        const rows = all.reduce(
          (sum, unit) =>
            unit.kind === 'group'
              ? unit.completions.reduce((s, c) => s + Math.max(0, c.length - 1), sum + unit.prompt.length)
              : sum + unit.positions.at(-1)!,
          0,
        );
        expect(builder.rows).toBe(rows);
      }),
      RUNS,
    );
  });

  it('runs keep the order and their limit, and none could take the next item too', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 })),
        fc.integer({ min: 1, max: 60 }),
        (sizes, limit) => {
          const runs = splitBySize(sizes, (size) => size, limit);
          expect(runs.flat()).toEqual(sizes);
          const total = (run: readonly number[]): number => run.reduce((sum, size) => sum + size, 0);
          runs.forEach((run, i) => {
            expect(run.length === 1 || total(run) <= limit).toBe(true);
            const following = runs[i + 1]?.[0];
            if (following !== undefined) expect(total(run) + following).toBeGreaterThan(limit);
          });
        },
      ),
      RUNS,
    );
  });
});
