/**
 * The rules by which a run that learns nothing says why. Each looks at the run's last steps, holds a number against a
 * threshold (docs/diagnosis.md says why these) and names the settings that would change it. Pure.
 */
import type { Finding, StallKind, StallThresholds } from '../contract/stalls.ts';
import {
  changeOf,
  evidenceOf,
  type Measured,
  mean,
  meanChange,
  median,
  percent,
  short,
  type Window,
} from './evidence.ts';

export type Found = Omit<Finding, 'samples'>;

export interface Facts {
  readonly thresholds: StallThresholds;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Null where it was never recorded. */
  readonly metric: (name: string) => Measured | null;
  /** Every metric that ever was not finite. */
  readonly broken: readonly { readonly name: string; readonly steps: readonly number[] }[];
}

export interface Rule {
  readonly kind: StallKind;
  /** Metrics without which it cannot be looked at. */
  readonly needs: readonly string[];
  readonly find: (facts: Facts) => Found | null;
}

/** The reward rose by at least this much since the beginning: the run learns, whatever else. */
const RISE = 0.05;
/** Rewards this near each other count as equal. */
const NEARLY = 1e-6;
const LOW_TEMPERATURE = 0.3;

const setting = (facts: Facts, name: string): number | null => {
  const value = facts.settings[name];
  return typeof value === 'number' ? value : null;
};

function last(facts: Facts, name: string): Window | null {
  const window = facts.metric(name)?.atLast;
  return window && window.values.length > 0 ? window : null;
}

/** A change counts where it is this many times its standard error. */
const BEYOND_NOISE = 2;

/** The reward rose since the beginning by more than chance would have it. */
function learns(facts: Facts): boolean {
  const measured = facts.metric('reward');
  const change = measured && changeOf(measured);
  if (!change) return false;
  const rise = change.now - change.before;
  return rise >= RISE && rise > BEYOND_NOISE * change.noise;
}

/** The highest mean reward there can be: a full match and a length at its budget. */
export function highestReward(settings: Facts['settings']): number {
  const { lengthRewardWeight: w, lengthRewardMax: max } = settings;
  if (typeof w !== 'number' || typeof max !== 'number') return 1;
  return 1 - w + w * max;
}

