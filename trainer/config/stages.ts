/** The stages a run can be, each with its settings, defaults and checks: composed from settings/. */
import type { Setting, SettingCheck, SettingProblem, Settings, SettingValue, ValuesOf } from './setting.ts';
import { resolveSettings } from './setting.ts';
import { budgetChecks, budgetSettings } from './settings/budget.ts';
import { curriculumChecks, curriculumSettings, tierChecks, tierSettings } from './settings/curriculum.ts';
import { evaluationChecks, evaluationSettings } from './settings/evaluation.ts';
import { modelChecks, modelSettings, tokenizerSettings } from './settings/model.ts';
import { pretrainChecks, pretrainSettings } from './settings/pretrain.ts';
import { answerSettings, matchSettings, restorationChecks, restorationSettings } from './settings/rewards.ts';
import { grpoSettings, rolloutSettings } from './settings/rl.ts';
import { documentSettings, optimizerSettings, runSettings } from './settings/training.ts';

/** The same settings with other defaults: how a stage or a preset departs from the declaration. */
function withDefaults<S extends Settings>(settings: S, defaults: Partial<ValuesOf<S>>): S {
  return Object.fromEntries(
    Object.entries(settings).map(([name, setting]): [string, Setting] => [
      name,
      name in defaults ? ({ ...setting, default: defaults[name as keyof S] } as Setting) : setting,
    ]),
  ) as unknown as S;
}

export interface StageDeclaration {
  readonly label: string;
  /** What it does, in a sentence for the form. */
  readonly summary: string;
  readonly paper: string | null;
  /** The form's sections: a title and the names of its settings. */
  readonly sections: readonly { readonly title: string; readonly names: readonly string[] }[];
  readonly needs: {
    /** Which kind of corpus the stage reads; an evaluation takes documents, questions or both. */
    readonly corpus: 'documents' | 'questions' | 'either';
    /** `optional`: without a base checkpoint, a new model is made. */
    readonly base: 'required' | 'optional';
  };
}

