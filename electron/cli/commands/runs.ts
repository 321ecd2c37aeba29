import type { Command } from 'commander';
import type { Run } from '../../contract/run.ts';
import type { Application } from '../../workspace.ts';
import { withApplication } from '../connect.ts';
import { diagnosisText } from '../diagnosis-text.ts';
import { findRunId } from '../find.ts';
import { formatCount, formatDuration, formatNumber, formatTime } from '../format.ts';
import { print, printJson, table } from '../output.ts';
import { addRunTableOptions, listRuns } from '../run-table.ts';
import { type SharedOptions, shared } from '../shared-options.ts';
import { waitForRuns } from '../wait-for-runs.ts';
import { reportRuns } from './run.ts';
import { addRunActs } from './run-acts.ts';

export function addRunsCommands(program: Command): void {
  const runs = addRunTableOptions(shared(program.command('runs').description('list runs'))).action(listRuns);
  shared(runs.command('show').description('a run, its settings and events').argument('<run>')).action(
    (name: string, options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const runId = await findRunId(application, name);
        const detail = await application.call('runs.get', { runId });
        if (options.json) printJson(detail);
        else print(detailText(detail));
      }),
  );
  shared(
    runs.command('diagnose').description('why a run learns nothing, with numbers').argument('<run>'),
  ).action((name: string, options: SharedOptions) =>
    withApplication(options.workspace, false, async (application) => {
      const runId = await findRunId(application, name);
      const diagnosis = await application.call('runs.diagnose', { runId });
      if (options.json) printJson(diagnosis);
      else print(diagnosisText(diagnosis));
    }),
  );
  shared(
    runs
      .command('resume')
      .description('go on with a stopped, failed or interrupted run from its last checkpoint')
      .argument('<run>'),
  ).action((name: string, options: SharedOptions) =>
    withApplication(options.workspace, true, async (application, connection) => {
      const runId = await findRunId(application, name);
      await application.call('runs.resume', { runId });
      reportRuns(await waitForRuns(connection, [runId]), options);
    }),
  );
  addAction(runs, 'pause', 'pause a run at the next step', 'runs.pause');
  addAction(runs, 'stop', 'stop a run at the next step, with a checkpoint', 'runs.stop');
  shared(runs.command('rename').argument('<run>').argument('<name>')).action(
    (run: string, name: string, options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const runId = await findRunId(application, run);
        reportRuns([await application.call('runs.rename', { runId, name })], options);
      }),
  );
  addRunActs(runs);
  shared(runs.command('remove').description('with its checkpoints and samples').argument('<run>')).action(
    (run: string, options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const runId = await findRunId(application, run);
        await application.call('runs.remove', { runId });
        if (options.json) printJson({ removed: runId });
        else print(`Removed ${run}.`);
      }),
  );
}

function addAction(runs: Command, name: string, description: string, call: 'runs.pause' | 'runs.stop'): void {
  shared(runs.command(name).description(description).argument('<run>')).action(
    (run: string, options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const runId = await findRunId(application, run);
        reportRuns([await application.call(call, { runId })], options);
      }),
  );
}

export function runsTable(runs: readonly Run[]): string {
  return table(
    ['id', 'name', 'stage', 'state', 'step', 'loss', 'reward', 'length', 'time', 'started from', 'created'],
    runs.map((run) => [
      run.id,
      run.name,
      run.stage,
      run.queuePosition === null ? run.state : `${run.state} (${run.queuePosition})`,
      `${formatCount(run.step)}/${run.totalSteps === null ? '?' : formatCount(run.totalSteps)}`,
      formatNumber(run.latest.loss),
      formatNumber(run.latest.reward),
      formatNumber(run.latest['thinking/mean_length']),
      formatDuration(run.durationMs),
      run.baseName ?? '–',
      formatTime(run.createdAtMs),
    ]),
    ['step', 'loss', 'reward', 'length', 'time'],
  );
}

function detailText(detail: Awaited<ReturnType<typeof getRun>>): string {
  const { run, settings, events, lastOutput } = detail;
  const parts = [runsTable([run])];
  if (run.reason) parts.push(run.reason);
  if (run.engine) {
    const rejected = run.engine.rejected.map(({ name, reason }) => `  not ${name}: ${reason}`);
    parts.push([`Engine: ${run.engine.name}, ${run.engine.description}`, ...rejected].join('\n'));
  }
  const values = Object.entries(settings).map(([name, value]) => [name, JSON.stringify(value)]);
  parts.push(table(['setting', 'value'], values));
  parts.push(
    table(
      ['time', 'event', ''],
      events.map((event) => [formatTime(event.atMs), event.kind, event.text]),
    ),
  );
  if (lastOutput) parts.push(`Last output:\n${lastOutput}`);
  return parts.join('\n\n');
}

const getRun = (application: Application, runId: string) => application.call('runs.get', { runId });
