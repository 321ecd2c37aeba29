import type { Command } from 'commander';
import { AppError } from '../../errors.ts';
import { withApplication } from '../connect.ts';
import { print, printJson, table } from '../output.ts';
import { type SharedOptions, shared } from '../shared-options.ts';

export function addDoctorCommand(program: Command): void {
  shared(program.command('doctor').description('explain engine, window, disk and memory')).action(
    (options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const diagnosis = await application.call('app.diagnose', {});
        if (options.json) printJson(diagnosis);
        else {
          print(
            table(
              ['', 'state', 'found', 'what to do'],
              diagnosis.checks.map(({ name, state, detail, wayOut }) => [name, state, detail, wayOut ?? '']),
            ),
          );
          print('');
          print(
            table(
              ['engine', 'usable', 'detail', 'what to do'],
              diagnosis.engines.map(({ name, available, detail, wayOut }) => [
                name,
                available ? 'yes' : 'no',
                detail,
                wayOut,
              ]),
            ),
          );
        }
        const problems = diagnosis.checks.filter((check) => check.state === 'problem');
        if (problems.length === 0) return;
        throw new AppError(
          'Problems',
          `Found ${problems.length}: ${problems.map(({ name }) => name).join(', ')}.`,
          'The table says what to do about each.',
        );
      }),
  );
}
