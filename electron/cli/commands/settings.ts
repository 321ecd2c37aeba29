import { type Command, Option } from 'commander';
import { engineRequest } from '../../../trainer/protocol.ts';
import type { AppInfo } from '../../contract/app.ts';
import { withApplication } from '../connect.ts';
import { print, printJson, table } from '../output.ts';
import { type SharedOptions, shared, wholeNumber } from '../shared-options.ts';

interface SettingsOptions extends SharedOptions {
  readonly engine?: AppInfo['engineRequest'];
  readonly threads?: number;
  readonly queueLimit?: number;
}

export function addSettingsCommand(program: Command): void {
  shared(program.command('settings'))
    .description('show or change what the next runs of a workspace use')
    .addOption(new Option('--engine <name>', 'that runs ask for').choices(engineRequest.options))
    .option('--threads <number>', 'of CPU engines; 0 takes all cores', wholeNumber)
    .option('--queue-limit <number>', 'runs that may wait at a time', wholeNumber)
    .action((options: SettingsOptions) =>
      withApplication(options.workspace, false, async (application) => {
        let info = await application.call('app.info', {});
        if (options.engine !== undefined || options.threads !== undefined) {
          info = await application.call('app.setEngine', {
            engineRequest: options.engine ?? info.engineRequest,
            threads: options.threads ?? info.threads,
          });
        }
        if (options.queueLimit !== undefined) {
          info = await application.call('app.setQueueLimit', { queueLimit: options.queueLimit });
        }
        if (options.json) printJson(info);
        else print(settingsTable(info));
      }),
    );
}

function settingsTable({ engineRequest: engine, threads, queueLimit }: AppInfo): string {
  return table(
    ['setting', 'value'],
    [
      ['engine', engine === 'auto' ? 'auto (the best there is)' : engine],
      ['threads', threads === 0 ? '0 (all cores)' : String(threads)],
      ['queue limit', String(queueLimit)],
    ],
  );
}
