import { type Command, InvalidArgumentError, Option } from 'commander';
import { engineRequest } from '../../../trainer/protocol.ts';
import type { AppInfo } from '../../contract/app.ts';
import {
  DEFAULT_STALL_THRESHOLDS,
  rangeOf,
  type StallThresholds,
  THRESHOLD_NAMES,
  type ThresholdName,
  thresholdFrom,
  thresholdOf,
} from '../../contract/stall-thresholds.ts';
import type { Application } from '../../workspace.ts';
import { withApplication } from '../connect.ts';
import { print, printJson, table } from '../output.ts';
import { type SharedOptions, shared, wholeNumber } from '../shared-options.ts';

interface SettingsOptions extends SharedOptions {
  readonly engine?: AppInfo['engineRequest'];
  readonly threads?: number;
  readonly queueLimit?: number;
  readonly keepDays?: number;
  readonly threshold: readonly string[];
  readonly defaultThresholds?: boolean;
}

export function addSettingsCommand(program: Command): void {
  shared(program.command('settings'))
    .description('show or change what the next runs of a workspace use')
    .addOption(new Option('--engine <name>', 'that runs ask for').choices(engineRequest.options))
    .option('--threads <number>', 'of CPU engines; 0 takes all cores', wholeNumber)
    .option('--queue-limit <number>', 'runs that may wait at a time', wholeNumber)
    .option('--keep-days <days>', 'that what was removed is kept', wholeNumber)
    .option(
      '--threshold <name=value>',
      'of the diagnosis of stalled runs (docs/diagnosis.md); may be repeated',
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .option('--default-thresholds', 'hold runs against the usual thresholds again')
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
        if (options.keepDays !== undefined) {
          await application.call('trash.setKeepDays', { keepDays: options.keepDays });
        }
        const { keepDays } = await application.call('trash.keepDays', {});
        const thresholds = await setThresholds(application, options);
        if (options.json) printJson({ ...info, keepDays, thresholds });
        else print(settingsTable(info, keepDays, thresholds));
      }),
    );
}

/** @throws InvalidArgumentError for a name or value that is none */
async function setThresholds(
  application: Application,
  { threshold, defaultThresholds }: SettingsOptions,
): Promise<StallThresholds> {
  if (defaultThresholds) await application.call('stalls.setThresholds', { thresholds: null });
  const before = await application.call('stalls.thresholds', {});
  if (threshold.length === 0) return before;
  const given = Object.fromEntries(threshold.map(readThreshold));
  const apart = Object.entries({ ...before, ...given }).filter(
    ([name, value]) => value !== DEFAULT_STALL_THRESHOLDS[name as ThresholdName],
  );
  return application.call('stalls.setThresholds', { thresholds: Object.fromEntries(apart) });
}

function readThreshold(text: string): [ThresholdName, number] {
  const at = text.indexOf('=');
  const name = THRESHOLD_NAMES.find((one) => one === text.slice(0, at));
  if (!name) {
    throw new InvalidArgumentError(
      `--threshold ${text}: use NAME=VALUE with one of ${THRESHOLD_NAMES.join(', ')}.`,
    );
  }
  const value = thresholdFrom(name, text.slice(at + 1));
  if (value === null) throw new InvalidArgumentError(`${name}: use ${rangeOf(thresholdOf(name))}.`);
  return [name, value];
}

function settingsTable(
  { engineRequest: engine, threads, queueLimit }: AppInfo,
  keepDays: number,
  thresholds: StallThresholds,
): string {
  return table(
    ['setting', 'value'],
    [
      ['engine', engine === 'auto' ? 'auto (the best there is)' : engine],
      ['threads', threads === 0 ? '0 (all cores)' : String(threads)],
      ['queue limit', String(queueLimit)],
      ['days that removed things are kept', String(keepDays)],
      ...THRESHOLD_NAMES.map((name) => [`threshold ${name}`, String(thresholds[name])]),
    ],
  );
}
