/** What is rewarded: the next token (RMT, RPT), a restored span (RLM), an answer (post-training). */
import type { SettingCheck, Settings, ValuesOf } from '../setting.ts';

export const matchSettings = {
  matchReward: {
    kind: 'choice',
    default: 'token',
    choices: {
      token: 'The next token',
      prefix: 'A prefix of the true bytes that ends on a token boundary (RPT)',
    },
    label: 'Match reward',
    help: 'What counts as a right prediction. The prefix form suits real tokenizers, where several tokens may spell one word.',
  },
  ntpWeight: {
    kind: 'number',
    default: 0.1,
    min: 0,
    max: 100,
    symbol: 'λ',
    label: 'Next-token loss weight',
    help: 'Weight of next-token prediction on every position RL did not use. 0 is the ablation without NTP.',
  },
} as const satisfies Settings;

export const restorationSettings = {
  spanChoice: {
    kind: 'choice',
    default: 'uniform',
    choices: {
      uniform: 'Anywhere, any length up to the limit',
      hard: 'Spans with a hard position and no medium one',
    },
    label: 'Masked span',
    help: 'Fully random spans may hold what nothing tells. "Hard" keeps spans with at least one position the base finds hard and none of middling entropy (chance rather than consequence).',
  },
  maskMin: {
    kind: 'number',
    default: 0.05,
    min: 0.001,
    max: 0.9,
    label: 'Shortest mask',
    help: 'Share of the document’s tokens.',
  },
  maskMax: {
    kind: 'number',
    default: 0.3,
    min: 0.001,
    max: 0.9,
    label: 'Longest mask',
    help: 'Share of the document’s tokens. The paper masks up to 0.30.',
  },
  maxMaskTokens: {
    kind: 'number',
    default: 12,
    min: 1,
    max: 4096,
    integer: true,
    unit: 'tokens',
    label: 'Most masked tokens',
    help: 'Upper bound of the mask in tokens.',
  },
  editWeight: {
    kind: 'number',
    default: 1,
    min: 0,
    max: 1,
    label: 'Edit reward',
    help: 'Weight of 1 − Levenshtein(restored, truth)/longer, over tokens.',
  },
  exactWeight: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    label: 'Exact reward',
    help: 'Weight of 1 for a span restored exactly. Starves on long spans.',
  },
  chrfWeight: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    label: 'chrF reward',
    help: 'Weight of chrF (β = 2) over characters.',
  },
  logprobWeight: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    label: 'Log-probability reward',
    help: 'Weight of the gain in mean log-probability of the true span given the thinking over without it.',
  },
} as const satisfies Settings;

export const restorationChecks: readonly SettingCheck<ValuesOf<typeof restorationSettings>>[] = [
  {
    settings: ['maskMin', 'maskMax'],
    holds: (v) => v.maskMin <= v.maskMax,
    message: 'The shortest mask is longer than the longest one.',
    wayOut: 'Lower maskMin or raise maskMax.',
  },
  {
    settings: ['editWeight', 'exactWeight', 'chrfWeight', 'logprobWeight'],
    holds: (v) => v.editWeight + v.exactWeight + v.chrfWeight + v.logprobWeight > 0,
    message: 'No restoration reward has any weight, so there is nothing to learn from.',
    wayOut: 'Give editWeight, exactWeight, chrfWeight or logprobWeight a value above 0.',
  },
];

export const answerSettings = {
  answerMatch: {
    kind: 'choice',
    default: 'exact',
    choices: { exact: 'The same text', numeric: 'The same number' },
    label: 'Answer match',
    help: 'How an answer is checked against the reference.',
  },
  formatWeight: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 1,
    label: 'Format reward',
    help: 'Weight of closing the thinking and ending the answer, right or wrong.',
  },
} as const satisfies Settings;
