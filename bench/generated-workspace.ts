/** A workspace as it looks after months of work: many finished runs, some of them with long series. */
import { constants, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readMigrations } from '../electron/db/migrate.ts';
import { openDatabase } from '../electron/db/open.ts';
import { openQueries } from '../electron/db/queries.ts';
import { programPaths } from '../electron/paths.ts';
import { metricWriter } from '../electron/services/metric-writer.ts';
import { stageSettings } from '../trainer/config/stages.ts';

export interface Size {
  readonly runs: number;
  /** Of them with `metrics` series of `steps` points each; the others hold one point a series. */
  readonly longRuns: number;
  readonly metrics: number;
  readonly steps: number;
}

/** 1,000 runs, a hundred of them long: 10M points. */
const MONTHS: Size = { runs: 1000, longRuns: 100, metrics: 10, steps: 10_000 };

let months: { readonly folder: string; readonly runIds: readonly string[] } | null = null;

/** A copy of one workspace of a thousand runs and ten million points, which is made once in a process. */
export function monthsOfWork(folder: string): readonly string[] {
  if (!months) {
    const made = mkdtempSync(join(tmpdir(), 'midtrain-months-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    months = { folder: made, runIds: generateWorkspace(made, MONTHS) };
  }
  cpSync(months.folder, folder, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return months.runIds;
}

export const metricName = (i: number): string => (i === 0 ? 'reward' : i === 1 ? 'loss' : `metric_${i}`);

/** Fills a workspace's database, which must have been opened once. @returns ids of the runs with long series */
export function generateWorkspace(folder: string, { runs, longRuns, metrics, steps }: Size): string[] {
  const db = openDatabase(join(folder, 'midtrain.db'), readMigrations(programPaths.migrations));
  const queries = openQueries(db);
  const ids = Array.from({ length: runs }, (_, i) => `run${i}`);
  const names = Array.from({ length: metrics }, (_, i) => metricName(i));
  const defaults = Object.fromEntries(
    Object.entries(stageSettings.rmt).map(([name, one]) => [name, one.default]),
  );
  db.transaction(() => {
    ids.forEach((id, i) => {
      const settings = { ...defaults, seed: i % 5, learningRate: 1e-6 * (1 + (i % 20)), maxSteps: steps };
      const { key } = addRun(queries, id, i, settings, steps);
      for (const tag of [`batch-${i % 12}`, ...(i % 7 === 0 ? ['ablation'] : [])])
        queries.runs.addTag(key, tag);
    });
  })();
  ids.forEach((id, i) => {
    const writer = metricWriter(queries.metrics, queries.metrics, queries.runs.byId(id)!.key);
    const points = i < longRuns ? steps : 1;
    for (let step = 1; step <= points; step++) {
      const values: Record<string, number> = {};
      names.forEach((name, m) => {
        values[name] = wave(i, m, step);
      });
      writer.append(step, values);
    }
    db.transaction(() => writer.write())();
    writer.written();
  });
  db.close();
  return ids.slice(0, longRuns);
}

/** A falling curve with noise that is the same each time. */
function wave(run: number, metric: number, step: number): number {
  const noise = Math.sin(step * 12.9898 + run * 78.233 + metric * 37.719) * 43758.5453;
  return 1 / (1 + step / 500) + 0.1 * (run % 10) + 0.3 * (noise - Math.floor(noise));
}

function addRun(
  queries: ReturnType<typeof openQueries>,
  id: string,
  i: number,
  settings: Readonly<Record<string, unknown>>,
  totalSteps: number,
): { key: number } {
  queries.runs.add({
    id,
    name: `sweep ${Math.floor(i / 20)}, run ${i % 20}`,
    stage: 'rmt',
    createdAtMs: Date.UTC(2026, 0, 1) + i * 3_600_000,
    corpusId: null,
    corpusName: 'generated',
    questionsId: null,
    questionsName: null,
    baseCheckpointId: null,
    baseRunId: null,
    baseName: null,
    tierCheckpointId: null,
    tierRunId: null,
    settings: JSON.stringify(settings),
    seed: Number(settings.seed),
    totalSteps,
    queuePosition: 0,
    record: '{}',
  });
  queries.runs.update(id, {
    state: 'finished',
    step: totalSteps,
    queuePosition: null,
    latest: '{"loss":1.25,"reward":0.5,"entropy":0.75}',
  });
  return queries.runs.byId(id)!;
}