export const STAGE_NAMES = ['pretrain', 'sft', 'rmt', 'rpt', 'rlm', 'posttrain', 'evaluate'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

const pretrain = {
  ...modelSettings,
  ...tokenizerSettings,
  ...pretrainSettings,
  ...withDefaults(documentSettings, { documentsPerStep: 32 }),
  ...withDefaults(optimizerSettings, {
    maxSteps: 500,
    learningRate: 3e-3,
    lrSchedulerType: 'cosine',
    warmupSteps: 50,
    adamBeta2: 0.98,
    weightDecay: 0.01,
  }),
  ...withDefaults(runSettings, { saveSteps: 200, sampleSteps: 0 }),
} as const;

const sft = {
  ...documentSettings,
  ...optimizerSettings,
  ...withDefaults(runSettings, { sampleSteps: 0 }),
} as const;

const rmt = {
  ...budgetSettings,
  ...curriculumSettings,
  ...matchSettings,
  ...withDefaults(rolloutSettings, { maxAnswerTokens: 8 }),
  ...documentSettings,
  ...grpoSettings,
  ...optimizerSettings,
  ...runSettings,
} as const;

/** RPT (arXiv 2506.08007) is RMT's loop without budget, curriculum and next-token loss. */
const rpt = withDefaults(rmt, {
  budgetSchedule: 'none',
  lengthRewardWeight: 0,
  curriculum: 'hard',
  ntpWeight: 0,
});

const rlm = {
  ...restorationSettings,
  ...withDefaults(budgetSettings, { budgetSchedule: 'none', lengthRewardWeight: 0 }),
  ...tierSettings,
  ...withDefaults(rolloutSettings, { maxAnswerTokens: 16 }),
  ...documentSettings,
  ...grpoSettings,
  ...optimizerSettings,
  ...runSettings,
} as const;

const posttrain = {
  ...answerSettings,
  ...withDefaults(budgetSettings, { budgetSchedule: 'none', lengthRewardWeight: 0 }),
  ...rolloutSettings,
  ...grpoSettings,
  ...optimizerSettings,
  ...runSettings,
} as const;

const evaluate = {
  ...evaluationSettings,
  answerMatch: answerSettings.answerMatch,
  matchReward: matchSettings.matchReward,
  ...tierSettings,
  entropyFloor: curriculumSettings.entropyFloor,
  spanChoice: restorationSettings.spanChoice,
  maskMin: restorationSettings.maskMin,
  maskMax: restorationSettings.maskMax,
  maxMaskTokens: restorationSettings.maxMaskTokens,
  budgetPrompt: budgetSettings.budgetPrompt,
  maxDocumentTokens: documentSettings.maxDocumentTokens,
  maxThinkingTokens: rolloutSettings.maxThinkingTokens,
  maxAnswerTokens: rolloutSettings.maxAnswerTokens,
  topK: rolloutSettings.topK,
  topP: rolloutSettings.topP,
  minP: rolloutSettings.minP,
  seed: runSettings.seed,
} as const;

export const stageSettings = { pretrain, sft, rmt, rpt, rlm, posttrain, evaluate } as const;
export type StageSettings<N extends StageName> = ValuesOf<(typeof stageSettings)[N]>;

type Checks = readonly SettingCheck<Record<string, SettingValue>>[];
/** Checks are declared beside their settings' group; every stage that holds the group has its values. */
const checksOf = (...groups: readonly unknown[]): Checks => groups.flat() as unknown as Checks;

const rlmChecks: readonly SettingCheck<ValuesOf<typeof rlm>>[] = [
  {
    settings: ['promptsPerStep', 'documentsPerStep'],
    holds: (v) => v.promptsPerStep <= v.documentsPerStep,
    message: 'A step asks for more prompts than it draws documents, and each prompt masks another document.',
    wayOut: 'Raise documentsPerStep to at least promptsPerStep.',
  },
];

const stageChecks: Readonly<Record<StageName, Checks>> = {
  pretrain: checksOf(modelChecks, pretrainChecks),
  sft: [],
  rmt: checksOf(budgetChecks, tierChecks, curriculumChecks),
  rpt: checksOf(budgetChecks, tierChecks, curriculumChecks),
  rlm: checksOf(budgetChecks, tierChecks, restorationChecks, rlmChecks),
  posttrain: checksOf(budgetChecks),
  evaluate: checksOf(evaluationChecks, tierChecks),
};

const section = (title: string, settings: Settings): { title: string; names: string[] } => ({
  title,
  names: Object.keys(settings),
});

const rolloutSections = [
  section('Rollouts', rolloutSettings),
  section('GRPO', grpoSettings),
  section('Optimizer', optimizerSettings),
  section('Run', runSettings),
] as const;

const rmtSections = [
  section('Budget', budgetSettings),
  section('Curriculum', curriculumSettings),
  section('Reward and next-token loss', matchSettings),
  section('Documents', documentSettings),
  ...rolloutSections,
] as const;

export const stageDeclarations: Readonly<Record<StageName, StageDeclaration>> = {
  pretrain: {
    label: 'Pre-train',
    summary: 'Next-token prediction on documents, with examples of the thinking and restoration formats.',
    paper: null,
    sections: [
      section('Model', modelSettings),
      section('Tokenizer', tokenizerSettings),
      section('Examples', pretrainSettings),
      section('Documents', documentSettings),
      section('Optimizer', optimizerSettings),
      section('Run', runSettings),
    ],
    needs: { corpus: 'documents', base: 'optional' },
  },
  sft: {
    label: 'SFT',
    summary: 'Next-token prediction on the same documents: the baseline the papers compare with.',
    paper: null,
    sections: [
      section('Documents', documentSettings),
      section('Optimizer', optimizerSettings),
      section('Run', runSettings),
    ],
    needs: { corpus: 'documents', base: 'required' },
  },
  rmt: {
    label: 'RMT',
    summary:
      'Reinforcement mid-training: think before chosen tokens under a shrinking budget, easy before hard; predict the rest directly.',
    paper: 'arXiv 2509.24375',
    sections: rmtSections,
    needs: { corpus: 'documents', base: 'required' },
  },
  rpt: {
    label: 'RPT',
    summary:
      'Reinforcement pre-training, RMT’s baseline: RL on hard tokens, no budget, no curriculum, no next-token loss.',
    paper: 'arXiv 2506.08007',
    sections: rmtSections,
    needs: { corpus: 'documents', base: 'required' },
  },
  rlm: {
    label: 'RLM',
    summary: 'RL on unstructured documents: mask a span, think, restore it.',
    paper: 'Ahmed, Sims, Foster, Rocktäschel, Foerster',
    sections: [
      section('Mask and reward', restorationSettings),
      section('Budget', budgetSettings),
      section('Tiers', tierSettings),
      section('Documents', documentSettings),
      ...rolloutSections,
    ],
    needs: { corpus: 'documents', base: 'required' },
  },
  posttrain: {
    label: 'Post-train',
    summary: 'GRPO on questions with verifiable answers, from any checkpoint.',
    paper: 'arXiv 2402.03300',
    sections: [section('Reward', answerSettings), section('Budget', budgetSettings), ...rolloutSections],
    needs: { corpus: 'questions', base: 'required' },
  },
  evaluate: {
    label: 'Evaluate',
    summary: 'Held-out accuracy and thinking length of a checkpoint, item by item.',
    paper: null,
    sections: [
      section('What to measure', evaluationSettings),
      {
        title: 'Tiers',
        names: [...Object.keys(tierSettings), 'entropyFloor'],
      },
      {
        title: 'Prompts and decoding',
        names: [
          'budgetPrompt',
          'maxThinkingTokens',
          'maxAnswerTokens',
          'topK',
          'topP',
          'minP',
          'matchReward',
          'answerMatch',
          'spanChoice',
          'maskMin',
          'maskMax',
          'maxMaskTokens',
          'maxDocumentTokens',
          'seed',
        ],
      },
    ],
    needs: { corpus: 'either', base: 'required' },
  },
};

/** Checks given settings for a stage and fills the gaps with its defaults. */
export function resolveStage<N extends StageName>(
  stage: N,
  given: Readonly<Record<string, unknown>>,
): { values: StageSettings<N>; problems: SettingProblem[] } {
  const settings: Settings = stageSettings[stage];
  const resolved = resolveSettings(settings, stageChecks[stage], given);
  return { values: resolved.values as unknown as StageSettings<N>, problems: resolved.problems };
}
