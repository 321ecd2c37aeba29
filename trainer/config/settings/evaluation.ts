/** What an evaluation measures. */
import type { SettingCheck, Settings, ValuesOf } from '../setting.ts';

export const evaluationSettings = {
  nextTokenDirect: {
    kind: 'boolean',
    default: true,
    label: 'Next token, direct',
    help: 'Accuracy of the most likely next token without thinking, by tier.',
  },
  nextTokenThinking: {
    kind: 'boolean',
    default: true,
    label: 'Next token, with thinking',
    help: 'Accuracy of the token predicted after thinking, by tier.',
  },
  restoration: { kind: 'boolean', default: true, label: 'Restoration', help: 'Scores of restored spans.' },
  questions: {
    kind: 'boolean',
    default: true,
    label: 'Questions',
    help: 'Accuracy on the questions of a question corpus, where one is given.',
  },
  itemsPerTier: {
    kind: 'number',
    default: 200,
    min: 1,
    max: 100_000,
    integer: true,
    label: 'Positions per tier',
    help: 'Held-out positions drawn in each tier.',
  },
  restorationItems: {
    kind: 'number',
    default: 200,
    min: 1,
    max: 100_000,
    integer: true,
    label: 'Masked documents',
    help: 'Held-out documents with one span masked.',
  },
  questionItems: {
    kind: 'number',
    default: 200,
    min: 1,
    max: 100_000,
    integer: true,
    label: 'Questions asked',
    help: 'Held-out questions.',
  },
  samplesPerItem: {
    kind: 'number',
    default: 1,
    min: 1,
    max: 256,
    integer: true,
    advanced: true,
    label: 'Samples per item',
    help: 'More than one gives pass@k and tighter means; greedy decoding always takes one.',
  },
  temperatures: {
    kind: 'numbers',
    default: [1, 0],
    min: 0,
    max: 5,
    maxLength: 8,
    label: 'Temperatures',
    help: 'Each is evaluated on its own; 0 is greedy.',
  },
  promptBudgets: {
    kind: 'numbers',
    default: [0],
    min: 0,
    max: 16384,
    integer: true,
    maxLength: 16,
    label: 'Budgets asked',
    help: 'Budgets named in the prompt; 0 names none. The model is free to use fewer or more tokens.',
  },
  forcedBudgets: {
    kind: 'numbers',
    default: [],
    min: 0,
    max: 16384,
    integer: true,
    maxLength: 16,
    label: 'Budgets forced',
    help: 'Thinking of exactly this many tokens, enforced while sampling: the curve of accuracy against length.',
  },
} as const satisfies Settings;

export const evaluationChecks: readonly SettingCheck<ValuesOf<typeof evaluationSettings>>[] = [
  {
    settings: ['nextTokenDirect', 'nextTokenThinking', 'restoration', 'questions'],
    holds: (v) => v.nextTokenDirect || v.nextTokenThinking || v.restoration || v.questions,
    message: 'Every evaluation is switched off.',
    wayOut: 'Switch on at least one of nextTokenDirect, nextTokenThinking, restoration, questions.',
  },
  {
    settings: ['temperatures'],
    holds: (v) => v.temperatures.length > 0 || !(v.nextTokenThinking || v.restoration || v.questions),
    message: 'There is no temperature to evaluate at.',
    wayOut: 'Give at least one temperature, for example 1 and 0.',
  },
  {
    settings: ['promptBudgets', 'forcedBudgets'],
    holds: (v) =>
      v.promptBudgets.length + v.forcedBudgets.length > 0 ||
      !(v.nextTokenThinking || v.restoration || v.questions),
    message: 'There is neither a budget asked nor a budget forced, so there is nothing to sample.',
    wayOut: 'Give promptBudgets at least one value (0 names no budget) or forcedBudgets one.',
  },
];
