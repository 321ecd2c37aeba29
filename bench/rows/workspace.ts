/**
 * The workspace as hosts use it: points written through the real path (a child process's messages, validation,
 * SQLite), opening a big workspace, overlaying many runs, importing text, tokenising it.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { programPaths } from '../../electron/paths.ts';
import { terminalCaller } from '../../electron/services/context.ts';
import { openWorkspace, type Workspace } from '../../electron/workspace.ts';
import { findChromium, launchChromium } from '../../scripts/chromium.ts';
import { trainTokenizer } from '../../trainer/data/train-tokenizer.ts';
import { generateWorkspace, metricName } from '../generated-workspace.ts';
import type { Contestant, Entrant, Row } from '../row.ts';
import { plainText } from '../texts.ts';

const RUNS = 1000;
const LONG_RUNS = 100;
const METRICS = 10;
const STEPS = 10_000;
const FLOOD = { steps: 20_000, metrics: 30 };
/** A chart of a hundred lines asks for no more points a line than it has pixels for. */
const POINTS_PER_LINE = 300;
const IMPORT_MB = 64;
const TOKENISED_MB = 4;
const VOCABULARY = 8192;
const PATIENCE_MS = 60_000;

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

async function generated(folder: string, size: { longRuns: number; metrics: number; steps: number }) {
  await (await openWorkspace(folder, { runsJobs: false })).close();
  return generateWorkspace(folder, { runs: RUNS, ...size });
}

const TABLE = {
  columns: ['stage', 'state', 'metrics.loss', 'metrics.reward', 'settings.learningRate'],
  limit: 100,
};

/** From nothing to the first hundred rows. */
async function openTable(folder: string): Promise<() => Promise<number>> {
  await generated(folder, { longRuns: 0, metrics: 6, steps: 1 });
  return async () => {
    const startedMs = performance.now();
    const workspace = await openWorkspace(folder, { runsJobs: false });
    await workspace.callJson('runs.query', TABLE, terminalCaller);
    const ms = performance.now() - startedMs;
    await workspace.close();
    return ms;
  };
}

/** As a page does: one call for each chart, all at once. */
async function overlay(workspace: Workspace, runIds: readonly string[]): Promise<number> {
  const startedMs = performance.now();
  await Promise.all(
    Array.from({ length: METRICS }, (_, i) =>
      workspace.callJson(
        'runs.metrics',
        { runIds, names: [metricName(i)], x: 'step', maxPoints: POINTS_PER_LINE },
        terminalCaller,
      ),
    ),
  );
  return performance.now() - startedMs;
}

async function overlayCold(folder: string): Promise<() => Promise<number>> {
  const runIds = await generated(folder, { longRuns: LONG_RUNS, metrics: METRICS, steps: STEPS });
  return async () => {
    const workspace = await openWorkspace(folder, { runsJobs: false });
    workspace.expectPage();
    const ms = await overlay(workspace, runIds);
    await workspace.close();
    return ms;
  };
}

function overlayWarm(): Entrant {
  return {
    name: 'warm',
    async open() {
      const folder = mkdtempSync(join(tmpdir(), 'midtrain-bench-'));
      const runIds = await generated(folder, { longRuns: LONG_RUNS, metrics: METRICS, steps: STEPS });
      const workspace = await openWorkspace(folder, { runsJobs: false });
      await overlay(workspace, runIds);
      return {
        repeat: async () => ({ value: await overlay(workspace, runIds), peakBytes: null }),
        async close() {
          await workspace.close();
          rmSync(folder, { recursive: true });
        },
      };
    },
  };
}

/** MB a second; one thread reads, normalises, compares and stores. */
async function importText(folder: string): Promise<() => Promise<number>> {
  const text = plainText(IMPORT_MB * 1e6);
  const path = join(folder, 'text.txt');
  writeFileSync(path, text);
  let round = 0;
  return async () => {
    const workspace = await openWorkspace(join(folder, String(round++)), { runsJobs: false });
    const startedMs = performance.now();
    await ready(workspace, 'text', path);
    const seconds = (performance.now() - startedMs) / 1000;
    await workspace.close();
    return text.length / 1e6 / seconds;
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

/** From the command to the table of runs on the page, in a Chromium that is open already. */
async function coldStart(folder: string): Promise<() => Promise<number>> {
  const executable = findChromium();
  if (!executable) throw new Error('no Chromium was found: name it in MIDTRAIN_CHROMIUM');
  if (!existsSync(join(programPaths.page, 'index.html')))
    throw new Error('the page is not built: npm run build');
  await generated(folder, { longRuns: 0, metrics: 6, steps: 1 });
  return async () => {
    const browser = await launchChromium(executable);
    const page = await browser.newPage();
    const startedMs = performance.now();
    const cli = join(programPaths.root, 'electron', 'cli.ts');
    const child = spawn(process.execPath, [cli, 'serve', '--workspace', folder, '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise((resolve) => child.once('exit', resolve));
    try {
      const link = await firstLink(child.stdout, child.stderr);
      await page.goto(link);
      await page.getByRole('heading', { level: 1 }).waitFor({ timeout: PATIENCE_MS });
      return performance.now() - startedMs;
    } finally {
      child.kill('SIGTERM');
      await exited;
      await browser.close();
    }
  };
}

/** The first address that the host prints. */
function firstLink(...outputs: readonly NodeJS.ReadableStream[]): Promise<string> {
  return new Promise((resolve) => {
    for (const output of outputs) {
      createInterface({ input: output }).on('line', (line) => {
        const link = /http:\/\/\S+/.exec(line)?.[0];
        if (link) resolve(link);
      });
    }
  });
}

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
    name: `open ${RUNS} runs, first table`,
    unit: 'ms',
    better: 'lower',
    repeats: 5,
    ours: [inFolder('workspace', openTable)],
    lines: alone('workspace', 300),
  },
  {
    ...shared,
    name: `overlay ${LONG_RUNS} runs × ${METRICS} metrics × ${STEPS} steps`,
    unit: 'ms',
    better: 'lower',
    repeats: 3,
    ours: [inFolder('cold', overlayCold), overlayWarm()],
    lines: [...alone('cold', 1000), ...alone('warm', 100)],
  },
  {
    ...shared,
    name: 'import plain text',
    unit: 'MB/s',
    better: 'higher',
    repeats: 3,
    ours: [inFolder('importer', importText)],
    lines: alone('importer', 100),
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
    name: 'cold start to a usable page',
    unit: 'ms',
    better: 'lower',
    repeats: 3,
    ours: [inFolder('serve', coldStart)],
    lines: alone('serve', 1500),
  },
];
