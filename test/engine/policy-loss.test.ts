import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyGroup } from '../../trainer/engine/engine.ts';
import { type PolicyLossSettings, policyLoss } from '../../trainer/engine/policy-loss.ts';

/** Made by PyTorch autograd from the published formulas: see golden/grpo_update.py. */
const golden = JSON.parse(readFileSync(new URL('../golden/grpo_update.json', import.meta.url), 'utf8'));

interface GoldenCase {
  name: string;
  lossType: PolicyLossSettings['lossType'];
  beta: number;
  epsilonHigh: number;
  level: 'token' | 'sequence';
  old: (number[] | null)[][];
  ref: (number[] | null)[][];
  perTokenLogps: number[][][];
  policyLoss: number;
  kl: number;
  clipLow: number;
  clipHigh: number;
}

const settingsOf = (one: GoldenCase): PolicyLossSettings => ({
  lossType: one.lossType,
  epsilon: 0.2,
  epsilonHigh: one.epsilonHigh,
  beta: one.beta,
  importanceSamplingLevel: one.level,
  maxCompletionLength: 6,
});

const groupsOf = (one: GoldenCase): PolicyGroup[] =>
  golden.completions.map((group: number[][], g: number) => ({
    prompt: Int32Array.from(golden.prompts[g]),
    completions: group.map((tokens, c) => ({
      tokens: Int32Array.from(tokens),
      completionMask: new Uint8Array(tokens.length).fill(1),
      advantage: golden.advantages[g][c],
      oldPerTokenLogps: one.old[g]![c] ? Float32Array.from(one.old[g]![c]!) : null,
      refPerTokenLogps: one.ref[g]![c] ? Float32Array.from(one.ref[g]![c]!) : null,
    })),
  }));

describe('policy loss', () => {
  it.each(golden.cases as GoldenCase[])('$name: loss, KL and clip shares as PyTorch has them', (one) => {
    const logps = one.perTokenLogps.map((group) => group.map((values) => Float32Array.from(values)));
    const result = policyLoss(groupsOf(one), logps, settingsOf(one));
    expect(result.loss).toBeCloseTo(one.policyLoss, 6);
    expect(result.kl).toBeCloseTo(one.kl, 6);
    expect(result.clipRatio.low).toBeCloseTo(one.clipLow, 6);
    expect(result.clipRatio.high).toBeCloseTo(one.clipHigh, 6);
  });

  it('has the derivative its values show, for every option', () => {
    const token = fc.record({
      logp: fc.double({ min: -4, max: -0.05, noNaN: true }),
      shift: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
      refShift: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
      mask: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(fc.array(token, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
        fc.constantFrom('dapo', 'grpo', 'dr_grpo', 'bnpo'),
        fc.constantFrom('token', 'sequence'),
        fc.constantFrom(0, 0.1),
        fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 3, maxLength: 3 }),
        (completions, lossType, importanceSamplingLevel, beta, advantages) => {
          const settings = {
            lossType,
            epsilon: 0.2,
            epsilonHigh: 0.28,
            beta,
            importanceSamplingLevel,
            maxCompletionLength: 5,
          } as const;
          const groups: PolicyGroup[] = [
            {
              prompt: Int32Array.from([1]),
              completions: completions.map((tokens, c) => ({
                tokens: new Int32Array(tokens.length),
                completionMask: Uint8Array.from(tokens, (t) => (t.mask ? 1 : 0)),
                advantage: advantages[c]!,
                oldPerTokenLogps: Float32Array.from(tokens, (t) => t.logp + t.shift),
                refPerTokenLogps: Float32Array.from(tokens, (t) => t.logp + t.refShift),
              })),
            },
          ];
          // Float64 stands in for the engine's float32 logps, so that differences are exact enough.
          const at = (values: number[][]): number =>
            policyLoss(groups, [values.map((v) => Float64Array.from(v) as unknown as Float32Array)], settings)
              .loss;
          const values = completions.map((tokens) => tokens.map((t) => t.logp));
          const { dLogps } = policyLoss(
            groups,
            [values.map((v) => Float64Array.from(v) as unknown as Float32Array)],
            settings,
          );
          const h = 1e-6;
          completions.forEach((tokens, c) => {
            tokens.forEach((_, t) => {
              const moved = (by: number): number[][] =>
                values.map((v, i) => v.map((x, j) => (i === c && j === t ? x + by : x)));
              const [below, here, above] = [at(moved(-h)), at(values), at(moved(h))];
              // At a clip boundary the two one-sided slopes differ, and there is no derivative to compare.
              fc.pre(Math.abs(above - here - (here - below)) < 1e-9);
              expect(dLogps[0]![c]![t]).toBeCloseTo((above - below) / (2 * h), 4);
            });
          });
        },
      ),
      { seed: 1, numRuns: 200 },
    );
  });
});
