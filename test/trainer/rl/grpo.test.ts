import { describe, expect, it } from 'vitest';
import { groupAdvantages, topEntropyMasks } from '../../../trainer/rl/grpo.ts';

describe('group advantages', () => {
  // By hand: rewards 1, 0, 0.25: mean 0.416667, unbiased std 0.520416; divisor 0.520516.
  it('centre by the group and scale by its unbiased standard deviation + 1e-4', () => {
    const { advantages, reward, rewardStd, fracRewardZeroStd } = groupAdvantages([[1, 0, 0.25]], 'group');
    expect(advantages[0]!.map((a) => Number(a.toFixed(5)))).toEqual([1.12068, -0.80049, -0.32019]);
    expect(reward).toBeCloseTo(0.4166667, 6);
    expect(rewardStd).toBeCloseTo(0.5204165, 6);
    expect(fracRewardZeroStd).toBe(0);
  });

  it('give nothing to a group without spread, and count it', () => {
    const { advantages, fracRewardZeroStd } = groupAdvantages(
      [
        [0.1 + 0.2, 0.1 + 0.2],
        [0, 1],
      ],
      'group',
    );
    expect(advantages[0]).toEqual([0, 0]);
    expect(fracRewardZeroStd).toBe(0.5);
  });

  it('give advantage 0 to a completion that cannot be scored, and leave it out of the mean', () => {
    const { advantages, reward } = groupAdvantages([[1, null, 0]], 'none');
    expect(advantages[0]).toEqual([0.5, 0, -0.5]);
    expect(reward).toBe(0.5);
  });

  // By hand: batch 0, 1, 0, 3 has mean 1, unbiased std √2 = 1.414214.
  it('scale by the batch, or not at all', () => {
    const rewards = [
      [0, 1],
      [0, 3],
    ];
    expect(groupAdvantages(rewards, 'none').advantages).toEqual([
      [-0.5, 0.5],
      [-1.5, 1.5],
    ]);
    expect(groupAdvantages(rewards, 'batch').advantages[1]![1]).toBeCloseTo(1.5 / (Math.SQRT2 + 1e-4), 12);
  });
});

describe('top-entropy masks', () => {
  it('keep the share of masked-in tokens with the highest entropy', () => {
    const masks = [Uint8Array.from([1, 1, 1, 0]), Uint8Array.from([1, 1])];
    const entropies = [Float32Array.from([0.1, 0.9, 0.5, 9]), Float32Array.from([0.7, 0.3])];
    // Quantile 0.6 of {0.1, 0.3, 0.5, 0.7, 0.9} is 0.58.
    expect(topEntropyMasks(masks, entropies, 0.4).map((m) => [...m])).toEqual([
      [0, 1, 0, 0],
      [1, 0],
    ]);
    expect(topEntropyMasks(masks, entropies, 1)).toEqual(masks);
  });
});
