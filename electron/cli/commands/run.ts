import type { Command } from 'commander';
import { STAGE_NAMES, stageDeclarations } from '../../../trainer/config/stages.ts';
import type { Run } from '../../contract/run.ts';
import { AppError } from '../../errors.ts';
import type { Application } from '../../workspace.ts';
import type { Connection } from '../connect.ts';
import { withApplication } from '../connect.ts';
import { findBase, findCorpusId } from '../find.ts';
import { formatBytes, formatCount, formatDuration } from '../format.ts';
import { print, printJson, say } from '../output.ts';
import { addSettingFlags, givenSettings } from '../setting-flags.ts';
import { type SharedOptions, shared } from '../shared-options.ts';
import { waitForRuns } from '../wait-for-runs.ts';
import { runsTable } from './runs.ts';

export interface RunOptions extends SharedOptions {
  readonly corpus?: string;
  readonly questions?: string;
  readonly base?: string;
  readonly tierReference?: string;
  readonly name?: string;
  readonly wait: boolean;
  readonly [setting: string]: unknown;
}

type NewRun = Parameters<typeof createRun>[1];

/** `midtrain run STAGE`, a command for each stage that trains. */
export function addRunCommands(program: Command): void {
  const run = program.command('run').description('train: run STAGE --corpus NAME --base CHECKPOINT');
  for (const stage of STAGE_NAMES) {
    if (stage === 'evaluate') continue;
    const command = shared(run.command(stage).description(stageDeclarations[stage].summary))
      .option('--corpus <corpus>', 'of documents')
      .option('--questions <corpus>', 'of questions')
      .option('--base <checkpoint>', 'a checkpoint, or a run whose final checkpoint is taken')
      .option('--name <name>', 'of the run')
      .option('--no-wait', 'only queue it');
    addSettingFlags(command, stage);
    command.action((options: RunOptions) =>
      withApplication(options.workspace, options.wait, async (application, connection) => {
        const asked: NewRun = {
          stage,
          name: options.name ?? null,
          settings: givenSettings(stage, options),
          ...(await namedInputs(application, options)),
        };
        await sayEstimate(application, asked);
        await startRuns(connection, [asked], options);
      }),
    );
  }
}

/** Corpora and base as the command line names them. */
export async function namedInputs(application: Application, options: RunOptions) {
  return {
    corpusId: options.corpus === undefined ? null : await findCorpusId(application, options.corpus),
    questionsId: options.questions === undefined ? null : await findCorpusId(application, options.questions),
    base: options.base === undefined ? null : await findBase(application, options.base),
    tierReference:
      options.tierReference === undefined ? null : await findBase(application, options.tierReference),
  };
}

const createRun = (application: Application, asked: Parameters<typeof application.call<'runs.create'>>[1]) =>
  application.call('runs.create', asked);

/** Queues the runs and, unless told not to wait, shows them until they are over. */
export async function startRuns(
  connection: Connection,
  asked: readonly NewRun[],
  options: RunOptions,
): Promise<void> {
  const { application } = connection;
  const created: Run[] = [];
  for (const one of asked) created.push(await createRun(application, one));
  if (!options.wait) {
    if (connection.kind === 'own') {
      say(
        'Queued. It starts with the next window, `midtrain serve` or waiting `midtrain run` on this workspace.',
      );
    }
    reportRuns(created, options);
    return;
  }
  const runIds = created.map((run) => run.id);
  reportRuns(await waitForRuns(connection, runIds), options);
}

/** Prints runs as they ended. @throws AppError for one that failed or was interrupted */
export function reportRuns(runs: readonly Run[], options: SharedOptions): void {
  if (options.json) printJson(runs.length === 1 ? runs[0] : runs);
  else print(runsTable(runs));
  const bad = runs.find((run) => run.state === 'failed' || run.state === 'interrupted');
  if (!bad) return;
  throw new AppError(
    'RunEnded',
    `“${bad.name}” ${bad.state === 'failed' ? 'failed' : 'was interrupted'}: ${bad.reason ?? ''}`,
    `\`midtrain runs show ${bad.id}\` shows its last output; \`midtrain runs resume ${bad.id}\` goes on from its last checkpoint.`,
  );
}

async function sayEstimate(application: Application, asked: NewRun): Promise<void> {
  const estimate = await application.call('runs.estimate', asked);
  const { low, high } = estimate.durationS;
  say(
    `${formatCount(estimate.parameters)} parameters, ${formatCount(estimate.steps)} steps of about ` +
      `${formatCount(estimate.tokensPerStep)} tokens, ${formatBytes(estimate.memoryBytes)} of memory, ` +
      `${formatDuration(low * 1000)} to ${formatDuration(high * 1000)} by ${estimate.basis}.`,
  );
  if (estimate.memoryNote) say(estimate.memoryNote);
  const { largestModel } = estimate;
  say(
    largestModel
      ? `This machine's memory has room for ${formatCount(largestModel.parameters)} parameters at this work ` +
          `(${largestModel.numHiddenLayers} layers of ${largestModel.hiddenSize}).`
      : "This machine's memory has no room for this work, whatever the model.",
  );
}
