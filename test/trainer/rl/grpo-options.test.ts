/** TRL's options of the policy loss, one small example each, worked by hand. */
import { describe, expect, it } from 'vitest';
import { resolveStage } from '../../../trainer/config/stages.ts';
import type { PolicyGroup } from '../../../trainer/engine/engine.ts';
import { type PolicyLossSettings, policyLoss } from '../../../trainer/engine/policy-loss.ts';

const DEFAULTS: PolicyLossSettings = {
  lossType: 'dapo',
  epsilon: 0.2,
  epsilonHigh: 0.2,
  beta: 0,
  importanceSamplingLevel: 'token',
  maxCompletionLength: 8,
};

interface Shape {
  readonly advantage: number;
  /** Current over old probability of each token; the current one is ½ throughout. */
  readonly ratios: readonly number[];
  readonly mask?: readonly number[];
  /** Reference over current probability of each token. */
  readonly reference?: readonly number[];
}

const LOGP = Math.log(0.5);

function lossOf(settings: Partial<PolicyLossSettings>, ...shapes: readonly Shape[]) {
  const completions = shapes.map(({ advantage, ratios, mask, reference }) => ({
    tokens: new Int32Array(ratios.length),
    completionMask: Uint8Array.from(mask ?? ratios.map(() => 1)),
    advantage,
    oldPerTokenLogps: Float32Array.from(ratios, (ratio) => LOGP - Math.log(ratio)),
    refPerTokenLogps: reference ? Float32Array.from(reference, (ratio) => LOGP + Math.log(ratio)) : null,
  }));
  const groups: PolicyGroup[] = [{ prompt: Int32Array.from([1]), completions }];
  const logps = [shapes.map(({ ratios }) => new Float32Array(ratios.length).fill(LOGP))];
  return policyLoss(groups, logps, { ...DEFAULTS, ...settings });
}

it.each(['rmt', 'rpt', 'rlm', 'posttrain'] as const)('%s has TRL’s defaults', (stage) => {
  expect(resolveStage(stage, {}).values).toMatchObject({
    numGenerations: 8,
    beta: 0,
    numIterations: 1,
    epsilon: 0.2,
    // TRL's None takes epsilon.
    epsilonHigh: 0.2,
    lossType: 'dapo',
    scaleRewards: 'group',
    maskTruncatedCompletions: false,
    temperature: 1,
    topP: 1,
    topK: 0,
    minP: 0,
    importanceSamplingLevel: 'token',
    topEntropyQuantile: 1,
  });
});

describe('loss_type', () => {
  const two = { advantage: 1, ratios: [1, 1] };
  const four = { advantage: -1, ratios: [1, 1, 1, 1] };

  it.each([
    // −(2·1 + 4·(−1)) / 6 tokens.
    ['dapo', 2 / 6],
    ['bnpo', 2 / 6],
    // −(mean 1 + mean −1) / 2 completions.
    ['grpo', 0],
    // −(2 − 4) / (8 · 2 completions).
    ['dr_grpo', 2 / 16],
  ] as const)('%s', (lossType, expected) => {
    expect(lossOf({ lossType }, two, four).loss).toBeCloseTo(expected, 6);
  });

  it('counts only tokens under the mask', () => {
    // −(1·1 + 4·(−1)) / 5 tokens: one of the first completion's two is masked out.
    expect(lossOf({}, { ...two, mask: [1, 0] }, four).loss).toBeCloseTo(3 / 5, 6);
  });
});

describe('epsilon and epsilon_high', () => {
  it('clip a growing ratio of a good token', () => {
    const one = { advantage: 1, ratios: [1.5] };
    expect(lossOf({}, one)).toMatchObject({ clipRatio: { low: 0, high: 1, region: 1 } });
    expect(lossOf({}, one).loss).toBeCloseTo(-1.2, 6);
    expect(lossOf({ epsilonHigh: 0.28 }, one).loss).toBeCloseTo(-1.28, 6);
    expect(lossOf({}, one).dLogps[0]![0]![0]).toBe(0);
  });

  it('clip a shrinking ratio of a bad token', () => {
    const one = { advantage: -1, ratios: [0.5] };
    expect(lossOf({}, one)).toMatchObject({ clipRatio: { low: 1, high: 0, region: 1 } });
    expect(lossOf({}, one).loss).toBeCloseTo(0.8, 6);
    expect(lossOf({ epsilon: 0.4 }, one).loss).toBeCloseTo(0.6, 6);
  });

  it('let a ratio come back', () => {
    // min(0.5·1, 0.8·1) and min(1.5·(−1), 1.2·(−1)): the unclipped term counts, and its derivative is −A·ratio.
    expect(lossOf({}, { advantage: 1, ratios: [0.5] }).loss).toBeCloseTo(-0.5, 6);
    const bad = lossOf({}, { advantage: -1, ratios: [1.5] });
    expect(bad.loss).toBeCloseTo(1.5, 6);
    expect(bad.dLogps[0]![0]![0]).toBeCloseTo(1.5, 6);
  });
});

describe('beta', () => {
  it('adds the k3 estimate of the divergence from the reference', () => {
    // Δ = ln 2: 2 − ln 2 − 1 = 0.3069; over two tokens, the other of them with Δ = 0, the mean is half of it.
    const kl = (2 - Math.log(2) - 1) / 2;
    const result = lossOf({ beta: 0.1 }, { advantage: 0, ratios: [1, 1], reference: [2, 1] });
    expect(result.kl).toBeCloseTo(kl, 6);
    expect(result.loss).toBeCloseTo(0.1 * kl, 6);
    // d/dlogp of β·(e^Δ − Δ − 1)/2 is β·(1 − e^Δ)/2 = −0.05.
    expect(result.dLogps[0]![0]![0]).toBeCloseTo(-0.05, 6);
  });

  it('needs a reference', () => {
    expect(() => lossOf({ beta: 0.1 }, { advantage: 0, ratios: [1] })).toThrow('reference');
  });
});

describe('importance_sampling_level', () => {
  it('sequence takes the geometric mean of the tokens’ ratios', () => {
    const one = { advantage: 1, ratios: [1.44, 1] };
    // √(1.44·1) = 1.2 for both tokens, which is not above 1 + ε = 1.25.
    const settings = { epsilonHigh: 0.25 };
    expect(lossOf({ ...settings, importanceSamplingLevel: 'sequence' }, one)).toMatchObject({
      loss: expect.closeTo(-1.2, 6),
      clipRatio: { high: 0 },
    });
    // Token by token: (min(1.44, 1.25) + 1) / 2.
    expect(lossOf(settings, one)).toMatchObject({
      loss: expect.closeTo(-1.125, 6),
      clipRatio: { high: 0.5 },
    });
  });
});
