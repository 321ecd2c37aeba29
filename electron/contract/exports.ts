/** Open data: exports to files, and runs read from other tools’ logs. */
import { z } from 'zod';
import { STAGE_NAMES } from '../../trainer/config/stages.ts';
import { checkpoint } from './checkpoints.ts';
import { importSource } from './corpora.ts';
import { run } from './runs.ts';
import { command, id } from './shapes.ts';

export const EXPORT_FORMATS = [
  'csv',
  'jsonl',
  'parquet',
  'tensorboard',
  'markdown',
  'latex',
  'folder',
] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

const runIds = z.array(id).min(1).max(10_000);

/** What can be exported, and as what: docs/export.md has the columns. */
export const exportWhat = z.discriminatedUnion('kind', [
  /** csv, jsonl, parquet: a row a point; tensorboard: a folder of event files, one a run. */
  z.object({ kind: z.literal('metrics'), runIds, names: z.array(z.string()).nullable().default(null) }),
  /** csv, jsonl, parquet: a row a rollout. */
  z.object({ kind: z.literal('samples'), runIds }),
  /** csv, jsonl, parquet: a row an answer. */
  z.object({ kind: z.literal('items'), evaluationIds: z.array(id).min(1).max(1000) }),
  /** csv, jsonl, parquet, markdown, latex: a row a run; columns as `runs.query`, null for all settings and newest metrics. */
  z.object({
    kind: z.literal('runs'),
    runIds,
    columns: z.array(z.string()).max(500).nullable().default(null),
  }),
  /** folder: a Hugging Face folder. */
  z.object({ kind: z.literal('checkpoint'), checkpointId: id }),
]);
export type ExportWhat = z.infer<typeof exportWhat>;

const exported = z.object({
  exportId: id,
  /** Of the file: its name with its ending. */
  name: z.string(),
  /** Where it lies on this machine; null for a page in a browser, which downloads it. */
  path: z.string().nullable(),
  /** Where the page gets it: `/exports/ID/NAME` of its own host; a folder comes as one .zip. */
  url: z.string(),
  bytes: z.number(),
  rows: z.number(),
});
export type Exported = z.infer<typeof exported>;

const importedFile = z.object({
  path: z.string(),
  format: z.string().nullable(),
  /** What was made of it. */
  runIds: z.array(id),
  points: z.number(),
  /** Why nothing, or not all of it, could be read. */
  problems: z.array(z.string()),
});

export const exportsContract = {
  /** @throws ExportUnsuitable for a format that this cannot take; PathNotAllowed */
  'exports.create': command(
    z.object({
      what: exportWhat,
      format: z.enum(EXPORT_FORMATS),
      /** Without a path the export is kept for download until the workspace is opened again. */
      path: z.string().nullable().default(null),
    }),
    exported,
  ),
  /**
   * TensorBoard event files (a run for each folder that holds some), `trainer_state.json` of Hugging Face’s Trainer and
   * TRL, and JSON Lines logs, as finished runs of origin `imported`.
   */
  'runs.import': command(
    z.object({
      source: importSource,
      /** For one run, its name; for several, put before theirs. */
      name: z.string().max(200).nullable().default(null),
      /** Null guesses: GRPO where rewards were logged, else SFT. */
      stage: z.enum(STAGE_NAMES).nullable().default(null),
      tags: z.array(z.string().max(60)).max(20).default([]),
    }),
    z.object({ runs: z.array(run), files: z.array(importedFile) }),
  ),
  /** A Hugging Face folder: config.json (qwen3), model.safetensors, tokenizer.json. @throws CheckpointInvalid */
  'checkpoints.import': command(
    z.object({ source: importSource, name: z.string().trim().min(1).max(200) }),
    checkpoint,
  ),
} as const;
