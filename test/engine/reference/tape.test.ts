/** Every operation of the reference has the derivative that its values show. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawsFor } from '../../../trainer/engine/random.ts';
import { relativeError } from '../closeness.ts';
import { numericGradient } from '../numeric-gradient.ts';
import {
  add,
  attention,
  backward,
  createTape,
  linear,
  lookUp,
  type Matrix,
  matrix,
  rmsNorm,
  rotate,
  swiglu,
  type Tape,
} from './tape.ts';

const TOLERANCE = 1e-7;
const RUNS = { numRuns: 30, seed: 1 };

const count = (max: number): fc.Arbitrary<number> => fc.integer({ min: 1, max });
const shapes = fc.record({
  rows: count(5),
  heads: count(3),
  share: count(3),
  half: count(3),
  width: count(6),
  seed: fc.nat(1e6),
});
type Shape = typeof shapes extends fc.Arbitrary<infer T> ? T : never;

function random(rows: number, columns: number, seed: number, purpose: number): Matrix {
  const draws = drawsFor(seed, purpose, 0);
  return matrix(
    rows,
    columns,
    Float64Array.from({ length: rows * columns }, () => 2 * draws.uniform() - 1),
  );
}

interface Operation {
  readonly name: string;
  readonly inputs: (shape: Shape) => readonly Matrix[];
  readonly apply: (tape: Tape, shape: Shape, ...inputs: readonly Matrix[]) => Matrix;
}

const OPERATIONS: readonly Operation[] = [
  {
    name: 'rows by id',
    inputs: ({ width, seed }) => [random(4, width, seed, 1)],
    apply: (tape, { rows }, table) =>
      lookUp(
        tape,
        table!,
        Array.from({ length: rows }, (_, i) => (i * i) % 4),
      ),
  },
  {
    name: 'product',
    inputs: ({ rows, width, heads, seed }) => [random(rows, width, seed, 1), random(heads, width, seed, 2)],
    apply: (tape, _, x, w) => linear(tape, x!, w!),
  },
  {
    name: 'sum',
    inputs: ({ rows, width, seed }) => [random(rows, width, seed, 1), random(rows, width, seed, 2)],
    apply: (tape, _, a, b) => add(tape, a!, b!),
  },
  {
    name: 'SwiGLU',
    inputs: ({ rows, width, seed }) => [random(rows, width, seed, 1), random(rows, width, seed, 2)],
    apply: (tape, _, gate, up) => swiglu(tape, gate!, up!),
  },
  {
    name: 'RMSNorm',
    inputs: ({ rows, heads, width, seed }) => [
      random(rows, heads * width, seed, 1),
      random(1, width, seed, 2),
    ],
    apply: (tape, _, x, gain) => rmsNorm(tape, x!, gain!, 1e-3),
  },
  {
    name: 'rotary embedding',
    inputs: ({ rows, heads, half, seed }) => [random(rows, heads * 2 * half, seed, 1)],
    apply: (tape, { half }, x) => rotate(tape, x!, 2 * half, 100),
  },
  {
    name: 'causal attention',
    inputs: ({ rows, heads, share, width, seed }) => [
      random(rows, heads * share * width, seed, 1),
      random(rows, heads * width, seed, 2),
      random(rows, heads * width, seed, 3),
    ],
    apply: (tape, { heads, share }, q, k, v) => attention(tape, q!, k!, v!, heads * share, heads),
  },
];

describe('the reference', () => {
  it.each(OPERATIONS)('$name', ({ inputs, apply }) => {
    fc.assert(
      fc.property(shapes, (shape) => {
        const given = inputs(shape);
        const tape = createTape();
        const out = apply(tape, shape, ...given);
        const dOut = random(out.rows, out.columns, shape.seed, 9).data;
        out.gradient.set(dOut);
        backward(tape);
        given.forEach((input, i) => {
          const numeric = numericGradient(
            input.data,
            (moved) => {
              const others = given.map((one, j) => (i === j ? matrix(one.rows, one.columns, moved) : one));
              return apply(createTape(), shape, ...others).data;
            },
            dOut,
          );
          expect(relativeError([...input.gradient, 1], [...numeric, 1]), `input ${i}`).toBeLessThan(
            TOLERANCE,
          );
        });
      }),
      RUNS,
    );
  });
});
