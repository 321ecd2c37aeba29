import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RandomAxis, type SweepPlan, sweepPlan } from '../../../electron/contract/sweeps.ts';
import { combinationText, plannedCount, plannedRuns } from '../../../electron/sweeps/plan.ts';

const planOf = (axes: SweepPlan['axes'], more: Partial<SweepPlan> = {}): SweepPlan =>
  sweepPlan.parse({ axes, shared: { stage: 'rmt' }, ...more });
const runsOf = (plan: SweepPlan) => [...plannedRuns(plan)];

describe('a grid', () => {
  it('is every combination with every seed, the last axis and the seeds fastest', () => {
    const axes = [
      { setting: 'learningRate', values: [1e-5, 1e-4] },
      { setting: 'numGenerations', values: [4, 8] },
    ];
    const plan = planOf({ kind: 'grid', axes }, { seeds: [1, 2] });
    expect(plannedCount(plan)).toBe(8);
    expect(runsOf(plan).slice(0, 3)).toEqual([
      { learningRate: 1e-5, numGenerations: 4, seed: 1 },
      { learningRate: 1e-5, numGenerations: 4, seed: 2 },
      { learningRate: 1e-5, numGenerations: 8, seed: 1 },
    ]);
    expect(runsOf(planOf({ kind: 'grid', axes: [] }, { seeds: [5, 6] }))).toEqual([{ seed: 5 }, { seed: 6 }]);
    expect(runsOf(planOf({ kind: 'grid', axes: [] }))).toEqual([{}]);
  });

  it('holds each combination once, as many as it counts', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
    const names = ['learningRate', 'numGenerations', 'maxSteps', 'promptsPerStep'];
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 3 }), (lengths, seeds) => {
        const axes = lengths.map((n, i) => ({
          setting: names[i]!,
          values: Array.from({ length: n }, (_, v) => v + 1),
        }));
        const plan = planOf({ kind: 'grid', axes }, { seeds: Array.from({ length: seeds }, (_, s) => s) });
        const texts = runsOf(plan).map((run) => JSON.stringify(run));
        expect(new Set(texts).size).toBe(texts.length);
        expect(texts.length).toBe(plannedCount(plan));
      }),
    );
  });
});

describe('random draws', () => {
  const axes: RandomAxis[] = [
    { setting: 'learningRate', draw: { kind: 'log-uniform', low: 1e-6, high: 1e-3 } },
    { setting: 'numGenerations', draw: { kind: 'uniform', low: 4, high: 16 } },
    { setting: 'lossType', draw: { kind: 'choice', values: ['grpo', 'dapo'] } },
  ];
  const random = (count: number, seed = 0) => planOf({ kind: 'random', axes, count, seed });

  it('are the same for the same seed, inside their ranges, whole where the setting is', () => {
    const runs = runsOf(random(200));
    expect(runsOf(random(200))).toEqual(runs);
    expect(runsOf(random(200, 1))).not.toEqual(runs);
    for (const { learningRate, numGenerations, lossType } of runs) {
      expect(Number(learningRate)).toBeGreaterThanOrEqual(1e-6);
      expect(Number(learningRate)).toBeLessThanOrEqual(1e-3);
      expect(Number.isInteger(numGenerations)).toBe(true);
      expect(Number(numGenerations)).toBeGreaterThanOrEqual(4);
      expect(Number(numGenerations)).toBeLessThanOrEqual(16);
      expect(['grpo', 'dapo']).toContain(lossType);
    }
    // Half of the draws of a logarithmic range lie below its geometric mean.
    const below = runs.filter((run) => Number(run.learningRate) < Math.sqrt(1e-6 * 1e-3)).length;
    expect(below).toBeGreaterThan(70);
    expect(below).toBeLessThan(130);
  });

  it('never repeat a combination, however few there are', () => {
    const few = planOf({
      kind: 'random',
      axes: [{ setting: 'lossType', draw: { kind: 'choice', values: ['grpo', 'dapo'] } }],
      count: 50,
      seed: 0,
    });
    expect(runsOf(few)).toHaveLength(2);
  });
});

it('axes that mean nothing are named', () => {
  const refused = (plan: SweepPlan, message: RegExp, settings: readonly string[]) =>
    expect(() => runsOf(plan)).toThrowError(
      expect.objectContaining({ name: 'InvalidSettings', message: expect.stringMatching(message), settings }),
    );
  const grid = (...names: string[]) =>
    ({ kind: 'grid', axes: names.map((setting) => ({ setting, values: [1] })) }) as const;
  refused(planOf({ ...grid('nothing'), axes: [...grid('nothing').axes] }), /no setting “nothing”/, [
    'nothing',
  ]);
  refused(planOf({ kind: 'grid', axes: grid('seed', 'seed').axes.slice() }), /twice/, ['seed']);
  refused(planOf({ kind: 'grid', axes: grid('seed').axes.slice() }, { seeds: [1] }), /seeds and an axis/, [
    'seed',
  ]);
  const range = (setting: string, low: number, high: number, kind: 'uniform' | 'log-uniform' = 'uniform') =>
    planOf({ kind: 'random', axes: [{ setting, draw: { kind, low, high } }], count: 1, seed: 0 });
  refused(range('lossType', 0, 1), /not a number/, ['lossType']);
  refused(range('learningRate', 1, 0), /ends below/, ['learningRate']);
  refused(range('learningRate', 0, 1, 'log-uniform'), /above 0/, ['learningRate']);
  refused(range('numGenerations', 4.2, 4.8), /no whole number/, ['numGenerations']);
});

it('says in words what tells a run from the others', () => {
  expect(combinationText({ learningRate: 1e-4, tierMix: [0.2, 0.8], seed: 3 })).toBe(
    'learningRate=0.0001, tierMix=0.2/0.8, seed=3',
  );
});
