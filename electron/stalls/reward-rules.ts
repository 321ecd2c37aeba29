/** Rewards that teach nothing, or the wrong thing. Pure. */
import { evidenceOf, mean, percent, short } from './evidence.ts';
import {
  BEYOND_NOISE,
  type Facts,
  highestReward,
  LOW_TEMPERATURE,
  last,
  learns,
  matchChange,
  type Rule,
  setting,
} from './rule.ts';

/** Rewards this near each other count as equal. */
const NEARLY = 1e-6;

export const zeroVariance: Rule = {
  kind: 'zero-variance',
  needs: ['frac_reward_zero_std'],
  find(facts) {
    const tied = last(facts, 'frac_reward_zero_std');
    if (!tied) return null;
    const share = mean(tied.values);
    const { zeroVarianceShare } = facts.thresholds;
    if (share < zeroVarianceShare) return null;
    const reward = last(facts, 'reward');
    const level = reward ? mean(reward.values) : null;
    const why = whyTied(facts, level);
    return {
      kind: 'zero-variance',
      severity: learns(facts) ? 'notice' : 'problem',
      title: 'Groups without spread',
      text:
        `In ${percent(share)} of the groups of steps ${tied.fromStep} to ${tied.toStep} every rollout earned the ` +
        `same reward. Advantages are differences within a group, so these groups teach nothing. ${why.text}`,
      advice: why.advice,
      settings: why.settings,
      evidence: [
        evidenceOf(tied, share, { value: zeroVarianceShare, label: 'threshold' }),
        ...(reward && level !== null ? [evidenceOf(reward, level, null)] : []),
      ],
    };
  },
};

interface Why {
  readonly text: string;
  readonly advice: string;
  readonly settings: string[];
}

function whyTied(facts: Facts, level: number | null): Why {
  const cut = last(facts, 'completions/clipped_ratio');
  const temperature = setting(facts, 'temperature');
  if (cut && mean(cut.values) >= facts.thresholds.truncatedShare) {
    return {
      text: 'Many rollouts are cut off before they answer, which earns all of them nothing.',
      advice: 'Raise the thinking cap (maxThinkingTokens) until few rollouts are truncated.',
      settings: ['maxThinkingTokens'],
    };
  }
  if (temperature !== null && temperature < LOW_TEMPERATURE) {
    return {
      text: `At a temperature of ${short(temperature)} the rollouts of a group are all but the same.`,
      advice: 'Sample at temperature 1 (temperature), so that a group holds different attempts.',
      settings: ['temperature'],
    };
  }
  if (level !== null && level <= NEARLY) {
    return {
      text: 'No rollout earns anything: the task is too hard for this base, or its answers are not recognised.',
      advice:
        'Start from a stronger base, draw easier positions (curriculumStart), or sample more rollouts per prompt (numGenerations).',
      settings: ['curriculumStart', 'numGenerations'],
    };
  }
  if (level !== null && level >= facts.thresholds.saturatedReward * highestReward(facts.settings)) {
    return {
      text: 'Nearly every rollout earns all there is: the task is solved.',
      advice: 'Draw harder positions (curriculumEnd), or end the run here.',
      settings: ['curriculumEnd'],
    };
  }
  return {
    text: 'Prompts are either always or never answered.',
    advice:
      'Sample more rollouts per prompt (numGenerations), or draw positions of medium difficulty (curriculumStart, curriculumEnd).',
    settings: ['numGenerations', 'curriculumStart', 'curriculumEnd'],
  };
}

export const lengthHacking: Rule = {
  kind: 'length-hacking',
  needs: ['rewards/match/mean', 'thinking/mean_length', 'budget/target'],
  find(facts) {
    const change = matchChange(facts);
    const length = last(facts, 'thinking/mean_length');
    const budget = last(facts, 'budget/target');
    const match = last(facts, 'rewards/match/mean');
    if (!change || !length || !budget || !match) return null;
    const { matchLoss, budgetFollowing } = facts.thresholds;
    const { before, now, noise } = change;
    const asked = mean(budget.values);
    const away = Math.abs(mean(length.values) - asked) / asked;
    const lost = before - now;
    if (lost < matchLoss || lost <= BEYOND_NOISE * noise || away > budgetFollowing) return null;
    const additive = facts.settings.lengthReward === 'additive';
    return {
      kind: 'length-hacking',
      severity: 'problem',
      title: 'Length is learned at the cost of the answer',
      text:
        `The match fell from ${percent(before)} to ${percent(now)}, all tiers alike, while the thinking follows its ` +
        `budget within ${percent(away)}. Once all matches of a group tie, length is the only difference left to learn from.`,
      advice: additive
        ? 'Gate the length reward by the match (lengthReward: gated), or weigh it less (lengthRewardWeight).'
        : 'Weigh the length reward less (lengthRewardWeight), or let the budget fall more slowly (budgetDecay).',
      settings: additive ? ['lengthReward', 'lengthRewardWeight'] : ['lengthRewardWeight', 'budgetDecay'],
      evidence: [
        evidenceOf(match, now, { value: before, label: 'at first' }, 'Match, mean of the tiers'),
        evidenceOf(length, mean(length.values), { value: asked, label: 'budget' }),
      ],
    };
  },
};

export const rewardSaturation: Rule = {
  kind: 'reward-saturation',
  needs: ['reward'],
  find(facts) {
    const reward = last(facts, 'reward');
    if (!reward) return null;
    const highest = highestReward(facts.settings);
    const limit = facts.thresholds.saturatedReward * highest;
    const level = mean(reward.values);
    if (level < limit) return null;
    return {
      kind: 'reward-saturation',
      severity: 'notice',
      title: 'Nothing left to earn',
      text: `The mean reward is ${short(level)} of at most ${short(highest)}: the task is solved as it is asked.`,
      advice:
        'Draw harder positions (curriculumEnd), ask for shorter thinking (budgetMin), or end the run here.',
      settings: ['curriculumEnd', 'budgetMin'],
      evidence: [evidenceOf(reward, level, { value: limit, label: 'threshold' })],
    };
  },
};
