import type { Command } from 'commander';
import { withApplication } from '../connect.ts';
import { findCheckpointId } from '../find.ts';
import { formatBytes, formatCount, formatTime } from '../format.ts';
import { print, printJson, table } from '../output.ts';
import { type SharedOptions, shared } from '../shared-options.ts';

export function addCheckpointCommands(program: Command): void {
  const checkpoints = shared(program.command('checkpoints').description('list checkpoints'))
    .option('--final', 'only those of finished runs')
    .action((options: SharedOptions & { readonly final?: boolean }) =>
      withApplication(options.workspace, false, async (application) => {
        const list = await application.call('checkpoints.list', { finalOnly: options.final ?? false });
        if (options.json) return printJson(list);
        if (list.length === 0) return print('No checkpoints yet: runs make them.');
        print(
          table(
            ['id', 'name', 'stage', 'step', 'parameters', 'size', 'evaluations', 'created'],
            list.map((one) => [
              one.id,
              one.name,
              one.stage ?? one.origin,
              formatCount(one.step),
              formatCount(one.parameters),
              formatBytes(one.bytes),
              String(one.evaluations),
              formatTime(one.createdAtMs),
            ]),
            ['step', 'parameters', 'size', 'evaluations'],
          ),
        );
      }),
    );
  shared(checkpoints.command('rename').argument('<checkpoint>').argument('<name>')).action(
    (checkpoint: string, name: string, options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const checkpointId = await findCheckpointId(application, checkpoint);
        const renamed = await application.call('checkpoints.rename', { checkpointId, name });
        if (options.json) printJson(renamed);
        else print(`Renamed to “${name}”.`);
      }),
  );
  shared(checkpoints.command('remove').argument('<checkpoint>')).action(
    (checkpoint: string, options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const checkpointId = await findCheckpointId(application, checkpoint);
        await application.call('checkpoints.remove', { checkpointId });
        if (options.json) printJson({ removed: checkpointId });
        else print(`Removed ${checkpoint}.`);
      }),
  );
}
