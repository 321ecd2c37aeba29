import { type Command, InvalidArgumentError } from 'commander';
import { defaultWorkspace } from '../paths.ts';

export interface SharedOptions {
  readonly workspace: string;
  readonly json?: boolean;
}

/** `--workspace` and `--json`, which every command takes; given after a subcommand's name they are the subcommand's. */
export function shared(command: Command): Command {
  return command
    .enablePositionalOptions()
    .option('--workspace <folder>', 'the data folder', defaultWorkspace)
    .option('--json', 'print the result as JSON');
}

export function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0 || text.trim() === '') {
    throw new InvalidArgumentError('Use a whole number from 0.');
  }
  return value;
}

export function share(text: string): number {
  const value = Number(text);
  if (!(value >= 0 && value <= 0.9)) throw new InvalidArgumentError('Use a number from 0 to 0.9.');
  return value;
}
