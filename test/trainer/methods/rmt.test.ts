import { describe, expect, it } from 'vitest';
import type { TokenizedCorpus } from '../../../trainer/data/documents.ts';
import { BOS, EOS } from '../../../trainer/data/special-tokens.ts';
import { drawsFor } from '../../../trainer/engine/random.ts';
import { drawPositions, maskedDocuments } from '../../../trainer/methods/rmt.ts';
import { type LoopSettings, learningRateAt } from '../../../trainer/methods/run.ts';

const sequences = [
  [BOS, 40, 41, 42, EOS],
  [BOS, 50, 51, EOS],
].map((tokens) => Int32Array.from(tokens));
const corpus: TokenizedCorpus = {
  count: 2,
  sequence: (i) => sequences[i]!,
  documentKey: (i) => `document-${i}`,
  tokens: 9,
};

describe('RMT’s next-token mask', () => {
  // By hand: m_pos = 0 at <bos> (never a target) and where RL used the position; 1 elsewhere, <eos> included.
  it('leaves out exactly the positions RL used', () => {
    const used = [
      { sequence: 0, target: 2 },
      { sequence: 0, target: 2 },
      { sequence: 1, target: 3 },
    ];
    const weights = maskedDocuments(corpus, [0, 1], used).map((document) => [...document.weights]);
    expect(weights).toEqual([
      [0, 1, 0, 1, 1],
      [0, 1, 1, 0],
    ]);
  });

  it('does not carry over to the next step', () => {
    maskedDocuments(corpus, [0], [{ sequence: 0, target: 1 }]);
    expect([...maskedDocuments(corpus, [0], [])[0]!.weights]).toEqual([0, 1, 1, 1, 1]);
  });
});

describe('RMT’s positions', () => {
  const position = (tier: number, target: number) => ({ sequence: 0, target, tier });
  const tiers = [[position(0, 2), position(0, 3)], [position(1, 4)], [position(2, 5), position(2, 6)]];

  it('draw a tier from the mix, then a position uniformly in it', () => {
    const counts = new Map<number, number>();
    for (const { target } of drawPositions(drawsFor(0, 4, 0), tiers, [0.2, 0.3, 0.5], 10_000)) {
      counts.set(target, (counts.get(target) ?? 0) + 1);
    }
    // By hand: 0.2/2, 0.2/2, 0.3, 0.5/2, 0.5/2 of 10,000.
    [1000, 1000, 3000, 2500, 2500].forEach((expected, i) => {
      expect(Math.abs(counts.get(i + 2)! - expected)).toBeLessThan(170);
    });
  });

  it('hand an empty tier’s draws to the nearest harder, else easier one', () => {
    const only = (mix: number[], lists: typeof tiers) =>
      new Set(drawPositions(drawsFor(0, 4, 0), lists, mix, 50).map(({ tier }) => tier));
    expect(only([0, 1, 0], [tiers[0]!, [], tiers[2]!])).toEqual(new Set([2]));
    expect(only([0, 0, 1], [tiers[0]!, tiers[1]!, []])).toEqual(new Set([1]));
    expect(drawPositions(drawsFor(0, 4, 0), [[], [], []], [1, 0, 0], 5)).toEqual([]);
  });
});

describe('learning rate', () => {
  const settings: LoopSettings = {
    maxSteps: 100,
    learningRate: 1,
    lrSchedulerType: 'cosine',
    warmupSteps: 10,
    minLearningRateRatio: 0.05,
    saveSteps: 0,
    sampleSteps: 0,
    validationSteps: 0,
    seed: 0,
  };
  // By hand: (step + 1)/10 while warming up; then ½(1 + cos(π·progress)) with progress = (step − 10)/90.
  it('warms up linearly, then decays by cosine to its floor', () => {
    expect(learningRateAt(0, settings)).toBeCloseTo(0.1, 12);
    expect(learningRateAt(9, settings)).toBeCloseTo(1, 12);
    expect(learningRateAt(55, settings)).toBeCloseTo(0.5, 12);
    expect(learningRateAt(99, settings)).toBe(0.05);
  });

  it('decays linearly, or stays', () => {
    expect(learningRateAt(55, { ...settings, lrSchedulerType: 'linear' })).toBeCloseTo(0.5, 12);
    expect(learningRateAt(99, { ...settings, lrSchedulerType: 'constant_with_warmup' })).toBe(1);
    expect(learningRateAt(0, { ...settings, warmupSteps: 0 })).toBe(1);
  });
});
