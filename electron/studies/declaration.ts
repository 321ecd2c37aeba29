/** A study's file: what it asks, which runs and evaluations answer it, and what is made of them. See docs/studies.md. */
import { z } from 'zod';
import { STAGE_NAMES, type StageName } from '../../trainer/config/stages.ts';
import { sampleSpec } from './sample-spec.ts';

const identifier = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/, 'must be made of letters, digits, dots, - and _');
/** An identifier that may hold `{setting}` in the places of a grid's values. */
const template = z
  .string()
  .regex(/^[A-Za-z0-9{][A-Za-z0-9_.{}-]*$/, 'must be made of letters, digits, dots, -, _ and {setting}');
const text = z.string().trim().min(1);
const settingValue = z.union([z.number(), z.boolean(), z.string(), z.array(z.number())], {
  error: 'must be a number, true or false, a word, or a list of numbers',
});
export type SettingInput = z.output<typeof settingValue>;
const settings = z.record(z.string(), settingValue);
const seeds = z.array(z.number().int().min(0).max(4_294_967_295)).min(1).max(1000);

/** A corpus: drawn by the sample project's generator, or any of the workspace by its name. */
const corpusInput = z
  .strictObject({
    corpus: text.optional(),
    ...sampleSpec.partial({ sample: true }).shape,
  })
  .refine(({ corpus, sample }) => (corpus === undefined) !== (sample === undefined), {
    error: 'must name either a corpus of the workspace (`corpus:`) or what to draw (`sample:`)',
  });
export type CorpusInput = z.output<typeof corpusInput>;

const checkpointInput = z
  .strictObject({ sample: z.literal('base').optional(), checkpoint: text.optional() })
  .refine(({ sample, checkpoint }) => (sample === undefined) !== (checkpoint === undefined), {
    error: 'must be `sample: base` or name a checkpoint of the workspace (`checkpoint:`)',
  });
export type CheckpointInput = z.output<typeof checkpointInput>;

const STAGES_THAT_TRAIN = STAGE_NAMES.filter((stage) => stage !== 'evaluate');

const run = z.strictObject({
  id: template,
  label: text,
  stage: z.enum(STAGES_THAT_TRAIN),
  /**
   * A checkpoint or a run, whose final weights are taken; or a run's weights at a step it saves, counted or as a
   * share of its steps, which holds in the quick form too.
   */
  base: z
    .union(
      [
        identifier,
        z.strictObject({ run: identifier, step: z.number().int().min(1) }),
        z.strictObject({ run: identifier, share: z.number().gt(0).max(1) }),
      ],
      { error: 'must be the id of a checkpoint or run, {run: ID, step: N} or {run: ID, share: S}' },
    )
    .optional(),
  documents: identifier.optional(),
  questions: identifier.optional(),
  settings: settings.default({}),
  /** In place of the study's. */
  seeds: seeds.optional(),
  /** One run for each combination of these settings' values. */
  grid: z.record(z.string(), z.array(settingValue).min(1)).optional(),
});
export type RunDeclaration = z.output<typeof run>;

const steps = z.union(
  [
    z.literal('final'),
    z.array(z.number().int().min(0)).min(1),
    z.strictObject({ every: z.number().int().min(1) }),
  ],
  { error: 'must be `final`, a list of steps, or {every: N}' },
);
export type StepsDeclaration = z.output<typeof steps>;

const evaluation = z.strictObject({
  id: identifier,
  label: text,
  documents: identifier.optional(),
  questions: identifier.optional(),
  /** Checkpoints and runs; all of them where nothing is said. */
  of: z.array(template).min(1).optional(),
  /** Steps of the runs; 0 is where a run starts from. */
  steps: steps.default('final'),
  /** Whose entropies set the tiers; the first of the lineage where nothing is said. */
  tiers: identifier.optional(),
  settings: settings.default({}),
});
export type EvaluationDeclaration = z.output<typeof evaluation>;

const TIERS = ['all', 'easy', 'medium', 'hard', 'average'] as const;

const measure = z
  .strictObject({
    label: text,
    /** Of a training step: the mean over a run's last `last` steps. */
    metric: text.optional(),
    last: z.number().int().min(1).default(20),
    /** Or of an evaluation's answers. */
    evaluation: identifier.optional(),
    task: z.enum(['next-token', 'restoration', 'question']).default('next-token'),
    mode: z.enum(['thinking', 'direct']).default('thinking'),
    temperature: z.number().min(0).default(1),
    /** Budget named in the prompt; 0 names none. */
    budget: z.number().int().min(0).default(0),
    /** Exact thinking length that was enforced. */
    forced: z.number().int().min(0).optional(),
    /** `accuracy`, `length`, `truncated`, `pass@k`, or a score's name such as `edit`. */
    value: z
      .string()
      .regex(/^(accuracy|length|truncated|pass@[1-9]\d*|[a-z][a-z_]*)$/)
      .default('accuracy'),
    /** `average` is the mean of the three tiers' means, as in the papers. */
    tier: z.enum(TIERS).default('all'),
  })
  .refine((m) => (m.metric === undefined) !== (m.evaluation === undefined), {
    error: 'must be of an `evaluation` or of a training `metric`',
  });
export type MeasureDeclaration = z.output<typeof measure>;

const table = z.strictObject({
  id: identifier,
  title: text,
  note: text.optional(),
  rows: z
    .array(
      z.strictObject({
        run: identifier,
        label: text.optional(),
        /** Measured in another mode: the base's direct predictions, for example. */
        mode: z.enum(['thinking', 'direct']).optional(),
        /** Figures of the paper, by column. */
        published: z.record(identifier, z.number()).default({}),
      }),
    )
    .min(1),
  columns: z.array(z.strictObject({ id: identifier, label: text.optional(), measure: identifier })).min(1),
  /** Where the published figures are from. */
  published: text.optional(),
});

const X_AXES = ['step', 'num_tokens', 'flops'] as const;
const figureShared = { id: identifier, title: text, note: text.optional() };
const runIds = z.array(identifier).min(1);

const figure = z.discriminatedUnion('kind', [
  /** A measure or training metric over the course of runs, with a band over seeds. */
  z.strictObject({
    ...figureShared,
    kind: z.literal('curve'),
    runs: runIds,
    measure: identifier,
    x: z.enum(X_AXES).default('step'),
  }),
  /** A training metric against log10 FLOPs with a line through it. */
  z.strictObject({
    ...figureShared,
    kind: z.literal('fit'),
    runs: runIds,
    measure: identifier,
    /** Share of the steps left out at the start. */
    warmup: z.number().min(0).max(0.9).default(0.05),
    /** Points the steps are gathered in, evenly spaced in log10 FLOPs. */
    points: z.number().int().min(3).max(200).default(12),
  }),
  /** One measure against another, one point a row. */
  z.strictObject({
    ...figureShared,
    kind: z.literal('scatter'),
    rows: z
      .array(
        z.strictObject({
          run: identifier,
          label: text.optional(),
          mode: z.enum(['thinking', 'direct']).optional(),
        }),
      )
      .min(1),
    x: identifier,
    y: identifier,
  }),
  /** Measures against the values of settings, one setting a panel. */
  z.strictObject({
    ...figureShared,
    kind: z.literal('sensitivity'),
    measures: z.array(identifier).min(1),
    sweeps: z.array(z.strictObject({ run: template, setting: text, label: text.optional() })).min(1),
    /** The run with the settings as they are otherwise. */
    reference: identifier.optional(),
  }),
]);
export type FigureDeclaration = z.output<typeof figure>;

const claimShared = { id: identifier, statement: text };

const claim = z.discriminatedUnion('kind', [
  /** `run` is `expect` than `than` in the mean of a measure. */
  z.strictObject({
    ...claimShared,
    kind: z.literal('difference'),
    run: identifier,
    than: identifier,
    measure: identifier,
    /** The mode in which `than` is measured, where it differs: the base's direct predictions, for example. */
    thanMode: z.enum(['thinking', 'direct']).optional(),
    expect: z.enum(['greater', 'less']),
    /** Smallest difference that would count; a smaller one that is known to be so is no reproduction. */
    least: z.number().min(0).default(0),
  }),
  /** The ratio of two means is below a bound. */
  z.strictObject({
    ...claimShared,
    kind: z.literal('ratio'),
    run: identifier,
    than: identifier,
    measure: identifier,
    below: z.number().positive(),
  }),
  z.strictObject({
    ...claimShared,
    kind: z.literal('lowest'),
    run: identifier,
    among: z.array(identifier).min(1),
    measure: identifier,
  }),
  /** A training metric is linear in log10 FLOPs. */
  z.strictObject({
    ...claimShared,
    kind: z.literal('linear'),
    run: identifier,
    measure: identifier,
    warmup: z.number().min(0).max(0.9).default(0.05),
    points: z.number().int().min(3).max(200).default(12),
    r2AtLeast: z.number().min(0).max(1),
  }),
  /** One curve lies above another, as a whole or at its end. */
  z.strictObject({
    ...claimShared,
    kind: z.literal('curve'),
    run: identifier,
    than: identifier,
    measure: identifier,
    /** Evaluated steps that make up the plateau, counted from the last; without it the whole curve counts. */
    plateau: z.number().int().min(1).optional(),
  }),
]);
export type ClaimDeclaration = z.output<typeof claim>;

const quick = z.strictObject({
  minutes: z.number().positive(),
  seeds: seeds.optional(),
  /** By stage, or for all in `common`: these win over every other setting. */
  settings: z.record(z.string(), settings).default({}),
  /** Other sizes of sample corpora. */
  counts: z.record(identifier, z.number().int().min(1)).default({}),
  /** Other steps of evaluations. */
  steps: z.record(identifier, steps).default({}),
});

export const study = z.strictObject({
  name: identifier,
  title: text,
  question: text,
  paper: text.optional(),
  /** How long it takes on two processor cores. */
  minutes: z.number().positive(),
  note: text.optional(),
  seeds,
  corpora: z.record(identifier, corpusInput),
  checkpoints: z.record(identifier, checkpointInput).default({}),
  /** By stage, and in `common` for every stage that has the setting. */
  settings: z.record(z.string(), settings).default({}),
  runs: z.array(run).min(1),
  evaluations: z.array(evaluation).default([]),
  measures: z.record(identifier, measure).default({}),
  tables: z.array(table).default([]),
  figures: z.array(figure).default([]),
  claims: z.array(claim).default([]),
  quick: quick.optional(),
});
export type Study = z.output<typeof study>;
export type TrainingStage = Exclude<StageName, 'evaluate'>;
