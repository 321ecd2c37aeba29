/** The table of runs: filtered, sorted and grouped by the workspace, however many there are. */
import { z } from 'zod';
import { run } from './run.ts';
import { id, query } from './shapes.ts';

/** What a cell holds: a number (times are milliseconds), a word, yes or no, or nothing. */
const cell = z.union([z.number(), z.string(), z.boolean()]).nullable();
export type Cell = z.infer<typeof cell>;

export const fieldKind = z.enum(['text', 'number', 'time', 'duration', 'boolean', 'tags']);
export type FieldKind = z.infer<typeof fieldKind>;

/** Something a table can filter, sort, group by and show: docs/query.md lists them. */
const field = z.object({
  /** As queries write it: `state`, `settings.learningRate`, `metrics.reward`, `evaluation.accuracy` … */
  name: z.string(),
  label: z.string(),
  kind: fieldKind,
  section: z.enum(['run', 'settings', 'metrics', 'evaluation']),
  better: z.enum(['higher', 'lower']).nullable(),
  unit: z.string().nullable(),
});
export type TableField = z.infer<typeof field>;

/** Numbers of a column over the runs of a group. `std` is the sample's (n − 1); null below two values. */
const aggregate = z.object({
  n: z.number(),
  mean: z.number(),
  std: z.number().nullable(),
  min: z.number(),
  max: z.number(),
});
export type Aggregate = z.infer<typeof aggregate>;

/** What `is:` may ask. */
export const STANDINGS = [
  'starred',
  'archived',
  'imported',
  'active',
  'queued',
  'over',
  'forked',
  'swept',
  'baseline',
  'evaluation',
] as const;
export type Standing = (typeof STANDINGS)[number];

/** What `has:` may ask. */
export const HOLDINGS = ['tag', 'notes', 'reason', 'evaluation', 'checkpoint'] as const;
export type Holding = (typeof HOLDINGS)[number];

export const runTableQuery = z.object({
  /** The filter's text: `stage:rmt state:finished tag:x reward>0.5 lr<1e-3 "text"` (docs/query.md). */
  query: z.string().max(2000).default(''),
  archived: z.enum(['hide', 'show', 'only']).default('hide'),
  /** First key first; a run without the value comes last either way. Equal ones: newest first. */
  sort: z
    .array(z.object({ field: z.string(), descending: z.boolean().default(false) }))
    .max(5)
    .default([]),
  /** A field, or `configuration`: all settings and inputs but the seed are equal. */
  groupBy: z.string().nullable().default(null),
  /** Fields to fill `cells` with. */
  columns: z.array(z.string()).max(60).default([]),
  offset: z.number().int().nonnegative().default(0),
  limit: z.number().int().min(0).max(10_000).default(200),
});

export const runTableContract = {
  /** @throws InvalidQuery saying where and what instead; UnknownField */
  'runs.query': query(
    runTableQuery,
    z.object({
      /** Runs that fit. */
      total: z.number(),
      /** All of them in order, for keyboard and bulk actions. */
      runIds: z.array(id),
      rows: z.array(
        z.object({
          run,
          /** As `columns`. */
          cells: z.array(cell),
          /** Cell − the baseline's, for numbers; null where either lacks it or there is no baseline. */
          deltas: z.array(z.number().nullable()),
        }),
      ),
      /** Runs of a group stand together in `runIds`; a group's place follows its first run. Empty without `groupBy`. */
      groups: z.array(
        z.object({
          key: z.string(),
          label: z.string(),
          runIds: z.array(id),
          /** As `columns`; null for columns that are not numbers or have none. */
          aggregates: z.array(aggregate.nullable()),
        }),
      ),
      baselineId: id.nullable(),
      /**
       * Which evaluation `evaluation.*` fields mean: one protocol for all rows, so that they may be compared; the one
       * that most checkpoints were evaluated under, thinking before direct. Null before the first evaluation.
       */
      protocol: z.object({ hash: z.string(), title: z.string() }).nullable(),
    }),
  ),
  /** Fields there are values of, for column choice, sorting and completion in the query box. */
  'runs.fields': query(z.object({}), z.array(field)),
} as const;
