import type { Command } from 'commander';
import { stageDeclarations } from '../../../trainer/config/stages.ts';
import { withApplication } from '../connect.ts';
import { findBase } from '../find.ts';
import { addSettingFlags, givenSettings } from '../setting-flags.ts';
import { shared } from '../shared-options.ts';
import { namedInputs, type RunOptions, startRuns } from './run.ts';

export function addEvalCommand(program: Command): void {
  const command = shared(program.command('eval').description(stageDeclarations.evaluate.summary))
    .argument('<checkpoint...>', 'checkpoints, or runs whose final checkpoints are taken')
    .option('--corpus <corpus>', 'of documents')
    .option('--questions <corpus>', 'of questions')
    .option(
      '--tier-reference <checkpoint>',
      'whose entropies set the tiers; by default the root of the lineage',
    )
    .option('--no-wait', 'only queue it');
  addSettingFlags(command, 'evaluate');
  command.action((names: string[], options: RunOptions) =>
    withApplication(options.workspace, options.wait, async (application, connection) => {
      const settings = givenSettings('evaluate', options);
      const inputs = await namedInputs(application, options);
      const asked = [];
      for (const name of names) {
        const base = await findBase(application, name);
        asked.push({ stage: 'evaluate' as const, settings, ...inputs, base });
      }
      await startRuns(connection, asked, options);
    }),
  );
}
