/** Verdicts on numbers worked by hand, through the study's own declaration. */
import { describe, expect, it } from 'vitest';
import type { StudyClaim } from '../../../electron/contract/studies.ts';
import { loadStudy } from '../../../electron/studies/load.ts';
import type { MetricSeries } from '../../../electron/studies/observe.ts';
import { resultsOf } from '../../../electron/studies/results.ts';

/** Losses of each run by seed, one a step, and FLOPs that grow tenfold from step to step. */
type Losses = Readonly<Record<string, readonly (readonly number[])[]>>;

function claimsOf(losses: Losses, ...claims: string[]): StudyClaim[] {
  const seeds = Object.values(losses)[0]!.length;
  const text = `name: judged
title: Judged
question: Which?
minutes: 1
seeds: [${Array.from({ length: seeds }, (_, i) => i).join(', ')}]
corpora: {documents: {sample: documents}}
checkpoints: {base: {sample: base}}
settings: {common: {saveSteps: 0}}
runs:
${Object.keys(losses)
  .map((id) => `  - {id: ${id}, label: ${id}, stage: sft, base: base}`)
  .join('\n')}
measures:
  loss: {label: Loss, metric: loss, last: 1}
claims:
${claims.map((claim, i) => `  - {id: c${i}, statement: It is so., measure: loss, ${claim}}`).join('\n')}
`;
  const loaded = loadStudy(text, 'judged.yaml', { quick: false, seeds: null });
  const series = (nodeId: string, metric: string): MetricSeries | null => {
    const [run, seed] = nodeId.split('/');
    const values = losses[run!]![Number(seed)]!;
    const steps = Float64Array.from(values, (_, i) => i + 1);
    if (metric === 'flops') return { steps, values: steps.map((step) => 10 ** step) };
    return metric === 'loss' ? { steps, values: Float64Array.from(values) } : null;
  };
  return resultsOf({ ...loaded, data: { answers: () => null, series } }).claims;
}

const ends = (...values: number[]): number[][] => values.map((value) => [value]);
const ABOVE = 'kind: difference, run: a, than: b, expect: greater';
const BELOW = 'kind: difference, run: a, than: b, expect: less';

describe('a difference', () => {
  // Seed by seed 2, 3 and 4: mean 3, standard error 1/√3, t = 5.196 with 2 degrees of freedom, p = 0.0351;
  // the interval is 3 ± 4.3027/√3.
  const three = { a: ends(3, 4, 5), b: ends(1, 1, 1) };

  it('has Student’s interval over seeds', () => {
    const [claim] = claimsOf(three, ABOVE);
    expect(claim).toMatchObject({ effect: 3, seeds: 3, n: 3, verdict: 'reproduced' });
    expect(claim!.low).toBeCloseTo(3 - 4.302653 / Math.sqrt(3), 4);
    expect(claim!.high).toBeCloseTo(3 + 4.302653 / Math.sqrt(3), 4);
    expect(claim!.p).toBeCloseTo(0.03511, 4);
    expect(claim!.pHolm).toBe(claim!.p);
  });

  it('the other way round is not reproduced', () => {
    expect(claimsOf(three, BELOW)).toMatchObject([{ verdict: 'not' }]);
  });

  it('is undecided once there are two such claims: Holm’s correction', () => {
    const claims = claimsOf(three, ABOVE, BELOW);
    expect(claims.map(({ verdict }) => verdict)).toEqual(['undecided', 'undecided']);
    expect(claims[0]!.pHolm).toBeCloseTo(2 * 0.03511, 4);
  });

  it('known to be smaller than what counts is not reproduced', () => {
    // The interval ends at 5.48.
    expect(claimsOf(three, `${ABOVE}, least: 6`)).toMatchObject([{ verdict: 'not' }]);
    expect(claimsOf(three, `${ABOVE}, least: 5`)).toMatchObject([{ verdict: 'reproduced' }]);
  });

  it('of fewer than three seeds decides nothing', () => {
    const [claim] = claimsOf({ a: ends(9, 9.001), b: ends(1, 1) }, ABOVE);
    expect(claim).toMatchObject({ verdict: 'undecided', seeds: 2 });
    expect(claim!.notes[0]).toContain('three are needed');
  });
});

