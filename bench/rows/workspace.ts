/**
 * The workspace as hosts use it: points written through the real path (a child process's messages, validation,
 * SQLite), importing text, tokenising it; and whether its process stays free meanwhile.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { programPaths } from '../../electron/paths.ts';
import { terminalCaller } from '../../electron/services/context.ts';
import { openWorkspace, type Workspace } from '../../electron/workspace.ts';
import { overlayQuestion } from '../../renderer/lib/overlay.ts';
import { trainTokenizer } from '../../trainer/data/train-tokenizer.ts';
import { metricName, monthsOfWork } from '../generated-workspace.ts';
import type { Contestant, Entrant, Row } from '../row.ts';
import { plainText, writePlainText } from '../texts.ts';

const METRICS = 10;
/** The meter's own clock must have ticked before and after, and once since it was set back. */
const SETTLE_MS = 50;
const FLOOD = { steps: 20_000, metrics: 30 };
const EXPORTED_RUNS = 10;
const IMPORTED_MB = [64, 512] as const;
const TOKENISED_MB = 4;
const VOCABULARY = 8192;

/** A contestant in a folder of its own. */
function inFolder(name: string, open: (folder: string) => Promise<() => Promise<number>>): Entrant {
  return {
    name,
    async open(): Promise<Contestant> {
      const folder = mkdtempSync(join(tmpdir(), 'midtrain-bench-'));
      try {
        const measure = await open(folder);
        return {
          repeat: async () => ({ value: await measure(), peakBytes: null }),
          close: async () => rmSync(folder, { recursive: true, force: true }),
        };
      } catch (error) {
        rmSync(folder, { recursive: true, force: true });
        throw error;
      }
    },
  };
}

async function ready(workspace: Workspace, name: string, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const end = workspace.subscribe((event) => {
    if (event.kind !== 'corpus' || event.corpus.name !== name) return;
    if (event.corpus.state === 'ready') resolve(event.corpus.id);
    if (event.corpus.state === 'failed') reject(new Error(event.corpus.reason ?? 'the import failed'));
  });
  await workspace.call('corpora.import', {
    name,
    source: { kind: 'paths', paths: [path] },
    splitOn: 'blank-line',
  });
  return promise.finally(end);
}

/** Points a second, none of them lost. */
async function writePoints(folder: string): Promise<() => Promise<number>> {
  let round = 0;
  return async () => {
    const workspace = await openWorkspace(join(folder, String(round++)), {
      trainer: { entry: join(programPaths.root, 'test', 'electron', 'fixtures', 'flooding-trainer.ts') },
    });
    try {
      const corpusId = await ready(workspace, 'one', join(programPaths.root, 'LICENSE'));
      const over = Promise.withResolvers<void>();
      let startedMs = 0;
      workspace.subscribe((event) => {
        if (event.kind !== 'run') return;
        if (event.run.totalSteps === FLOOD.steps && startedMs === 0) startedMs = performance.now();
        if (event.run.state === 'finished') over.resolve();
      });
      const { id } = await workspace.call('runs.create', {
        stage: 'pretrain',
        corpusId,
        name: JSON.stringify(FLOOD),
      });
      await over.promise;
      const seconds = (performance.now() - startedMs) / 1000;
      const names = Array.from({ length: FLOOD.metrics }, (_, i) => `m${i}`);
      const series = await workspace.call('runs.metrics', { runIds: [id], names });
      const points = series.reduce((sum, one) => sum + one.total, 0);
      if (points !== FLOOD.steps * FLOOD.metrics) throw new Error(`only ${points} points were kept`);
      return points / seconds;
    } finally {
      await workspace.close();
    }
  };
}

const TABLE = {
  columns: ['stage', 'state', 'metrics.loss', 'metrics.reward', 'settings.learningRate'],
  limit: 100,
};

/** As a page does: one call for each chart, all at once. */
function overlay(workspace: Workspace, runIds: readonly string[]): Promise<unknown> {
  const chart = (_: unknown, i: number) =>
    workspace.callJson('runs.metrics', overlayQuestion({ x: 'step' }, runIds, metricName(i)), terminalCaller);
  return Promise.all(Array.from({ length: METRICS }, chart));
}

function exportPoints(workspace: Workspace, runIds: readonly string[]): Promise<unknown> {
  const what = { kind: 'metrics', runIds: runIds.slice(0, EXPORTED_RUNS) };
  return workspace.callJson('exports.create', { what, format: 'csv' }, terminalCaller);
}

/** What is done while the process that owns the workspace must stay free for others. */
type Deed = (workspace: Workspace, runIds: readonly string[], folder: string) => Promise<unknown>;

const textIn = (folder: string): string => join(folder, 'text.txt');

