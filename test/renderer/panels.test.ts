import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lengthReward, rewardBands } from '../../renderer/lib/length-reward.ts';
import { panelsOf } from '../../renderer/lib/panels.ts';
import { METRICS } from '../../trainer/metrics.ts';
import { triangularLengthReward } from '../../trainer/rl/budget.ts';

describe('the length reward behind the lengths', () => {
  it('is the one that rollouts earn', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2000 }),
        fc.integer({ min: 1, max: 900 }),
        fc.double({ min: 0.1, max: 2, noNaN: true }),
        (length, budget, max) => {
          expect(lengthReward(length, budget, max)).toBeCloseTo(
            triangularLengthReward(length, budget, max),
            9,
          );
        },
      ),
    );
  });

  it('is drawn as bands whose edges earn the band’s share', () => {
    for (const { share, low, high } of rewardBands({ x: [1, 2], y: [20, null] })) {
      expect(lengthReward(low[0]!, 20, 1)).toBeCloseTo(share, 12);
      expect(lengthReward(high[0]!, 20, 1)).toBeCloseTo(share, 12);
      expect([low[1], high[1]]).toEqual([null, null]);
    }
  });
});

describe('panels of the methods', () => {
  const panels = panelsOf(Object.keys(METRICS));
  const titled = (title: string) => panels.find((panel) => panel.title === title);

  it('show lengths against the budget with the reward behind', () => {
    const panel = titled('Thinking length and budget');
    expect(panel?.shade).toBe('length-reward');
    expect(panel?.lines.map(({ name }) => name)).toEqual(['thinking/mean_length', 'budget/target']);
  });

  it('show the accuracy of each tier below the curriculum’s mix, in the same colours', () => {
    const [below, ...more] = titled('Curriculum mix')?.joined ?? [];
    expect(more).toEqual([]);
    expect(below?.title).toBe('Accuracy by tier');
    const colours = (lines: readonly { colour: string }[] = []) => lines.map(({ colour }) => colour);
    expect(colours(below?.lines)).toEqual(colours(titled('Curriculum mix')?.lines));
    expect(titled('Accuracy by tier')).toBeUndefined();
    // Without a mix, as in RPT, the accuracy has a card of its own.
    expect(panelsOf(['match/hard'])[0]).toMatchObject({ title: 'Accuracy by tier', joined: [] });
  });

  it('hold every metric but those that serve as x', () => {
    const names = panels.flatMap((panel) => [panel, ...panel.joined]).flatMap(({ lines }) => lines);
    expect(names).toHaveLength(Object.keys(METRICS).length - 3);
    for (const title of ['Entropy', 'Clipped tokens', 'Lost groups and rollouts', 'Loss', 'Memory']) {
      expect(titled(title), title).toBeDefined();
    }
    expect(titled('Processor and GPU use')?.lines).toHaveLength(2);
  });
});
