/** What pre-training shows of the formats beside plain documents. */
import type { SettingCheck, Settings, ValuesOf } from '../setting.ts';

export const pretrainSettings = {
  thinkFraction: {
    kind: 'number',
    default: 0.3,
    min: 0,
    max: 1,
    label: 'Thinking examples',
    help: 'Share of examples that show the thinking format: a prefix, a recalled passage between <think> and </think>, the next token. A base that never saw the format cannot be trained by RL on it.',
  },
  fillFraction: {
    kind: 'number',
    default: 0.15,
    min: 0,
    max: 1,
    label: 'Restoration examples',
    help: 'Share of examples that show the restoration format: a document with one span masked, a recalled passage, the span.',
  },
  maxTraceTokens: {
    kind: 'number',
    default: 24,
    min: 1,
    max: 1024,
    integer: true,
    unit: 'tokens',
    advanced: true,
    label: 'Longest recalled passage',
    help: 'The thinking shown in those examples has 1 to this many tokens.',
  },
} as const satisfies Settings;

export const pretrainChecks: readonly SettingCheck<ValuesOf<typeof pretrainSettings>>[] = [
  {
    settings: ['thinkFraction', 'fillFraction'],
    holds: (v) => v.thinkFraction + v.fillFraction <= 1,
    message: 'Thinking and restoration examples together exceed all examples.',
    wayOut: 'Lower thinkFraction or fillFraction so that their sum is at most 1.',
  },
];