const DEEDS: Readonly<Record<string, Deed>> = {
  table: (workspace) => workspace.callJson('runs.query', TABLE, terminalCaller),
  'list of runs': (workspace) => workspace.callJson('runs.list', {}, terminalCaller),
  overlay,
  export: exportPoints,
  import: (workspace, _, folder) => ready(workspace, `text ${performance.now()}`, textIn(folder)),
};

/** The longest that the process's event loop was held up, in ms. */
function longestBlock(name: string, deed: Deed): (folder: string) => Promise<() => Promise<number>> {
  return async (folder) => {
    const runIds = monthsOfWork(folder);
    if (name === 'import') writePlainText(textIn(folder), IMPORTED_MB[0] * 1e6);
    return async () => {
      const workspace = await openWorkspace(folder, { runsJobs: false });
      const delay = monitorEventLoopDelay({ resolution: 1 });
      try {
        delay.enable();
        await setTimeout(SETTLE_MS);
        delay.reset();
        await setTimeout(SETTLE_MS);
        await deed(workspace, runIds, folder);
        await setTimeout(SETTLE_MS);
        delay.disable();
        return delay.max / 1e6;
      } finally {
        await workspace.close();
      }
    };
  };
}

/** How long the table takes that is asked for while an export runs, in ms. */
async function tableWhileExporting(folder: string): Promise<() => Promise<number>> {
  const runIds = monthsOfWork(folder);
  return async () => {
    const workspace = await openWorkspace(folder, { runsJobs: false });
    try {
      await workspace.callJson('runs.query', TABLE, terminalCaller);
      const exported = exportPoints(workspace, runIds);
      const startedMs = performance.now();
      await workspace.callJson('runs.query', { ...TABLE, query: 'seed=1' }, terminalCaller);
      const ms = performance.now() - startedMs;
      await exported;
      return ms;
    } finally {
      await workspace.close();
    }
  };
}

/** MB a second, from the call to a corpus that is ready: one thread is started, reads, normalises, compares and stores. */
function importText(megabytes: number): (folder: string) => Promise<() => Promise<number>> {
  return async (folder) => {
    const path = textIn(folder);
    const bytes = writePlainText(path, megabytes * 1e6);
    return async () => {
      const own = join(folder, 'workspace');
      const workspace = await openWorkspace(own, { runsJobs: false });
      const startedMs = performance.now();
      await ready(workspace, 'text', path);
      const seconds = (performance.now() - startedMs) / 1000;
      await workspace.close();
      rmSync(own, { recursive: true });
      return bytes / 1e6 / seconds;
    };
  };
}

const tokenise: Entrant = {
  name: 'byte-level BPE',
  async open() {
    const tokenizer = trainTokenizer('bpe', plainText(2e6).split('\n\n'), VOCABULARY);
    const texts = plainText(TOKENISED_MB * 1e6, 7).split('\n\n');
    return {
      async repeat() {
        const startedMs = performance.now();
        for (const text of texts) tokenizer.encode(text);
        return { value: TOKENISED_MB / ((performance.now() - startedMs) / 1000), peakBytes: null };
      },
      close: async () => undefined,
    };
  },
};

const alone = (ours: string, target: number) => [{ ours, peer: null, target }];
const shared = { peers: [], limit: null } as const;

export const rows: readonly Row[] = [
  {
    ...shared,
    name: 'metric points written',
    unit: 'points/s',
    better: 'higher',
    repeats: 3,
    ours: [inFolder('workspace', writePoints)],
    lines: alone('workspace', 200_000),
  },
  {
    ...shared,
    name: 'import plain text',
    unit: 'MB/s',
    better: 'higher',
    repeats: 3,
    ours: IMPORTED_MB.map((megabytes) => inFolder(`${megabytes} MB`, importText(megabytes))),
    lines: IMPORTED_MB.flatMap((megabytes) => alone(`${megabytes} MB`, 100)),
  },
  {
    ...shared,
    name: `tokenise, vocabulary of ${VOCABULARY}`,
    unit: 'MB/s',
    better: 'higher',
    repeats: 3,
    ours: [tokenise],
    lines: alone('byte-level BPE', 10),
  },
  {
    ...shared,
    name: 'process of the workspace, longest block',
    unit: 'ms',
    better: 'lower',
    repeats: 3,
    ours: Object.entries(DEEDS).map(([name, deed]) => inFolder(name, longestBlock(name, deed))),
    lines: Object.keys(DEEDS).flatMap((name) => alone(name, 50)),
  },
  {
    ...shared,
    name: 'table of 1,000 runs while 1M points are exported',
    unit: 'ms',
    better: 'lower',
    repeats: 3,
    ours: [inFolder('workspace', tableWhileExporting)],
    lines: alone('workspace', 300),
  },
];
