import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CHUNK_POINTS,
  decodeChunks,
  decodeSummaries,
  encodeChunk,
  groupsOf,
  type Points,
} from '../../../electron/series/chunk.ts';
import { type Line, sampleDown, sampleDownCells, valuesAt } from '../../../electron/series/sample-down.ts';

/** Strictly rising steps, evenly spaced or not, with any values. */
const points = (maxLength: number): fc.Arbitrary<Points> =>
  fc
    .array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.double()), { minLength: 1, maxLength })
    .chain((pairs) =>
      fc.boolean().map((even) => {
        let step = 0;
        const steps = pairs.map(([gap]) => {
          step += even ? 3 : gap;
          return step;
        });
        return {
          steps: Float64Array.from(steps),
          values: Float64Array.from(pairs.map(([, value]) => value)),
        };
      }),
    );

const finite = (values: Float64Array): number[] => [...values].filter(Number.isFinite);

function chunksOf({ steps, values }: Points) {
  const chunks = [];
  for (let at = 0; at < values.length; at += CHUNK_POINTS) {
    chunks.push(
      encodeChunk({
        steps: steps.subarray(at, at + CHUNK_POINTS),
        values: values.subarray(at, at + CHUNK_POINTS),
      }),
    );
  }
  return chunks;
}

describe('metric chunks', () => {
  it('give back every step and value, NaN and infinities too', () => {
    fc.assert(
      fc.property(points(1200), (given) => {
        const decoded = decodeChunks(chunksOf(given).map(({ chunk }) => chunk));
        expect(decoded.steps).toEqual(given.steps);
        expect(decoded.values).toEqual(given.values);
      }),
      { numRuns: 60 },
    );
  });

  it('take 8 bytes a point where steps are evenly spaced', () => {
    const steps = Float64Array.from({ length: CHUNK_POINTS }, (_, i) => 10 * (i + 1));
    const { chunk, summary } = encodeChunk({ steps, values: steps });
    expect(chunk.data.byteLength).toBe(CHUNK_POINTS * 8);
    expect(summary.data.byteLength).toBe((CHUNK_POINTS / 16) * 24);
  });

  it('have summaries equal to those of the whole series', () => {
    fc.assert(
      fc.property(points(1200), (given) => {
        const fromChunks = decodeSummaries(chunksOf(given).map(({ summary }) => summary));
        expect(fromChunks).toEqual(groupsOf(given));
      }),
      { numRuns: 60 },
    );
  });

  it('are refused when cut short', () => {
    const { chunk } = encodeChunk({ steps: Float64Array.of(1, 2), values: Float64Array.of(1, 2) });
    expect(() => decodeChunks([{ ...chunk, data: chunk.data.subarray(0, 12) }])).toThrow(/damaged/);
    expect(() => decodeSummaries([{ ...chunk, data: chunk.data.subarray(0, 12) }])).toThrow(/damaged/);
  });
});

function expectFaithful(line: Line, given: Points, maxPoints: number): void {
  const last = given.steps.length - 1;
  expect(line.steps.length).toBeLessThanOrEqual(maxPoints);
  expect([line.steps[0], line.values[0]]).toEqual([given.steps[0], given.values[0]]);
  expect([line.steps.at(-1), line.values.at(-1)]).toEqual([given.steps[last], given.values[last]]);
  for (let i = 1; i < line.steps.length; i++) expect(line.steps[i]).toBeGreaterThan(line.steps[i - 1]!);
  const all = finite(given.values);
  if (all.length === 0 || !line.low || !line.high) return;
  const shown = [...finite(line.low), ...finite(line.high)];
  expect(Math.min(...shown)).toBe(Math.min(...all));
  expect(Math.max(...shown)).toBe(Math.max(...all));
}

describe('sampling down', () => {
  it('keeps endpoints and extremes, from points and from summaries', () => {
    fc.assert(
      fc.property(points(900), fc.integer({ min: 3, max: 60 }), (given, maxPoints) => {
        expectFaithful(sampleDown(given, maxPoints), given, maxPoints);
        const last = given.steps.length - 1;
        if (last < 16) return;
        const line = sampleDownCells(
          groupsOf(given),
          { step: given.steps[0]!, value: given.values[0]! },
          { step: given.steps[last]!, value: given.values[last]! },
          maxPoints,
        );
        expectFaithful(line, given, maxPoints);
      }),
      { numRuns: 150 },
    );
  });

  it('leaves a short series as it is', () => {
    const given = { steps: Float64Array.of(1, 2, 3), values: Float64Array.of(5, Number.NaN, 7) };
    expect(sampleDown(given, 3)).toEqual({ ...given, low: null, high: null });
  });

  it('draws means between their lowest and highest values', () => {
    const steps = Float64Array.from({ length: 10 }, (_, i) => i);
    const values = Float64Array.of(0, 1, 3, 2, 4, 6, 5, 7, 9, 8);
    const line = sampleDown({ steps, values }, 4);
    expect(line).toEqual({
      steps: Float64Array.of(0, 2, 6, 9),
      values: Float64Array.of(0, 2.5, 6.75, 8),
      low: Float64Array.of(0, 1, 5, 8),
      high: Float64Array.of(0, 4, 9, 8),
    });
  });

  it('does not hide a run that broke: spans without any finite value are NaN', () => {
    const steps = Float64Array.from({ length: 100 }, (_, i) => i);
    const values = steps.map((step) => (step < 50 ? 1 : Number.NaN));
    const line = sampleDown({ steps, values }, 12);
    expect(line.values.at(-2)).toBeNaN();
    expect(line.low?.at(-2)).toBeNaN();
  });

  it('maps steps onto another axis by straight lines', () => {
    const axis = { steps: Float64Array.of(10, 20, 40), values: Float64Array.of(1, 2, 6) };
    expect(valuesAt(axis, Float64Array.of(5, 10, 15, 20, 30, 40, 50))).toEqual(
      Float64Array.of(1, 1, 1.5, 2, 4, 6, 6),
    );
    const empty = { steps: new Float64Array(0), values: new Float64Array(0) };
    expect(valuesAt(empty, Float64Array.of(1))).toEqual(Float64Array.of(Number.NaN));
  });
});
