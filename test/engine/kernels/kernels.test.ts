/**
 * Every kernel of the C library alone, over random shapes: against its composed reference in float64, and where it is a
 * gradient, against numeric differences of that reference.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { drawsFor, samplingUniform } from '../../../trainer/engine/random.ts';
import { expectClose } from '../closeness.ts';
import { numericGradient } from '../numeric-gradient.ts';
import { openLibraries, probe, withCopies } from './libraries.ts';

const TOLERANCE = 1e-5;
const EPSILON = 1e-6;
/** float32 gradients against central differences in float64. */
const GRADIENT_TOLERANCE = 2e-5;
const RUNS = { numRuns: 40, seed: 1 };

const libraries = await openLibraries(1);
afterAll(() => {
  for (const { library } of libraries) library.close();
});

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const count = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
/** The library's widths are multiples of 16. */
const width = (max: number): fc.Arbitrary<number> => count(max / 16).map((n) => 16 * n);
const pad = (n: number): number => Math.ceil(n / 16) * 16;

function random(seed: number, purpose: number, length: number): Float32Array {
  const draws = drawsFor(seed, purpose, 0);
  return Float32Array.from({ length }, () => 2 * draws.uniform() - 1);
}

/** a[rows, k] b[k, columns] in float64, by element functions. */
function product(
  rows: number,
  columns: number,
  k: number,
  a: (i: number, p: number) => number,
  b: (p: number, j: number) => number,
  onto: Float32Array | null,
): Float64Array {
  const out = Float64Array.from(onto ?? new Float32Array(rows * columns));
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++) sum += a(i, p) * b(p, j);
      out[i * columns + j]! += sum;
    }
  }
  return out;
}

/** y = gain · x / rms(x) for each row; only `n` of `padded` values are there, the rest are zero. */
function normed(x: Float64Array, gain: ArrayLike<number>, n: number, padded: number): Float64Array {
  const out = new Float64Array(x.length);
  for (let row = 0; row < x.length; row += padded) {
    let squares = 0;
    for (let i = 0; i < n; i++) squares += x[row + i]! ** 2;
    const scale = 1 / Math.sqrt(squares / n + EPSILON);
    for (let i = 0; i < n; i++) out[row + i] = x[row + i]! * scale * gain[i]!;
  }
  return out;
}

/** Zeroes what lies beyond the first `n` of every `padded` values. */
function withoutPadding(values: Float32Array, n: number, padded: number): Float32Array {
  return values.map((value, i) => (i % padded < n ? value : 0));
}

/** Angles of row i's turn, and its table row as c/rotary.h has it. */
const angle = (row: number, i: number, half: number): number => (row + 3) * 100 ** (-i / half);
function turnTable(rows: number, n: number, padded: number): Float32Array {
  const half = n / 2;
  const table = new Float32Array(rows * 2 * padded);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < half; i++) {
      const at = row * 2 * padded + i;
      table[at] = table[at + half] = Math.cos(angle(row, i, half));
      table[at + padded] = -Math.sin(angle(row, i, half));
      table[at + padded + half] = Math.sin(angle(row, i, half));
    }
  }
  return table;
}

/** 0.5 · rotary(norm(x)), each row at its own position. */
function turned(x: Float64Array, gain: ArrayLike<number>, n: number, padded: number): Float64Array {
  const y = normed(x, gain, n, padded);
  const half = n / 2;
  for (let row = 0; row * padded < y.length; row++) {
    for (let i = 0; i < half; i++) {
      const at = row * padded + i;
      const [a, b] = [y[at]! / 2, y[at + half]! / 2];
      const theta = angle(row, i, half);
      y[at] = a * Math.cos(theta) - b * Math.sin(theta);
      y[at + half] = b * Math.cos(theta) + a * Math.sin(theta);
    }
  }
  return y;
}

