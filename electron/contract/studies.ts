/** Studies: declared graphs of runs with the tables, figures and verdicts they yield. */
import { z } from 'zod';
import { STAGE_NAMES } from '../../trainer/config/stages.ts';
import { RUN_STATES } from './run.ts';
import { command, id, milliseconds, query } from './shapes.ts';
import { X_AXES } from './x-axes.ts';

export const STUDY_STATES = [
  'new',
  'running',
  'stopping',
  'stopped',
  'interrupted',
  'finished',
  'failed',
] as const;
export type StudyState = (typeof STUDY_STATES)[number];

const seeds = z.array(z.number().int().min(0).max(4_294_967_295)).min(1).max(1000);

/** How a study is asked for: by the name of a shipped file, or with a file's text. */
const studySource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('shipped'), name: z.string().min(1).max(100) }),
  z.object({ kind: z.literal('file'), file: z.string().min(1).max(300), text: z.string().max(1_000_000) }),
]);

const summary = z.object({
  /** Of the workspace; a shipped study that was never started goes by its name. */
  id,
  name: z.string(),
  title: z.string(),
  question: z.string(),
  paper: z.string().nullable(),
  /** On two processor cores, as its file states. */
  minutes: z.number(),
  quickMinutes: z.number().nullable(),
  quick: z.boolean(),
  seeds: z.array(z.number()),
  state: z.enum(STUDY_STATES),
  reason: z.string().nullable(),
  /** Nodes that are done, and all of them. */
  done: z.number(),
  total: z.number(),
  /** Whether this program ships a file of that name. */
  shipped: z.boolean(),
  createdAtMs: milliseconds.nullable(),
  endedAtMs: milliseconds.nullable(),
  durationMs: z.number(),
});
export type StudySummary = z.infer<typeof summary>;
export const study = summary;

const node = z.object({
  id: z.string(),
  kind: z.enum(['train', 'evaluate']),
  /** Id of its run in the file, or name of the checkpoint that is evaluated. */
  subject: z.string(),
  seed: z.number().nullable(),
  evaluation: z.string().nullable(),
  /** The evaluated step; null for the last. */
  step: z.number().nullable(),
  runId: id.nullable(),
  /** `waiting` until its run exists. */
  state: z.enum(['waiting', ...RUN_STATES]),
  reason: z.string().nullable(),
  /** Of its run, 0 to 1. */
  progress: z.number(),
  reused: z.boolean(),
});
export type StudyNode = z.infer<typeof node>;

const plannedRun = z.object({
  id: z.string(),
  label: z.string(),
  stage: z.enum(STAGE_NAMES),
  base: z.string().nullable(),
  baseStep: z.number().nullable(),
  seeds: z.array(z.number()),
});

const detail = z.object({
  study: summary,
  note: z.string().nullable(),
  /** The file. */
  source: z.string(),
  checkpoints: z.array(z.string()),
  corpora: z.array(z.object({ name: z.string(), text: z.string() })),
  runs: z.array(plannedRun),
  evaluations: z.array(z.object({ id: z.string(), label: z.string() })),
  nodes: z.array(node),
});
export type StudyDetail = z.infer<typeof detail>;

/** A mean with its 95% interval over seeds and documents; null limits where nothing tells of the spread. */
const estimate = z.object({
  mean: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  items: z.number(),
  documents: z.number(),
  seeds: z.number(),
});
export type StudyEstimate = z.infer<typeof estimate>;

export const STUDY_UNITS = ['share', 'tokens', 'number'] as const;
const unit = z.enum(STUDY_UNITS);
export type StudyUnit = z.infer<typeof unit>;

const table = z.object({
  id: z.string(),
  title: z.string(),
  note: z.string().nullable(),
  /** Where the published figures are from. */
  published: z.string().nullable(),
  columns: z.array(z.object({ id: z.string(), label: z.string(), unit })),
  rows: z.array(
    z.object({
      label: z.string(),
      run: z.string(),
      cells: z.array(
        z.object({
          column: z.string(),
          estimate: estimate.nullable(),
          /** The paper's figure, in percent where the unit is a share. */
          published: z.number().nullable(),
        }),
      ),
    }),
  ),
});
export type StudyTable = z.infer<typeof table>;

