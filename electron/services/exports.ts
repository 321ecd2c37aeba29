/** What was recorded, as files that other tools read. */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { Output, ResolvedInput } from '../contract.ts';
import type { Queries } from '../db/queries.ts';
import type { RunRow } from '../db/runs.ts';
import { AppError } from '../errors.ts';
import { ANSWER_FIELDS } from '../export/answers.ts';
import { type RowField, type Rows, writeRows } from '../export/rows.ts';
import type { Value } from '../export/table.ts';
import { newId } from '../ids.ts';
import { decodeChunks } from '../series/chunk.ts';
import { encodeScalars, encodeVersion } from '../tensorboard/events.ts';
import { encodeRecord } from '../tensorboard/records.ts';
import { protocolTitle } from './analysis/protocols.ts';
import { toSummary } from './comparisons.ts';
import { findRun } from './find.ts';
import type { RunTables } from './run-table.ts';

export interface ExportSource {
  /** Of the workspace. */
  readonly folder: string;
  readonly queries: Queries;
  readonly tables: RunTables;
}

type Asked = ResolvedInput<'exports.create'>;

/** @throws AppError ExportUnsuitable, NotFound */
export function createExport(source: ExportSource, { what, format }: Asked): Output<'exports.create'> {
  const runs = what.runIds.map((id) => findRun(source, id));
  const exportId = newId();
  const folder = join(source.folder, 'exports', exportId);
  const file = (name: string): string => {
    mkdirSync(folder, { recursive: true });
    return join(folder, name);
  };
  const done = (name: string, rows: number) => ({
    exportId,
    name,
    bytes: statSync(join(folder, name)).size,
    rows,
  });
  if (format === 'tensorboard') {
    if (what.kind !== 'metrics') throw unsuitable(what.kind);
    const { files, points } = eventFiles(source, runs, what.names);
    writeFileSync(file('tensorboard.zip'), zipSync(files, { level: 1 }));
    return done('tensorboard.zip', points);
  }
  const name = `${what.kind}.${format}`;
  return done(name, writeRows(file(name), rowsOf(source, runs, what), format));
}

function unsuitable(kind: string): AppError {
  return new AppError(
    'ExportUnsuitable',
    `TensorBoard’s event files hold metrics, not ${kind}.`,
    'Export them as csv, jsonl or parquet, or export the metrics.',
  );
}

function rowsOf(source: ExportSource, runs: readonly RunRow[], what: Asked['what']): Rows {
  switch (what.kind) {
    case 'metrics':
      return { fields: POINT_FIELDS, rows: points(source, runs, what.names) };
    case 'samples':
      return { fields: SAMPLE_FIELDS, rows: samples(source, runs) };
    case 'answers':
      return { fields: ANSWERS, rows: answers(source, runs) };
    case 'runs':
      return runRows(source, runs, what.columns);
    default:
      return what satisfies never;
  }
}

const text = (name: string): RowField => ({ name, kind: 'text' });
const whole = (name: string): RowField => ({ name, kind: 'whole' });
const number = (name: string): RowField => ({ name, kind: 'number' });
const boolean = (name: string): RowField => ({ name, kind: 'yes-no' });

const POINT_FIELDS = [text('run_id'), text('run'), text('metric'), whole('step'), number('value')];

function* points(
  { queries }: ExportSource,
  runs: readonly RunRow[],
  names: readonly string[] | null,
): Generator<Value[]> {
  for (const run of runs) {
    for (const series of queries.metrics.seriesOfRun(run.key)) {
      if (names && !names.includes(series.name)) continue;
      const { steps, values } = decodeChunks(queries.metrics.chunks(series.id));
      for (let i = 0; i < steps.length; i++) yield [run.id, run.name, series.name, steps[i]!, values[i]!];
    }
  }
}

const SAMPLE_FIELDS = [
  text('run_id'),
  text('run'),
  whole('step'),
  whole('prompt_index'),
  whole('generation_index'),
  text('document_key'),
  text('tier'),
  number('mask_fraction'),
  text('prompt'),
  text('thinking'),
  text('answer'),
  text('truth'),
  whole('thinking_length'),
  whole('completion_length'),
  number('budget'),
  boolean('truncated'),
  number('reward'),
  text('rewards'),
  number('advantage'),
];

const ALL = -1;

function* samples({ queries }: ExportSource, runs: readonly RunRow[]): Generator<Value[]> {
  for (const run of runs) {
    for (const step of queries.samples.steps(run.key)) {
      for (const one of queries.samples.page(run.key, step, ALL, 0)) {
        yield [
          run.id,
          run.name,
          step,
          one.promptIndex,
          one.generationIndex,
          one.documentKey,
          one.tier,
          one.maskFraction,
          one.promptText,
          one.thinkingText,
          one.answerText,
          one.truthText,
          one.thinkingLength,
          one.completionLength,
          one.budget,
          one.truncated,
          one.reward,
          JSON.stringify(one.rewards),
          one.advantage,
        ];
      }
    }
  }
}

