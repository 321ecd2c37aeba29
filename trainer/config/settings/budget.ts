/** The token budget and the reward for keeping to it. */
import type { SettingCheck, Settings, ValuesOf } from '../setting.ts';

/** Budget and length reward (RMT §DTB); RLM and post-training may use them too. */
export const budgetSettings = {
  budgetSchedule: {
    kind: 'choice',
    default: 'dynamic',
    choices: { dynamic: 'Dynamic: max(B_min, ⌊B_0·γ^(t/T)⌋)', fixed: 'Fixed at B_0', none: 'No budget' },
    label: 'Token budget',
    symbol: 'B_t',
    help: 'The thinking length asked for at step t. "No budget" is the ablation without DTB. One secondary source prints the exponent as t/T^k; t/T is used here.',
  },
  budgetInitial: {
    kind: 'number',
    default: 20,
    min: 1,
    max: 16384,
    unit: 'tokens',
    symbol: 'B_0',
    label: 'First budget',
    help: 'The paper starts at 800 for 14B models. Best near the base’s own mean thinking length.',
  },
  budgetMin: {
    kind: 'number',
    default: 4,
    min: 1,
    max: 16384,
    unit: 'tokens',
    symbol: 'B_min',
    label: 'Smallest budget',
    help: 'The budget never falls below this. The paper uses 1.',
  },
  budgetDecay: {
    kind: 'number',
    default: 0.6,
    min: 0.001,
    max: 1,
    symbol: 'γ',
    label: 'Budget decay',
    help: 'The last budget is γ·B_0. The paper uses 0.2.',
  },
  budgetPrompt: {
    kind: 'choice',
    default: 'token',
    choices: { token: 'A budget token before <think>', text: 'A sentence before <think>', none: 'Not told' },
    label: 'Telling the budget',
    help: 'How the prompt names the budget. The paper writes "use exactly B_t tokens"; small models read a token more easily.',
  },
  lengthRewardWeight: {
    kind: 'number',
    default: 0.5,
    min: 0,
    max: 1,
    symbol: 'w',
    label: 'Length reward weight',
    help: 'Share of the reward given for keeping to the budget. The paper uses 0.2.',
  },
  lengthRewardMax: {
    kind: 'number',
    default: 1,
    min: 0.01,
    max: 10,
    symbol: 'r_max',
    advanced: true,
    label: 'Length reward peak',
    help: 'The triangular reward at exactly B tokens.',
  },
  lengthReward: {
    kind: 'choice',
    default: 'gated',
    choices: {
      gated: 'Gated: match·((1−w) + w·r_len)',
      additive: 'Additive (the paper’s): (1−w)·match + w·r_len',
    },
    label: 'Length reward form',
    help: 'Additive is the paper’s form; small models can exploit it once all matches of a group tie. Gated pays for length only where the answer is right.',
  },
} as const satisfies Settings;

export const budgetChecks: readonly SettingCheck<ValuesOf<typeof budgetSettings>>[] = [
  {
    settings: ['budgetMin', 'budgetInitial'],
    holds: (v) => v.budgetSchedule === 'none' || v.budgetMin <= v.budgetInitial,
    message: 'The smallest budget is above the first one.',
    wayOut: 'Lower budgetMin or raise budgetInitial.',
  },
];
