import type { Command } from 'commander';
import { STAGE_NAMES, type StageName, stageDeclarations } from '../../../trainer/config/stages.ts';
import type { Input, Output } from '../../contract.ts';
import { withApplication } from '../connect.ts';
import { formatDuration } from '../format.ts';
import { print, printJson, say, table } from '../output.ts';
import { addSettingFlags, givenSettings } from '../setting-flags.ts';
import { shared, wholeNumber } from '../shared-options.ts';
import { gridAxis, randomAxis, seedList } from '../sweep-axes.ts';
import { waitForRuns } from '../wait-for-runs.ts';
import { namedInputs, type RunOptions, reportRuns } from './run.ts';

interface SweepOptions extends RunOptions {
  readonly grid: readonly string[];
  readonly random: readonly string[];
  readonly count: number;
  readonly drawSeed: number;
  readonly seeds?: readonly number[];
  readonly skipInvalid?: boolean;
  readonly preview?: boolean;
}

type Plan = Input<'sweeps.create'>['plan'];
const repeated = (text: string, before: string[]): string[] => [...before, text];

/** `midtrain sweep STAGE`, a command for each stage. */
export function addSweepCommands(program: Command): void {
  const sweep = program
    .command('sweep')
    .description('many runs over settings and seeds: sweep STAGE --grid NAME=V1,V2 --seeds 0..2');
  for (const stage of STAGE_NAMES) {
    const command = shared(sweep.command(stage).description(stageDeclarations[stage].summary))
      .option('--grid <name=v1,v2,…>', 'every combination of these values; may be repeated', repeated, [])
      .option(
        '--random <name=low..high>',
        'draws: NAME=LOW..HIGH, NAME=log:LOW..HIGH or NAME=V1,V2; may be repeated',
        repeated,
        [],
      )
      .option('--count <count>', 'random draws', wholeNumber, 10)
      .option('--draw-seed <seed>', 'of the random draws', wholeNumber, 0)
      .option('--seeds <list>', 'each combination runs once for each: 0,1,2 or 0..4', seedList)
      .option('--skip-invalid', 'leave out combinations that cannot run')
      .option('--preview', 'only say what would run')
      .option('--corpus <corpus>', 'of documents')
      .option('--questions <corpus>', 'of questions')
      .option('--base <checkpoint>', 'a checkpoint, or a run whose final checkpoint is taken')
      .option('--tier-reference <checkpoint>', 'whose entropies set the tiers')
      .option('--name <name>', 'of the sweep')
      .option('--no-wait', 'only queue it');
    addSettingFlags(command, stage);
    command.action((options: SweepOptions) =>
      withApplication(
        options.workspace,
        options.wait && !options.preview,
        async (application, connection) => {
          const plan: Plan = {
            axes: axesOf(stage, options),
            seeds: [...(options.seeds ?? [])],
            shared: {
              stage,
              settings: givenSettings(stage, options),
              ...(await namedInputs(application, options)),
            },
            skipInvalid: options.skipInvalid ?? false,
          };
          const preview = await application.call('sweeps.preview', plan);
          if (options.preview) return options.json ? printJson(preview) : print(previewText(preview));
          say(summaryText(preview));
          const name = options.name ?? `${stageDeclarations[stage].label} sweep`;
          const made = await application.call('sweeps.create', { name, plan });
          const runs = options.wait
            ? await waitForRuns(
                connection,
                made.runs.map(({ id }) => id),
              )
            : made.runs;
          reportRuns(runs, options);
        },
      ),
    );
  }
}

function axesOf(stage: StageName, { grid, random, count, drawSeed }: SweepOptions): Plan['axes'] {
  if (random.length === 0) return { kind: 'grid', axes: grid.map((text) => gridAxis(stage, text)) };
  // Values of a grid are drawn from as well, when both are given.
  const axes = [...random, ...grid].map((text) => randomAxis(stage, text));
  return { kind: 'random', axes, count, seed: drawSeed };
}

function summaryText({ count, durationS: { low, high }, invalid }: Output<'sweeps.preview'>): string {
  const time = `${formatDuration(low * 1000)} to ${formatDuration(high * 1000)}`;
  const left = invalid.length > 0 ? `; ${invalid.length} combinations cannot run` : '';
  return `${count} runs, ${time} one after another${left}.`;
}

function previewText(preview: Output<'sweeps.preview'>): string {
  const { runs, count, invalid, queueRoom } = preview;
  const parts = [summaryText(preview), `The queue has room for ${queueRoom}.`];
  parts.push(
    table(
      ['run', ''],
      runs.map(({ name }, i) => [String(i + 1), name]),
    ),
  );
  if (count > runs.length) parts.push(`… and ${count - runs.length} more`);
  for (const { settings, message } of invalid)
    parts.push(`Cannot run: ${JSON.stringify(settings)}: ${message}`);
  return parts.join('\n');
}
