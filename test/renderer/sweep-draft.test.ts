import { describe, expect, it } from 'vitest';
import { draftFromParams, EMPTY_DRAFT, paramsOfDraft } from '../../renderer/lib/run-draft.ts';
import { seedsOf, sweepPlanOf } from '../../renderer/lib/sweep-draft.ts';
import { EMPTY_SWEEP } from '../../renderer/lib/sweep-text.ts';

describe('a sweep in the form', () => {
  it('is a plan, as far as it is understood', () => {
    const axes = [
      { setting: 'learningRate', values: '1e-5, 1e-4' },
      { setting: 'lossType', values: 'grpo,dapo' },
      { setting: 'tierMix', values: '1,0,0 | 0,0,1' },
    ];
    const grid = sweepPlanOf(EMPTY_DRAFT, { ...EMPTY_SWEEP, axes, seeds: '0..2' });
    expect(grid.plan.seeds).toEqual([0, 1, 2]);
    expect(grid.plan.axes).toMatchObject({
      kind: 'grid',
      axes: [{ values: [1e-5, 1e-4] }, { values: ['grpo', 'dapo'] }],
    });
    const random = sweepPlanOf(EMPTY_DRAFT, {
      ...EMPTY_SWEEP,
      kind: 'random',
      axes: [
        { setting: 'learningRate', values: 'log 1e-6..1e-3' },
        { setting: 'numGenerations', values: '4 .. 16' },
        { setting: 'lossType', values: 'grpo, dapo' },
      ],
    });
    expect(random.plan.axes).toMatchObject({
      count: 10,
      axes: [
        { draw: { kind: 'log-uniform', low: 1e-6, high: 1e-3 } },
        { draw: { kind: 'uniform', low: 4, high: 16 } },
        { draw: { kind: 'choice', values: ['grpo', 'dapo'] } },
      ],
    });
  });

  it('says which axis is not understood', () => {
    const axes = [
      { setting: 'learningRate', values: 'fast' },
      { setting: 'nothing', values: '1' },
    ];
    const { problems } = sweepPlanOf(EMPTY_DRAFT, { ...EMPTY_SWEEP, axes, seeds: '1,x' });
    expect([...problems.keys()]).toEqual(['learningRate', 'nothing', 'seeds']);
    expect([seedsOf(''), seedsOf('3'), seedsOf('1,,2'), seedsOf('-1')]).toEqual([[], [3], null, null]);
  });

  it('is kept by the address', () => {
    const draft = {
      ...EMPTY_DRAFT,
      sweep: { ...EMPTY_SWEEP, axes: [{ setting: 'learningRate', values: '1e-5, 1e-4' }] },
    };
    expect(draftFromParams(new URLSearchParams(paramsOfDraft(draft).toString()))).toEqual(draft);
    expect(draftFromParams(new URLSearchParams('stage=rmt&sweep=broken')).sweep).toBeNull();
  });
});
