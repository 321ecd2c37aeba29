/** Shows runs until they are over. Ctrl-C stops them at the next step with a checkpoint; a second one ends at once. */
import type { Run } from '../contract/run.ts';
import { isSettled } from '../services/run-states.ts';
import type { Application } from '../workspace.ts';
import type { Connection } from './connect.ts';
import { formatNumber } from './format.ts';
import { onInterrupt } from './interrupt.ts';
import { type Progress, progressDisplay, timeLeft } from './progress.ts';

/** Events bring news at once; asking now and then makes up for a lost connection. */
const ASK_INTERVAL_MS = 1000;
const SHOWN_METRICS = [
  ['loss', 'loss'],
  ['reward', 'reward'],
  ['thinking/mean_length', 'length'],
] as const;

/** @returns the runs as they ended, in the order asked for */
export async function waitForRuns(connection: Connection, runIds: readonly string[]): Promise<Run[]> {
  const { application } = connection;
  const progress = progressDisplay();
  const states = new Map<string, string>();
  const news = newsOf(application, runIds, (run) => show(progress, states, run));
  const interrupts = onInterrupt(connection, progress, async () => {
    await Promise.allSettled(runIds.map((runId) => application.call('runs.stop', { runId })));
  });
  try {
    for (;;) {
      const runs = await Promise.all(
        runIds.map(async (runId) => (await application.call('runs.get', { runId })).run),
      );
      for (const run of runs) show(progress, states, run);
      if (runs.every((run) => isSettled(run.state))) return runs;
      await news.wait();
    }
  } finally {
    interrupts.end();
    news.end();
    progress.done();
  }
}

function newsOf(
  application: Application,
  runIds: readonly string[],
  onRun: (run: Run) => void,
): { wait: () => Promise<void>; end: () => void } {
  let wake: (() => void) | null = null;
  const end = application.subscribe((event) => {
    if (event.kind !== 'run' || !runIds.includes(event.run.id)) return;
    onRun(event.run);
    if (isSettled(event.run.state)) wake?.();
  });
  return {
    end,
    wait: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ASK_INTERVAL_MS);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

function show(progress: Progress, states: Map<string, string>, run: Run): void {
  const before = states.get(run.id);
  const state = run.reason ? `${run.state}: ${run.reason}` : run.state;
  if (before !== state && (before !== undefined || run.state !== 'queued')) {
    progress.note(`${run.name}: ${state}`);
  }
  states.set(run.id, state);
  if (run.state === 'queued' || isSettled(run.state)) return;
  const { done, total } = run.progress ?? { done: run.step, total: run.totalSteps ?? 0 };
  const label = run.progress ? `${run.name}: ${run.progress.label}` : run.name;
  progress.update(label, total > 0 ? Math.min(1, done / total) : 0, detailOf(run, done, total));
}

function detailOf(run: Run, done: number, total: number): string {
  const metrics = SHOWN_METRICS.flatMap(([name, shown]) => {
    const value = run.latest[name];
    return value === undefined || run.progress ? [] : [`${shown} ${formatNumber(value)}`];
  });
  return [`${done}/${total}`, ...metrics, timeLeft(run.remainingMs)].filter((part) => part !== '').join('  ');
}