describe('a ratio', () => {
  it('is of the means, its interval on the log scale', () => {
    const [claim] = claimsOf(
      { a: ends(30, 36, 33), b: ends(100, 120, 110) },
      'kind: ratio, run: a, than: b, below: 0.4',
    );
    // Seed by seed the ratio is 0.3 exactly, so there is no spread.
    expect(claim!.effect).toBeCloseTo(0.3, 12);
    expect(claim!.low).toBeCloseTo(0.3, 9);
    expect(claim!.high).toBeCloseTo(0.3, 9);
    expect(claim!.verdict).toBe('reproduced');
  });

  it('above its bound is not reproduced; near it undecided', () => {
    const bound = 'kind: ratio, run: a, than: b, below: 0.4';
    expect(claimsOf({ a: ends(60, 61, 62), b: ends(100, 101, 102) }, bound)).toMatchObject([
      { verdict: 'not' },
    ]);
    expect(claimsOf({ a: ends(30, 50, 38), b: ends(100, 100, 100) }, bound)).toMatchObject([
      { verdict: 'undecided' },
    ]);
  });
});

describe('the lowest', () => {
  const claim = 'kind: lowest, run: a, among: [b, c]';

  it('must lie below each: the weakest test counts', () => {
    const [lowest] = claimsOf({ a: ends(1, 1.1, 0.9), b: ends(2, 2.1, 1.9), c: ends(5, 5, 5) }, claim);
    expect(lowest).toMatchObject({ effect: expect.closeTo(-1, 9), verdict: 'reproduced' });
    expect(lowest!.notes[0]).toBe('The closest is b.');
  });

  it('is not so where another one lies below', () => {
    const [lowest] = claimsOf({ a: ends(3, 3.1, 2.9), b: ends(2, 2.1, 1.9), c: ends(5, 5, 5) }, claim);
    expect(lowest).toMatchObject({ effect: expect.closeTo(1, 9), verdict: 'not' });
  });
});

describe('linear in log10 FLOPs', () => {
  const steps = Array.from({ length: 12 }, (_, i) => i + 1);
  const line = 'kind: linear, run: a, warmup: 0, points: 12, r2AtLeast: 0.9';

  it('finds slope and R² of a line', () => {
    // 0.5 per tenfold compute, with a wiggle that differs by seed.
    const seeds = [0, 1, 2].map((seed) => steps.map((step) => 0.5 * step + 0.01 * Math.sin(step + seed)));
    const [claim] = claimsOf({ a: seeds }, line);
    expect(claim).toMatchObject({ verdict: 'reproduced', n: 12, seeds: 3 });
    expect(claim!.effect).toBeGreaterThan(0.999);
    expect(claim!.low!).toBeLessThanOrEqual(claim!.effect!);
    expect(claim!.notes[0]).toBe('Slope 0.500 per tenfold compute.');
  });

  it('does not find one in a step', () => {
    const seeds = [0, 1, 2].map((seed) =>
      steps.map((step) => Number(step > 6) + 0.05 * Math.sin(7 * step + seed)),
    );
    const [claim] = claimsOf({ a: seeds }, line);
    expect(claim!.verdict).toBe('not');
    expect(claim!.effect).toBeLessThan(0.85);
  });

  it('counts a falling line for nothing', () => {
    const seeds = [0, 1, 2].map((seed) => steps.map((step) => -step + 0.01 * Math.sin(step + seed)));
    expect(claimsOf({ a: seeds }, line)).toMatchObject([{ verdict: 'not', effect: 0 }]);
  });
});

describe('a curve', () => {
  const rising = (top: number, seed: number): number[] =>
    Array.from({ length: 40 }, (_, i) => top * (1 - Math.exp(-i / 8)) + 0.01 * seed);
  const whole = 'kind: curve, run: a, than: b';
  const plateau = 'kind: curve, run: a, than: b, plateau: 3';

  it('lies above another as a whole and at its plateau', () => {
    const data = {
      a: [0, 1, 2].map((seed) => rising(0.9, seed)),
      b: [0, 2, 1].map((seed) => rising(0.6, seed)),
    };
    const [above] = claimsOf(data, plateau);
    expect(above).toMatchObject({ verdict: 'reproduced', what: 'difference of the plateaus' });
    expect(above!.effect).toBeCloseTo(0.3, 1);
    const [over] = claimsOf(data, whole);
    expect(over).toMatchObject({ verdict: 'reproduced', what: 'mean difference of the curves' });
    // 0.3 times the mean of 1 − e^(−i/8) over i = 0 … 39.
    expect(over!.effect).toBeCloseTo(0.3 * (1 - (1 - Math.exp(-5)) / (1 - Math.exp(-1 / 8)) / 40), 2);
  });

  it('that starts above and ends below is not above at its plateau', () => {
    const falling = (seed: number): number[] => rising(0.6, seed).map((y, i) => y + 0.5 - i / 40);
    const [crossing] = claimsOf(
      { a: [0, 1, 2].map(falling), b: [0, 2, 1].map((seed) => rising(0.6, seed)) },
      plateau,
    );
    expect(crossing!.verdict).toBe('not');
    expect(crossing!.effect).toBeLessThan(0);
  });
});