describe.each(libraries)('$name', ({ library }) => {
  const shapes = fc.record({
    rows: count(70),
    columns: width(112),
    k: count(90),
    add: fc.nat(1),
    seed: seeds,
  });

  it.each([
    { kernel: 'panels', a: 'rows', b: 'transposed' },
    { kernel: 'rows', a: 'rows', b: 'rows' },
    { kernel: 'plain', a: 'rows', b: 'rows' },
    { kernel: 'transposed', a: 'transposed', b: 'rows' },
    { kernel: 'gradient', a: 'transposed', b: 'rows' },
  ] as const)('matrix products: $kernel', ({ kernel, a: aLies, b: bLies }) => {
    fc.assert(
      fc.property(shapes, ({ rows, columns, k, add, seed }) => {
        const mode = kernel === 'gradient' ? 1 : add;
        const a = random(seed, 1, rows * k);
        const b = random(seed, 2, k * columns);
        const c = random(seed, 3, rows * columns);
        const expected = product(
          rows,
          columns,
          k,
          (i, p) => a[aLies === 'rows' ? i * k + p : p * rows + i]!,
          (p, j) => b[bLies === 'rows' ? p * columns + j : j * k + p]!,
          mode === 1 ? c : null,
        );
        probe(library, kernel, [rows, columns, k, mode], a, b, c);
        expectClose(c, expected, TOLERANCE, 'product');
      }),
      RUNS,
    );
  });

  it('long gradients of weights: more tokens than one block', () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: count(40),
          columns: width(48),
          k: fc.integer({ min: 250, max: 800 }),
          seed: seeds,
        }),
        ({ rows, columns, k, seed }) => {
          const a = random(seed, 1, rows * k);
          const b = random(seed, 2, k * columns);
          const c = random(seed, 3, rows * columns);
          const of = (i: number, p: number): number => a[p * rows + i]!;
          const expected = product(rows, columns, k, of, (p, j) => b[p * columns + j]!, c);
          probe(library, 'gradient', [rows, columns, k, 1], a, b, c);
          expectClose(c, expected, TOLERANCE, 'gradient');
        },
      ),
      { numRuns: 10, seed: 1 },
    );
  });

  it('a row of a product does not depend on how many rows there are', () => {
    fc.assert(
      fc.property(shapes, ({ rows, columns, k, seed }) => {
        const a = random(seed, 1, rows * k);
        const b = random(seed, 2, k * columns);
        const whole = new Float32Array(rows * columns);
        probe(library, 'panels', [rows, columns, k, 0], a, b, whole);
        const alone = new Float32Array(columns);
        const row = seed % rows;
        probe(library, 'panels', [1, columns, k, 0], a.slice(row * k, (row + 1) * k), b, alone);
        expect(alone).toEqual(whole.slice(row * columns, (row + 1) * columns));
      }),
      RUNS,
    );
  });

  it('SwiGLU fused into its product', () => {
    fc.assert(
      fc.property(shapes, ({ rows, columns, k, seed }) => {
        const a = random(seed, 1, rows * k);
        const b = random(seed, 2, 2 * columns * k);
        const c = new Float32Array(rows * 3 * columns);
        const of = (i: number, p: number): number => a[i * k + p]!;
        const both = product(rows, 2 * columns, k, of, (p, j) => b[j * k + p]!, null);
        const h = Float64Array.from({ length: rows * columns }, (_, at) => {
          const [i, j] = [Math.floor(at / columns), at % columns];
          const gate = both[i * 2 * columns + j]!;
          return (gate / (1 + Math.exp(-gate))) * both[i * 2 * columns + columns + j]!;
        });
        probe(library, 'swiglu', [rows, columns, k], a, b, c);
        expectClose(c.subarray(0, both.length), both, TOLERANCE, 'gate and up');
        expectClose(c.subarray(both.length), h, TOLERANCE, 'h');
      }),
      RUNS,
    );
  });

  it('products with a weight and with its transpose are the gradient of a product', () => {
    fc.assert(
      fc.property(
        fc.record({ rows: count(6), columns: width(32), k: width(32), seed: seeds }),
        ({ rows, columns, k, seed }) => {
          const x = random(seed, 1, rows * k);
          const w = random(seed, 2, columns * k);
          const dy = random(seed, 3, rows * columns);
          const y = (input: ArrayLike<number>, weight: ArrayLike<number>): Float64Array =>
            product(
              rows,
              columns,
              k,
              (i, p) => input[i * k + p]!,
              (p, j) => weight[j * k + p]!,
              null,
            );
          const dx = new Float32Array(rows * k);
          probe(library, 'rows', [rows, k, columns, 0], dy, w, dx);
          const expected = numericGradient(Float64Array.from(x), (at) => y(at, w), dy);
          expectClose(dx, expected, GRADIENT_TOLERANCE, 'dx');
          const dw = new Float32Array(columns * k);
          probe(library, 'gradient', [columns, k, rows, 1], dy, x, dw);
          const expectedWeights = numericGradient(Float64Array.from(w), (at) => y(x, at), dy);
          expectClose(dw, expectedWeights, GRADIENT_TOLERANCE, 'dw');
        },
      ),
      { numRuns: 10, seed: 1 },
    );
  });

  it('SwiGLU backward', () => {
    fc.assert(
      fc.property(
        fc.record({ rows: count(4), columns: width(112), scale: fc.constantFrom(1, 10, 40), seed: seeds }),
        ({ rows, columns, scale, seed }) => {
          const gateUp = random(seed, 1, rows * 2 * columns).map((value) => scale * value);
          const dh = random(seed, 2, rows * columns);
          const c = new Float32Array([...gateUp, ...new Float32Array(rows * columns)]);
          probe(library, 'swigluBackward', [rows, columns, 0], dh, new Float32Array(1), c);
          const h = (at: ArrayLike<number>): Float64Array =>
            Float64Array.from({ length: rows * columns }, (_, i) => {
              const from = Math.floor(i / columns) * 2 * columns + (i % columns);
              return (at[from]! / (1 + Math.exp(-at[from]!))) * at[from + columns]!;
            });
          expectClose(c.subarray(gateUp.length), h(gateUp), TOLERANCE, 'h');
          // Every gate and every up value moves one h alone: one pass over all of either gives all differences.
          const slopes = (half: number): Float64Array => {
            const by = 1e-5;
            const moved = (direction: number): Float64Array =>
              h(
                Float64Array.from(gateUp, (value, i) =>
                  Math.floor(i / columns) % 2 === half ? value + direction * by : value,
                ),
              );
            const [above, below] = [moved(1), moved(-1)];
            return above.map((value, i) => ((value - below[i]!) / (2 * by)) * dh[i]!);
          };
          const half = (which: number): number[] =>
            [...c.subarray(0, gateUp.length)].filter((_, i) => Math.floor(i / columns) % 2 === which);
          expectClose(half(0), slopes(0), GRADIENT_TOLERANCE, 'gradient of the gate');
          expectClose(half(1), slopes(1), GRADIENT_TOLERANCE, 'gradient of up');
        },
      ),
      RUNS,
    );
  });

  const rowShapes = fc.record({
    rows: count(4),
    n: fc.integer({ min: 4, max: 50 }),
    add: fc.nat(1),
    seed: seeds,
  });

  it('RMSNorm, and its gradients', () => {
    fc.assert(
      fc.property(rowShapes, ({ rows, n, add, seed }) => {
        const padded = pad(n);
        const x = withoutPadding(random(seed, 1, rows * padded), n, padded);
        const gain = withoutPadding(random(seed, 2, padded), n, padded);
        const dy = withoutPadding(random(seed, 3, rows * padded), n, padded);
        const y = new Float32Array(x.length);
        probe(library, 'norm', [rows, padded, n], x, gain, y);
        expectClose(y, normed(Float64Array.from(x), gain, n, padded), TOLERANCE, 'y');

        const before = withoutPadding(random(seed, 4, rows * padded), n, padded);
        const gradients = new Float32Array([...before, ...new Float32Array(padded)]);
        probe(
          library,
          'normBackward',
          [rows, padded, n, add],
          new Float32Array([...x, ...dy]),
          gain,
          gradients,
        );
        const dx = numericGradient(Float64Array.from(x), (at) => normed(at, gain, n, padded), dy);
        const expected = dx.map((d, i) => (i % padded < n ? d : 0) + (add ? before[i]! : 0));
        expectClose(gradients.subarray(0, x.length), expected, GRADIENT_TOLERANCE, 'dx');
        const dGain = numericGradient(
          Float64Array.from(gain),
          (at) => normed(Float64Array.from(x), at, n, padded),
          dy,
        );
        expectClose(gradients.subarray(x.length), dGain, GRADIENT_TOLERANCE, 'gradient of the gain');
      }),
      RUNS,
    );
  });

  it('norm with rotary embedding, and their gradients', () => {
    fc.assert(
      fc.property(rowShapes, ({ rows, n: half, seed }) => {
        const n = 2 * half;
        const padded = pad(n);
        const x = withoutPadding(random(seed, 1, rows * padded), n, padded);
        const gain = withoutPadding(random(seed, 2, padded), n, padded);
        const dy = withoutPadding(random(seed, 3, rows * padded), n, padded);
        const table = new Float32Array([...gain, ...turnTable(rows, n, padded)]);
        const y = new Float32Array(x.length);
        probe(library, 'turn', [rows, padded, n], x, table, y);
        expectClose(y, turned(Float64Array.from(x), gain, n, padded), TOLERANCE, 'y');

        const gradients = new Float32Array(x.length + padded);
        probe(library, 'turnBackward', [rows, padded, n], new Float32Array([...x, ...dy]), table, gradients);
        const dx = numericGradient(Float64Array.from(x), (at) => turned(at, gain, n, padded), dy);
        const inside = dx.map((d, i) => (i % padded < n ? d : 0));
        expectClose(gradients.subarray(0, x.length), inside, GRADIENT_TOLERANCE, 'dx');
        const dGain = numericGradient(
          Float64Array.from(gain),
          (at) => turned(Float64Array.from(x), at, n, padded),
          dy,
        );
        expectClose(gradients.subarray(x.length), dGain, GRADIENT_TOLERANCE, 'gradient of the gain');
      }),
      RUNS,
    );
  });

  it('exponential, sigmoid and logarithm, relative to the value', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const x = random(seed, 1, 64).map((value) => value * 86);
        const y = new Float32Array(64);
        const worst = (expected: (value: number) => number): number =>
          Math.max(...x.map((value, i) => Math.abs(y[i]! / expected(value) - 1)));
        probe(library, 'exp', [1, 64, 1], x, new Float32Array(1), y);
        expect(worst(Math.exp)).toBeLessThan(1e-6);
        probe(library, 'sigmoid', [1, 64, 1], x, new Float32Array(1), y);
        expect(worst((value) => 1 / (1 + Math.exp(-value)))).toBeLessThan(1e-6);
        const positive = x.map((value) => Math.exp(value));
        probe(library, 'logarithm', [1, 64, 1], positive, new Float32Array(1), y);
        positive.forEach((value, i) => {
          expect(Math.abs(y[i]! - Math.log(value))).toBeLessThan(1e-5);
        });
      }),
      RUNS,
    );
  });

  it('scores far below the largest are exactly 0', () => {
    const y = new Float32Array(16);
    probe(library, 'exp', [1, 16, 1], new Float32Array(16).fill(-1e30), new Float32Array(1), y);
    expect([...y]).toEqual(new Array(16).fill(0));
  });

  const distributions = fc.record({
    vocab: fc.integer({ min: 3, max: 300 }),
    temperature: fc.double({ min: 0.1, max: 3, noNaN: true }),
    banned: fc.nat(2),
    seed: seeds,
  });

  it('log-sum-exp, entropy and weights of a row of logits', () => {
    fc.assert(
      fc.property(distributions, ({ vocab, temperature, banned, seed }) => {
        const padded = pad(vocab);
        const logits = random(seed, 1, padded).map((value) => 8 * value);
        const bannedTokens = Array.from({ length: banned }, (_, i) => (seed + i) % vocab);
        const z = [...logits.subarray(0, vocab)].map((value, i) =>
          bannedTokens.includes(i) ? -Infinity : value / temperature,
        );
        const most = Math.max(...z);
        const weights = z.map((value) => Math.exp(value - most));
        const total = weights.reduce((sum, w) => sum + w, 0);
        const entropy = weights.reduce(
          (sum, w) => (w === 0 ? sum : sum - (w / total) * Math.log(w / total)),
          0,
        );
        const out = new Float32Array(2 + padded);
        probe(
          library,
          'statistics',
          [banned, padded, vocab, 0, ...bannedTokens],
          logits,
          Float32Array.of(1 / temperature),
          out,
        );
        expect(Math.abs(out[0]! - (most + Math.log(total)))).toBeLessThan(
          TOLERANCE * (1 + Math.abs(out[0]!)),
        );
        expect(Math.abs(out[1]! - entropy)).toBeLessThan(2e-5 * (1 + entropy));
        expectClose(out.subarray(2, 2 + vocab), weights, TOLERANCE, 'weights');
        expect(Math.max(0, ...out.subarray(2 + vocab))).toBe(0);
      }),
      RUNS,
    );
  });

  it('cuts: top-k, then top-p of what is left, then min-p', () => {
    const cuts = fc.record({
      vocab: fc.integer({ min: 2, max: 200 }),
      levels: fc.constantFrom(3, 1000),
      topK: fc.nat(220),
      topP: fc.constantFrom(1, 0.9, 0.5, 0.11),
      minP: fc.constantFrom(0, 0.05, 0.4),
      seed: seeds,
    });
    fc.assert(
      fc.property(cuts, ({ vocab, levels, topK, topP, minP, seed }) => {
        // Whole numbers: sums are exact in any order, so that no cut is decided by rounding; few levels make ties.
        const weights = random(seed, 1, vocab).map((value) => Math.floor((1 + value) * levels));
        const order = [...weights.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b);
        const ranked = topK > 0 ? order.slice(0, topK) : order;
        const mass = ranked.reduce((sum, id) => sum + weights[id]!, 0);
        const expected = new Float32Array(vocab);
        let before = 0;
        for (const id of ranked) {
          if (topP < 1 && before >= topP * mass) break;
          if (weights[id]! >= minP * weights[order[0]!]!) expected[id] = weights[id]!;
          before += weights[id]!;
        }
        probe(library, 'cut', [1, vocab, topK], weights, Float64Array.of(topP, minP));
        expect(weights).toEqual(expected);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it('draws invert the cumulative distribution', () => {
    const cases = fc.record({
      vocab: fc.integer({ min: 1, max: 300 }),
      u: fc.integer({ min: 0, max: 2 ** 24 - 1 }).map((n) => n / 2 ** 24),
      seed: seeds,
    });
    fc.assert(
      fc.property(cases, ({ vocab, u, seed }) => {
        const weights = random(seed, 1, vocab).map((value) => Math.max(0, Math.floor(100 * value)));
        weights[seed % vocab] = 1;
        const total = weights.reduce((sum, w) => sum + w, 0);
        let cumulative = 0;
        const expected = weights.findIndex((w) => {
          cumulative += w;
          return cumulative > u * total;
        });
        expect(probe(library, 'draw', [1, vocab, 0], weights, Float64Array.of(u))).toBe(expected);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("uniforms are the engine interface's", () => {
    fc.assert(
      fc.property(seeds, seeds, fc.nat(1000), fc.nat(1000), (seed, stream, generation, position) => {
        const out = new Float64Array(1);
        const at = Int32Array.of(seed, stream, generation, position);
        withCopies(library, [at, out], (from, to) => library.functions.probe_uniform(from!, to!));
        expect(out[0]).toBe(samplingUniform(seed, stream, generation, position));
      }),
      RUNS,
    );
  });
});
