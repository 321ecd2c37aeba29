/** The terminal host. */
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { addCheckpointCommands } from './cli/commands/checkpoints.ts';
import { addCompareCommand } from './cli/commands/compare.ts';
import { addCorpusCommands } from './cli/commands/corpora.ts';
import { addDemoCommand } from './cli/commands/demo.ts';
import { addDoctorCommand } from './cli/commands/doctor.ts';
import { addEvalCommand } from './cli/commands/eval.ts';
import { addExportCommand, addImportRunsCommand } from './cli/commands/open-data.ts';
import { addRunCommands } from './cli/commands/run.ts';
import { addRunsCommands } from './cli/commands/runs.ts';
import { addServeCommand } from './cli/commands/serve.ts';
import { addSettingsCommand } from './cli/commands/settings.ts';
import { addStudyCommands } from './cli/commands/study.ts';
import { addSweepCommands } from './cli/commands/sweep.ts';
import { addTrashCommands } from './cli/commands/trash.ts';
import { say } from './cli/output.ts';
import { AppError } from './errors.ts';
import { version } from './version.ts';

const program = new Command('midtrain')
  .description('Reinforcement mid-training of language models on one workstation')
  .version(version)
  .enablePositionalOptions()
  .showHelpAfterError('(add --help for what can be given)')
  .exitOverride();
addCorpusCommands(program);
addRunCommands(program);
addSweepCommands(program);
addRunsCommands(program);
addEvalCommand(program);
addCheckpointCommands(program);
addCompareCommand(program);
addStudyCommands(program);
addExportCommand(program);
addImportRunsCommand(program);
addServeCommand(program);
addDoctorCommand(program);
addSettingsCommand(program);
addTrashCommands(program);
addDemoCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  // Commander says itself what it found, but not what a command found in its arguments later.
  if (error instanceof InvalidArgumentError) say(`error: ${error.message}`);
  if (error instanceof CommanderError) process.exitCode = error.exitCode;
  else if (error instanceof AppError) {
    say(`${error.name}: ${error.message}\n${error.wayOut}`);
    process.exitCode ||= 1;
  } else throw error;
}
