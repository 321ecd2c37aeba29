/** Tiers of entropy, and RMT’s way through them. */
import type { SettingCheck, Settings, ValuesOf } from '../setting.ts';

const TIERS = ['easy', 'medium', 'hard'] as const;

/** How positions fall into easy, medium and hard ones by the base's entropy. */
export const tierSettings = {
  tierThresholds: {
    kind: 'choice',
    default: 'quantile',
    choices: { quantile: 'Quantiles of the corpus’s entropies', absolute: 'Entropies in nats' },
    label: 'Tier thresholds',
    help: 'Positions are easy, medium or hard by the base’s next-token entropy; this says how the two thresholds are given.',
  },
  easyQuantile: {
    kind: 'number',
    default: 1 / 3,
    min: 0,
    max: 1,
    label: 'Easy up to quantile',
    help: 'Share of eligible positions counted as easy.',
  },
  hardQuantile: {
    kind: 'number',
    default: 2 / 3,
    min: 0,
    max: 1,
    label: 'Hard above quantile',
    help: 'Positions above this quantile are hard.',
  },
  easyEntropy: {
    kind: 'number',
    default: 0.5,
    min: 0,
    max: 20,
    unit: 'nats',
    label: 'Easy up to entropy',
    help: 'With absolute thresholds: positions up to this entropy are easy.',
  },
  hardEntropy: {
    kind: 'number',
    default: 1.7,
    min: 0,
    max: 20,
    unit: 'nats',
    label: 'Hard above entropy',
    help: 'With absolute thresholds: positions above this entropy are hard.',
  },
  maxScoredSequences: {
    kind: 'number',
    default: 20_000,
    min: 1,
    max: 10_000_000,
    integer: true,
    advanced: true,
    label: 'Most sequences scored',
    help: 'A larger corpus is represented by this many of its sequences, drawn at random, so that scoring it ends.',
  },
} as const satisfies Settings;

export const tierChecks: readonly SettingCheck<ValuesOf<typeof tierSettings>>[] = [
  {
    settings: ['easyQuantile', 'hardQuantile', 'easyEntropy', 'hardEntropy'],
    holds: (v) => v.easyQuantile <= v.hardQuantile && v.easyEntropy <= v.hardEntropy,
    message: 'The easy threshold is above the hard one.',
    wayOut: 'Lower the easy threshold or raise the hard one.',
  },
];

export const curriculumSettings = {
  ...tierSettings,
  entropyFloor: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 20,
    unit: 'nats',
    advanced: true,
    label: 'Entropy floor',
    help: 'Positions at or below it are trained by next-token prediction only, never by RL.',
  },
  rescoreSteps: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1_000_000,
    integer: true,
    unit: 'steps',
    advanced: true,
    label: 'Re-score every',
    help: 'Steps between new entropy scores by the current policy; 0 keeps the base’s.',
  },
  curriculum: {
    kind: 'choice',
    default: 'adaptive',
    choices: {
      adaptive: 'Adaptive: from p₁ to p₂',
      uniform: 'All tiers alike',
      hard: 'Hard tier only',
      positions: 'Every position alike',
    },
    label: 'Curriculum',
    help: 'How tiers are drawn. "All tiers alike" is the ablation without CAS; RPT uses the hard tier only.',
  },
  curriculumStart: {
    kind: 'mix',
    default: [0.5, 0.35, 0.15],
    parts: TIERS,
    symbol: 'p₁',
    label: 'First mix',
    help: 'Tier probabilities before t₁.',
  },
  curriculumEnd: {
    kind: 'mix',
    default: [0.15, 0.35, 0.5],
    parts: TIERS,
    symbol: 'p₂',
    label: 'Last mix',
    help: 'Tier probabilities from t₂ on.',
  },
  curriculumFrom: {
    kind: 'number',
    default: 0.3,
    min: 0,
    max: 1,
    symbol: 't₁',
    label: 'Mix moves from',
    help: 'Share of the run after which the mix starts to move.',
  },
  curriculumTo: {
    kind: 'number',
    default: 0.7,
    min: 0,
    max: 1,
    symbol: 't₂',
    label: 'Mix moves until',
    help: 'Share of the run at which the mix has arrived at p₂.',
  },
} as const satisfies Settings;

export const curriculumChecks: readonly SettingCheck<ValuesOf<typeof curriculumSettings>>[] = [
  {
    settings: ['curriculumFrom', 'curriculumTo'],
    holds: (v) => v.curriculumFrom <= v.curriculumTo,
    message: 'The curriculum would end before it starts.',
    wayOut: 'Set curriculumFrom (t₁) at or below curriculumTo (t₂).',
  },
];
