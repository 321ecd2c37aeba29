/**
 * Measures the workspace: metric points written through the real path (a child process's messages, validation,
 * SQLite), the overlay of many runs, and opening a big workspace. Prints JSON. `node scripts/bench-workspace.ts`
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { generateWorkspace, metricName } from '../bench/generated-workspace.ts';
import { programPaths } from '../electron/paths.ts';
import { openWorkspace, type Workspace } from '../electron/workspace.ts';

const RUNS = 100;
const LISTED_RUNS = 1000;
const METRICS = 10;
const STEPS = 10_000;
const FLOOD_STEPS = 20_000;
const FLOOD_METRICS = 30;
/** A chart of a hundred lines asks for no more points a line than it has pixels for. */
const POINTS_PER_LINE = 300;

const folder = mkdtempSync(join(tmpdir(), 'midtrain-bench-'));
const names = Array.from({ length: METRICS }, (_, i) => metricName(i));

async function timed<T>(action: () => Promise<T> | T): Promise<{ ms: number; maxBlockMs: number; value: T }> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.enable();
  const startedMs = performance.now();
  const value = await action();
  const ms = performance.now() - startedMs;
  await new Promise((resolve) => setTimeout(resolve, 20));
  delay.disable();
  return { ms: Math.round(ms * 10) / 10, maxBlockMs: Math.round(delay.max / 1e5) / 10, value };
}

/** As a page does: one call for each chart, all at once. */
async function overlay(workspace: Workspace, runIds: readonly string[]): Promise<number> {
  const answers = await Promise.all(
    names.map((name) =>
      workspace.callJson(
        'runs.metrics',
        { runIds, names: [name], x: 'step', maxPoints: POINTS_PER_LINE },
        { host: 'terminal', mayRead: () => false },
      ),
    ),
  );
  return answers.reduce((sum, answer) => sum + answer.length, 0);
}

async function write(): Promise<Record<string, number>> {
  const workspace = await openWorkspace(join(folder, 'write'), {
    trainer: { entry: join(programPaths.root, 'test', 'electron', 'fixtures', 'flooding-trainer.ts') },
  });
  const { id: corpusId } = await workspace.call('corpora.import', {
    name: 'one',
    source: { kind: 'paths', paths: [join(programPaths.root, 'LICENSE')] },
  });
  while ((await workspace.call('corpora.get', { corpusId })).corpus.state === 'importing') {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const name = JSON.stringify({ steps: FLOOD_STEPS, metrics: FLOOD_METRICS });
  const { promise, resolve } = Promise.withResolvers<void>();
  let startedMs = 0;
  workspace.subscribe((event) => {
    if (event.kind !== 'run') return;
    if (event.run.totalSteps === FLOOD_STEPS && startedMs === 0) startedMs = performance.now();
    if (event.run.state === 'finished') resolve();
  });
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const { id } = await workspace.call('runs.create', { stage: 'pretrain', corpusId, name });
  await promise;
  const seconds = (performance.now() - startedMs) / 1000;
  delay.disable();
  const series = await workspace.call('runs.metrics', {
    runIds: [id],
    names: Array.from({ length: FLOOD_METRICS }, (_, i) => `m${i}`),
  });
  const points = series.reduce((sum, one) => sum + one.total, 0);
  await workspace.close();
  return {
    points,
    lost: FLOOD_STEPS * FLOOD_METRICS - points,
    pointsPerSecond: Math.round(points / seconds),
    maxBlockMs: Math.round(delay.max / 1e5) / 10,
  };
}

const written = await write();
const big = join(folder, 'big');
await openWorkspace(big).then((workspace) => workspace.close());
const generated = await timed(() =>
  generateWorkspace(big, { runs: LISTED_RUNS, longRuns: RUNS, metrics: METRICS, steps: STEPS }),
);
const opened = await timed(() => openWorkspace(big, { runsJobs: false }));
const workspace = opened.value;
const table = (): Promise<unknown> =>
  workspace.callJson(
    'runs.query',
    { columns: ['metrics.reward', 'settings.learningRate'] },
    { host: 'terminal', mayRead: () => false },
  );
const listed = await timed(table);
const listedAgain = await timed(table);
const cold = await timed(() => overlay(workspace, generated.value));
const warm = await timed(() => overlay(workspace, generated.value));
await workspace.close();
rmSync(folder, { recursive: true });
console.log(
  JSON.stringify(
    {
      write: written,
      generatePointsPerSecond: Math.round((RUNS * METRICS * STEPS) / (generated.ms / 1000)),
      openMs: opened.ms,
      table1000Ms: { first: listed.ms, again: listedAgain.ms },
      overlay: {
        points: RUNS * METRICS * STEPS,
        bytes: cold.value,
        coldMs: cold.ms,
        coldMaxBlockMs: cold.maxBlockMs,
        warmMs: warm.ms,
        warmMaxBlockMs: warm.maxBlockMs,
      },
    },
    null,
    2,
  ),
);