const zeroVariance: Rule = {
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

const truncation: Rule = {
  kind: 'truncation',
  needs: ['completions/clipped_ratio'],
  find(facts) {
    const cut = last(facts, 'completions/clipped_ratio');
    if (!cut) return null;
    const share = mean(cut.values);
    const { truncatedShare } = facts.thresholds;
    if (share < truncatedShare) return null;
    const cap = setting(facts, 'maxThinkingTokens');
    const length = last(facts, 'thinking/mean_length');
    const budget = last(facts, 'budget/target');
    const overBudget = cap !== null && budget && mean(budget.values) > cap;
    return {
      kind: 'truncation',
      severity: 'problem',
      title: 'Rollouts cut off',
      text:
        `${percent(share)} of the rollouts of steps ${cut.fromStep} to ${cut.toStep} were cut at the thinking cap` +
        `${cap === null ? '' : ` of ${cap} ${cap === 1 ? 'token' : 'tokens'}`} or ended without an answer. They earn no match, however good ` +
        `their thinking was${overBudget ? ', and the budget asks for more tokens than the cap allows' : ''}.`,
      advice: overBudget
        ? 'Raise the thinking cap (maxThinkingTokens) to at least twice the budget, or lower the budget (budgetInitial).'
        : 'Raise the thinking cap (maxThinkingTokens), or ask for shorter thinking (budgetInitial).',
      settings: ['maxThinkingTokens', 'budgetInitial'],
      evidence: [
        evidenceOf(cut, share, { value: truncatedShare, label: 'threshold' }),
        ...(length
          ? [
              evidenceOf(
                length,
                mean(length.values),
                cap === null ? null : { value: cap, label: 'thinking cap' },
              ),
            ]
          : []),
      ],
    };
  },
};

const entropyCollapse: Rule = {
  kind: 'entropy-collapse',
  needs: ['entropy'],
  find(facts) {
    const measured = facts.metric('entropy');
    if (!measured || measured.atLast.values.length === 0 || measured.atFirst.values.length === 0) return null;
    const { entropyDrop, entropyFloor } = facts.thresholds;
    const before = mean(measured.atFirst.values);
    const now = mean(measured.atLast.values);
    const fromStart = before < entropyFloor;
    if (now >= entropyFloor || !(fromStart || now < entropyDrop * before)) return null;
    const temperature = setting(facts, 'temperature');
    const cold = temperature !== null && temperature < LOW_TEMPERATURE;
    return {
      kind: 'entropy-collapse',
      severity: learns(facts) ? 'notice' : 'problem',
      title: fromStart ? 'No entropy from the start' : 'Entropy collapsed',
      text: fromStart
        ? `The policy’s entropy was ${short(before)} nats at first and is ${short(now)} now: it says the same thing ` +
          `again and again, so there is nothing to choose between${cold ? `, at a temperature of ${short(temperature)}` : ''}.`
        : `The policy’s entropy fell from ${short(before)} to ${short(now)} nats: it no longer tries anything new.`,
      advice: cold
        ? 'Sample at temperature 1 (temperature).'
        : 'Lower the learning rate (learningRate), raise the upper clip (epsilonHigh, 0.28 in DAPO), or hold the policy near its base (beta).',
      settings: cold ? ['temperature'] : ['learningRate', 'epsilonHigh', 'beta'],
      evidence: [
        evidenceOf(measured.atLast, now, { value: entropyFloor, label: 'threshold' }),
        evidenceOf(
          measured.atLast,
          now,
          { value: before, label: 'at first' },
          'Entropy against its beginning',
        ),
      ],
    };
  },
};

const deadGradients: Rule = {
  kind: 'dead-gradients',
  needs: ['grad_norm'],
  find(facts) {
    const norms = last(facts, 'grad_norm');
    if (!norms) return null;
    const { deadGradNorm } = facts.thresholds;
    const norm = median(norms.values);
    const rate = last(facts, 'learning_rate');
    if (rate && Math.max(...rate.values) === 0) {
      return {
        kind: 'dead-gradients',
        severity: 'problem',
        title: 'The learning rate is 0',
        text: `From step ${rate.fromStep} to ${rate.toStep} the learning rate was 0: gradients were worked out and nothing was changed.`,
        advice:
          'Set a learning rate above 0 (learningRate), and a schedule that does not end there (minLearningRateRatio).',
        settings: ['learningRate', 'lrSchedulerType', 'minLearningRateRatio'],
        evidence: [
          evidenceOf(rate, 0, null),
          evidenceOf(norms, norm, { value: deadGradNorm, label: 'threshold' }, 'Gradient norm, median'),
        ],
      };
    }
    if (norm >= deadGradNorm) return null;
    return {
      kind: 'dead-gradients',
      severity: 'problem',
      title: 'No gradient',
      text:
        `The gradient’s norm had a median of ${short(norm)} over steps ${norms.fromStep} to ${norms.toStep}: nothing ` +
        'is left to learn from. Where groups have no spread and no next-token loss is trained, this is why.',
      advice: 'Mend what ties the groups, or train next-token prediction beside it (ntpWeight).',
      settings: ['ntpWeight', 'numGenerations'],
      evidence: [
        evidenceOf(norms, norm, { value: deadGradNorm, label: 'threshold' }, 'Gradient norm, median'),
      ],
    };
  },
};

const explodingGradients: Rule = {
  kind: 'exploding-gradients',
  needs: ['grad_norm'],
  find(facts) {
    const measured = facts.metric('grad_norm');
    if (!measured || measured.atLast.values.length === 0) return null;
    const { explodingFactor, explodingShare } = facts.thresholds;
    const usual = median(measured.all.values);
    const limit = usual * explodingFactor;
    const { values, fromStep, toStep } = measured.atLast;
    const share = values.filter((value) => value > limit).length / values.length;
    if (usual === 0 || share < explodingShare) return null;
    const highest = Math.max(...values);
    return {
      kind: 'exploding-gradients',
      severity: 'problem',
      title: 'Gradients explode',
      text:
        `In ${percent(share)} of steps ${fromStep} to ${toStep} the gradient’s norm was more than ` +
        `${short(explodingFactor)} times its median of ${short(usual)}; the highest was ${short(highest)}.`,
      advice:
        'Lower the learning rate (learningRate), warm up longer (warmupSteps), or clip harder (maxGradNorm).',
      settings: ['learningRate', 'warmupSteps', 'maxGradNorm'],
      evidence: [
        evidenceOf(
          measured.atLast,
          share,
          { value: explodingShare, label: 'threshold' },
          'Steps above the limit',
        ),
        evidenceOf(measured.atLast, highest, { value: limit, label: 'limit' }, 'Highest gradient norm'),
      ],
    };
  },
};

const TIERS = ['match/easy', 'match/medium', 'match/hard'];

/** How the match changed, tier by tier: a curriculum that grows harder lowers the whole without anything being lost. */
function matchChange(facts: Facts) {
  const inTiers = TIERS.flatMap((name) => facts.metric(name) ?? []);
  const measured = inTiers.length > 0 ? inTiers : [facts.metric('rewards/match/mean')];
  return meanChange(measured.flatMap((one) => (one && changeOf(one)) ?? []));
}

const lengthHacking: Rule = {
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

const rewardSaturation: Rule = {
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

const notFinite: Rule = {
  kind: 'not-finite',
  needs: [],
  find({ broken }) {
    const [worst] = broken.toSorted((a, b) => a.steps[0]! - b.steps[0]!);
    if (!worst) return null;
    const first = worst.steps[0]!;
    return {
      kind: 'not-finite',
      severity: 'problem',
      title: 'Numbers that are none',
      text:
        `${broken.length === 1 ? 'A metric was' : `${broken.length} metrics were`} NaN or infinite, first ` +
        `“${worst.name}” at step ${first}. What was trained after that is lost.`,
      advice:
        'Resume from a checkpoint before that step with a lower learning rate (learningRate) or harder clipping (maxGradNorm).',
      settings: ['learningRate', 'maxGradNorm'],
      evidence: broken.map(({ name, steps }) =>
        evidenceOf(
          { metric: name, fromStep: steps[0]!, toStep: steps.at(-1)!, values: [] },
          steps.length,
          null,
          `${name}: values that are none`,
        ),
      ),
    };
  },
};

export const RULES: readonly Rule[] = [
  notFinite,
  truncation,
  zeroVariance,
  entropyCollapse,
  deadGradients,
  explodingGradients,
  lengthHacking,
  rewardSaturation,
];
