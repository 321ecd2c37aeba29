/** Runs read from other tools’ logs, so that old work can be compared. */
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import type { StageName } from '../../trainer/config/stages.ts';
import type { ImportedLog } from '../contract/exports.ts';
import type { Run } from '../contract/run.ts';
import { AppError, codeOf, messageOf } from '../errors.ts';
import { newId } from '../ids.ts';
import { type FoundLog, findLogs } from '../import-runs/find-logs.ts';
import { type Log, readEventFiles, readJsonLines, readTrainerState } from '../import-runs/read-log.ts';
import { allowedPaths } from './allowed-paths.ts';
import type { Context, Handlers } from './context.ts';
import { findRun } from './find.ts';
import { metricWriter } from './metric-writer.ts';
import { TABLE_METRICS, toRun } from './run-view.ts';
import type { Uploads } from './uploads.ts';

interface Asked {
  readonly name: string;
  readonly stage: StageName | null;
  readonly tags: readonly string[];
}

export function runImports(context: Context, uploads: Uploads): Handlers<'runs.import'> {
  return {
    'runs.import': async ({ source, name, stage, tags }, caller) => {
      const paths =
        source.kind === 'paths' ? allowedPaths(source.paths, caller) : uploads.paths(source.uploadId);
      try {
        const { logs, unknown } = await findLogs(paths).catch(refuseUnreadable);
        const runs: Run[] = [];
        const files: ImportedLog[] = unknown.map((path) => ({
          path: shownPath(path, paths),
          format: null,
          points: 0,
          problems: ['It is no log: event files, trainer_state.json and .jsonl are.'],
        }));
        for (const found of logs) {
          const log = await readLog(found, (path) => shownPath(path, paths));
          const points = [...log.steps.values()].reduce((sum, values) => sum + Object.keys(values).length, 0);
          const problems = [...log.problems, ...(points === 0 ? ['It holds no numbers.'] : [])];
          files.push({ path: shownPath(found.paths[0]!, paths), format: found.format, points, problems });
          if (points === 0) continue;
          const called = name === null ? found.name : logs.length === 1 ? name : `${name} ${found.name}`;
          runs.push(record(context, found, log, { name: called, stage, tags }));
        }
        if (runs.length === 0) throw nothingRead(files);
        for (const run of runs) context.emit({ kind: 'run', run });
        return { runs, files };
      } finally {
        if (source.kind === 'upload') await uploads.remove(source.uploadId);
      }
    },
  };
}

const shownPath = (path: string, roots: readonly string[]): string => {
  const root = roots.find((one) => path.startsWith(one));
  return (root && relative(root, path)) || path.split(/[\\/]/).at(-1) || path;
};

function refuseUnreadable(error: unknown): never {
  if (codeOf(error) === undefined) throw error;
  throw new AppError(
    'ImportFailed',
    `It cannot be read: ${messageOf(error)}.`,
    'Check the path and its permissions.',
  );
}

function nothingRead(files: readonly ImportedLog[]): AppError {
  const [first] = files;
  return new AppError(
    'ImportFailed',
    first ? `No run was read: ${first.path}: ${first.problems.join(' ')}` : 'No log was found.',
    'Choose TensorBoard event files (…tfevents…), a trainer_state.json, a .jsonl log, or a folder that holds some.',
  );
}

async function readLog({ format, paths }: FoundLog, shown: (path: string) => string): Promise<Log> {
  if (format === 'tensorboard') {
    const files = await Promise.all(
      paths.map(async (path) => ({ path: shown(path), bytes: await readFile(path) })),
    );
    return readEventFiles(files);
  }
  const content = await readFile(paths[0]!, 'utf8');
  return format === 'trainer_state' ? readTrainerState(content) : readJsonLines(content);
}

/** Writes a log as a finished run, in one transaction. */
function record({ db, queries }: Context, found: FoundLog, log: Log, asked: Asked): Run {
  const id = newId();
  const steps = [...log.steps].sort(([a], [b]) => a - b);
  const lastStep = steps.at(-1)?.[0] ?? 0;
  const nowMs = Date.now();
  const latest: Record<string, number> = {};
  let durationMs = log.startedAtMs !== null && log.endedAtMs !== null ? log.endedAtMs - log.startedAtMs : 0;
  for (const [, values] of steps) {
    for (const [name, value] of Object.entries(values)) {
      if (TABLE_METRICS.has(name) && Number.isFinite(value)) latest[name] = value;
    }
  }
  if (durationMs === 0) durationMs = Math.round((latest.wall_time ?? 0) * 1000);
  const hasRewards = steps.some(([, values]) => 'reward' in values);
  db.transaction(() => {
    queries.runs.add({
      id,
      name: asked.name,
      stage: asked.stage ?? (hasRewards ? 'posttrain' : 'sft'),
      createdAtMs: log.startedAtMs ?? nowMs,
      corpusId: null,
      corpusName: null,
      questionsId: null,
      questionsName: null,
      baseCheckpointId: null,
      baseRunId: null,
      baseName: null,
      tierCheckpointId: null,
      tierRunId: null,
      settings: '{}',
      seed: 0,
      totalSteps: lastStep,
      record: JSON.stringify({ importedFrom: found.format, importedAtMs: nowMs }),
      queuePosition: null,
      origin: 'imported',
    });
    const { key } = queries.runs.byId(id)!;
    const writer = metricWriter(queries.metrics, queries.metrics, key);
    for (const [step, values] of steps) writer.append(step, values);
    writer.write();
    writer.written();
    for (const tag of asked.tags) queries.runs.addTag(key, tag);
    queries.runs.update(id, {
      state: 'finished',
      step: lastStep,
      startedAtMs: log.startedAtMs,
      endedAtMs: log.endedAtMs ?? nowMs,
      durationMs,
      latest: JSON.stringify(latest),
    });
    queries.runs.addEvent(
      id,
      nowMs,
      'imported',
      `Imported from ${found.paths.length} file(s), ${found.format}.`,
    );
  })();
  return toRun(findRun({ queries }, id), undefined);
}