/** As comparisons export them, and all scores of an answer as JSON. */
const ANSWERS: readonly RowField[] = [
  ...ANSWER_FIELDS.map(({ name, kind }) => ({ name, kind })),
  text('scores'),
];

function* answers({ queries }: ExportSource, runs: readonly RunRow[]): Generator<Value[]> {
  const runIds = new Set(runs.map(({ id }) => id));
  for (const row of queries.evaluations.complete()) {
    const made = queries.checkpoints.byId(row.checkpointId);
    const isAsked = runIds.has(row.runId) || (made?.runId && runIds.has(made.runId));
    if (!isAsked) continue;
    const { id: evaluationId, checkpointId, protocolHash } = row;
    const measurement = protocolTitle(toSummary(row).protocol);
    for (const item of queries.evaluations.items(row.key)) {
      const checkpoint = made?.name ?? checkpointId;
      const answer = { checkpointId, checkpoint, evaluationId, protocolHash, measurement, item };
      yield [...ANSWER_FIELDS.map(({ of }) => of(answer)), JSON.stringify(item.scores)];
    }
  }
}

const RUN_COLUMNS = [
  'name',
  'stage',
  'state',
  'origin',
  'tag',
  'notes',
  'corpus',
  'questions',
  'base',
  'sweep',
  'seed',
  'step',
  'steps',
  'parameters',
  'created',
  'started',
  'ended',
  'duration',
];

function runRows({ tables }: ExportSource, runs: readonly RunRow[], columns: readonly string[] | null): Rows {
  const fields = new Map(tables.fields().map((field) => [field.name, field]));
  const wanted = columns ?? [
    ...RUN_COLUMNS,
    ...[...fields.values()].filter(({ section }) => section !== 'run').map(({ name }) => name),
  ];
  const limit = Number.MAX_SAFE_INTEGER;
  const question = { query: '', archived: 'show', sort: [], groupBy: null, offset: 0, limit } as const;
  const table = tables.query({ ...question, sort: [], columns: [...wanted] }, null);
  const byId = new Map(table.rows.map((row) => [row.run.id, row.cells]));
  const kindOf = (name: string): RowField['kind'] => {
    const kind = fields.get(name)?.kind ?? 'text';
    return kind === 'boolean' ? 'yes-no' : kind === 'text' || kind === 'tags' ? 'text' : 'number';
  };
  return {
    fields: [text('id'), ...wanted.map((name) => ({ name, kind: kindOf(name) }))],
    rows: runs.map((run) => [
      run.id,
      ...(byId.get(run.id) ?? []).map((cell, i) => fitting(cell, kindOf(wanted[i]!))),
    ]),
  };
}

/** A column of a file holds one kind of values; a setting that stages declare differently may hold others. */
function fitting(cell: Value, kind: RowField['kind']): Value {
  if (cell === null || kind === 'text') return cell === null ? null : String(cell);
  return typeof cell === (kind === 'yes-no' ? 'boolean' : 'number') ? cell : null;
}

/** A folder a run, named after it, with one event file. */
function eventFiles(
  { queries }: ExportSource,
  runs: readonly RunRow[],
  names: readonly string[] | null,
): { files: Record<string, Uint8Array>; points: number } {
  const files: Record<string, Uint8Array> = {};
  const taken = new Set<string>();
  let count = 0;
  for (const run of runs) {
    const plain = run.name.replaceAll(/[^\p{L}\p{N}.,=_-]+/gu, '_').slice(0, 100) || run.id;
    const folder = taken.has(plain) ? `${plain}_${run.id}` : plain;
    taken.add(folder);
    const startedS = (run.startedAtMs ?? run.createdAtMs) / 1000;
    const steps = new Map<number, { tag: string; value: number }[]>();
    for (const series of queries.metrics.seriesOfRun(run.key)) {
      if (names && !names.includes(series.name) && series.name !== 'wall_time') continue;
      const found = decodeChunks(queries.metrics.chunks(series.id));
      for (let i = 0; i < found.steps.length; i++) {
        const step = found.steps[i]!;
        const list = steps.get(step);
        const value = { tag: series.name, value: found.values[i]! };
        if (list) list.push(value);
        else steps.set(step, [value]);
      }
    }
    const records = [encodeRecord(encodeVersion(startedS))];
    for (const [step, all] of [...steps].sort(([a], [b]) => a - b)) {
      const wallTime = startedS + (all.find(({ tag }) => tag === 'wall_time')?.value ?? 0);
      const values = all.filter(({ tag }) => !names || names.includes(tag));
      if (values.length === 0) continue;
      count += values.length;
      records.push(encodeRecord(encodeScalars({ wallTime, step, values })));
    }
    files[`${folder}/events.out.tfevents.${Math.round(startedS)}.midtrain.0`] = Buffer.concat(records);
  }
  return { files, points: count };
}
