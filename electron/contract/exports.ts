/** Open data: exports to files, and runs read from other tools’ logs. */
import { z } from 'zod';
import { STAGE_NAMES } from '../../trainer/config/stages.ts';
import { importSource } from './corpora.ts';
import { run } from './run.ts';
import { tag } from './run-acts.ts';
import { command, id } from './shapes.ts';

export const ROW_FORMATS = ['csv', 'jsonl', 'parquet'] as const;
export const EXPORT_FORMATS = [...ROW_FORMATS, 'tensorboard'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const runIds = z.array(id).min(1).max(10_000);

/** What can be exported, and as what: docs/open-data.md has the columns. */
export const exportWhat = z.discriminatedUnion('kind', [
  /** A row a point; for TensorBoard, a folder of event files for each run. */
  z.object({ kind: z.literal('metrics'), runIds, names: z.array(z.string()).nullable().default(null) }),
  /** A row a rollout. */
  z.object({ kind: z.literal('samples'), runIds }),
  /** A row an answer of the evaluations that the runs are, or that their checkpoints had. */
  z.object({ kind: z.literal('answers'), runIds }),
  /** A row a run; columns as `runs.query`, null for all settings, newest metrics and evaluations. */
  z.object({
    kind: z.literal('runs'),
    runIds,
    columns: z.array(z.string()).max(500).nullable().default(null),
  }),
]);
export type ExportWhat = z.infer<typeof exportWhat>;

const importedFile = z.object({
  /** Inside what was given. */
  path: z.string(),
  format: z.enum(['tensorboard', 'trainer_state', 'jsonl']).nullable(),
  points: z.number(),
  /** Why nothing, or not all of it, could be read. */
  problems: z.array(z.string()),
});
export type ImportedLog = z.infer<typeof importedFile>;

export const exportsContract = {
  /**
   * Writes a file into the workspace’s `exports/EXPORT-ID/`, kept until the workspace is opened again. Event files for
   * TensorBoard come as one .zip. @throws ExportUnsuitable for a format that this cannot take; NotFound
   */
  'exports.create': command(
    z.object({ what: exportWhat, format: z.enum(EXPORT_FORMATS) }),
    z.object({
      exportId: id,
      /** Of the file, with its ending; a page gets it from `/exports/EXPORT-ID/NAME` of its host. */
      name: z.string(),
      bytes: z.number(),
      rows: z.number(),
    }),
  ),
  /**
   * TensorBoard event files (a run for each folder that holds some), `trainer_state.json` of Hugging Face’s Trainer and
   * TRL, and JSON Lines logs, as finished runs of origin `imported`. @throws ImportFailed where nothing could be read
   */
  'runs.import': command(
    z.object({
      source: importSource,
      /** For one run, its name; for several, put before theirs. */
      name: z.string().max(200).nullable().default(null),
      /** Null guesses: post-training where rewards were logged, else SFT. */
      stage: z.enum(STAGE_NAMES).nullable().default(null),
      tags: z.array(tag).max(20).default([]),
    }),
    z.object({ runs: z.array(run), files: z.array(importedFile) }),
  ),
} as const;