const figureHead = { id: z.string(), title: z.string(), note: z.string().nullable() };
const axis = z.object({ label: z.string(), unit });
const bandPoint = z.object({
  x: z.number(),
  y: z.number(),
  low: z.number().nullable(),
  high: z.number().nullable(),
  seeds: z.number(),
});
const lineHead = { run: z.string(), label: z.string() };

const figure = z.discriminatedUnion('kind', [
  z.object({
    ...figureHead,
    kind: z.literal('curve'),
    x: z.enum(X_AXES),
    y: axis,
    lines: z.array(z.object({ ...lineHead, points: z.array(bandPoint) })),
  }),
  z.object({
    ...figureHead,
    kind: z.literal('fit'),
    y: axis,
    lines: z.array(
      z.object({
        ...lineHead,
        /** x is log10 FLOPs. */
        points: z.array(bandPoint),
        fit: z
          .object({
            slope: z.number(),
            slopeLow: z.number().nullable(),
            slopeHigh: z.number().nullable(),
            intercept: z.number(),
            r2: z.number(),
            r2Low: z.number().nullable(),
            r2High: z.number().nullable(),
          })
          .nullable(),
      }),
    ),
  }),
  z.object({
    ...figureHead,
    kind: z.literal('scatter'),
    x: axis,
    y: axis,
    points: z.array(z.object({ ...lineHead, x: estimate, y: estimate })),
  }),
  z.object({
    ...figureHead,
    kind: z.literal('sensitivity'),
    panels: z.array(
      z.object({
        setting: z.string(),
        label: z.string(),
        symbol: z.string().nullable(),
        measure: z.string(),
        y: axis,
        points: z.array(z.object({ value: z.string(), estimate, isReference: z.boolean() })),
      }),
    ),
  }),
]);
export type StudyFigure = z.infer<typeof figure>;

export const VERDICTS = ['reproduced', 'not', 'undecided'] as const;
export type Verdict = (typeof VERDICTS)[number];

const claim = z.object({
  id: z.string(),
  statement: z.string(),
  /** What was compared and what was expected, in words. */
  expectation: z.string(),
  /** What `effect` is: a difference, a ratio, R². */
  what: z.string(),
  unit,
  effect: z.number().nullable(),
  /** 95% interval, not corrected for the number of claims. */
  low: z.number().nullable(),
  high: z.number().nullable(),
  p: z.number().nullable(),
  /** After Holm's correction over the study's claims. */
  pHolm: z.number().nullable(),
  /** Answers compared: items times seeds; points for a fit. */
  n: z.number(),
  items: z.number(),
  documents: z.number(),
  seeds: z.number(),
  verdict: z.enum(VERDICTS),
  notes: z.array(z.string()),
});
export type StudyClaim = z.infer<typeof claim>;

const results = z.object({
  claims: z.array(claim),
  tables: z.array(table),
  figures: z.array(figure),
});
export type StudyResults = z.infer<typeof results>;

export const studiesContract = {
  /** Shipped studies and those of the workspace; the newest of each name first. */
  'studies.list': query(z.object({}), z.array(summary)),
  /** By id, or by name: the newest of the workspace, else the shipped file. */
  'studies.get': query(z.object({ studyId: id }), detail),
  'studies.results': query(z.object({ studyId: id }), results),
  /** Starts a study, or goes on with the same one where it was left. */
  'studies.start': command(
    z.object({
      source: studySource,
      quick: z.boolean().default(false),
      /** In place of the file's. */
      seeds: seeds.nullable().default(null),
    }),
    summary,
  ),
  /** Goes on with a stopped, interrupted or failed study. */
  'studies.resume': command(z.object({ studyId: id }), summary),
  /** Stops at the next step of the run under way, with a checkpoint. */
  'studies.stop': command(z.object({ studyId: id }), summary),
  /** Forgets the study; its runs stay. */
  'studies.remove': command(z.object({ studyId: id }), z.object({})),
  /** Verdicts, tables and figures as one file. */
  'studies.report': query(
    z.object({ studyId: id, format: z.enum(['html', 'markdown']) }),
    z.object({ fileName: z.string(), text: z.string() }),
  ),
} as const;
