/** Studies from a terminal. A study is named by a shipped file's name, or by the path of a file of one's own. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import type { StudySummary } from '../../contract/studies.ts';
import type { Input, Output } from '../../contract.ts';
import { AppError } from '../../errors.ts';
import { defaultWorkspace } from '../../paths.ts';
import type { Application } from '../../workspace.ts';
import { withApplication } from '../connect.ts';
import { formatDuration } from '../format.ts';
import { print, printJson, say, table } from '../output.ts';
import { type SharedOptions, shared, wholeNumber } from '../shared-options.ts';
import { resultsText } from '../study-text.ts';
import { waitForStudy } from '../wait-for-study.ts';
import { writeWhole } from '../write-whole.ts';

export function addStudyCommands(program: Command): void {
  const study = program.command('study').description('declared graphs of runs, and the verdicts they yield');
  shared(study.command('list').description('shipped studies and those of the workspace')).action(
    (options: SharedOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const studies = await application.call('studies.list', {});
        if (options.json) printJson(studies);
        else print(listText(studies));
      }),
  );
  shared(study.command('show').description('a study’s verdicts and tables, as far as it is'))
    .argument('<study>', 'name or id')
    .action(showStudy);
  addRun(study);
  shared(study.command('export').description('write a study’s verdicts, tables and figures as a file'))
    .argument('<study>', 'name or id')
    .addOption(new Option('--format <format>').choices(['html', 'markdown']).default('html'))
    .option('--out <file>', 'where to; by default named after the study, here')
    .action(exportStudy);
}

interface RunStudyOptions {
  readonly workspace: string;
  readonly json?: string;
  readonly report?: string;
  readonly quick: boolean;
  readonly seeds?: number;
}

function addRun(study: Command): void {
  study
    .command('run')
    .description('run a study, or go on with it where it was left')
    .argument('<file>', 'a study’s file, or the name of a shipped one')
    .addOption(sharedWorkspace())
    .option('--quick', 'the short form: fewer steps, items and seeds', false)
    .option('--seeds <number>', 'how many seeds, from 0, in place of the file’s', seedCount)
    .option('--json <file>', 'write verdicts and tables there as JSON')
    .option('--report <file>', 'write the report there: .html or .md')
    .action(runStudy);
}

function sharedWorkspace(): Option {
  return new Option('--workspace <folder>', 'the data folder').default(defaultWorkspace);
}

function seedCount(text: string): number {
  const count = wholeNumber(text);
  if (count < 1) throw new InvalidArgumentError('Use a whole number from 1.');
  return count;
}

/** A path wins over a name: a file that is there is meant. @throws AppError NotFound */
function sourceOf(text: string): Input<'studies.start'>['source'] {
  const path = resolve(text);
  if (existsSync(path)) return { kind: 'file', file: basename(path), text: readFileSync(path, 'utf8') };
  if (/[\\/]|\.ya?ml$|\.json$/.test(text)) {
    throw new AppError(
      'NotFound',
      `There is no file ${text}.`,
      '`midtrain study list` lists the shipped ones.',
    );
  }
  return { kind: 'shipped', name: text };
}

async function runStudy(file: string, options: RunStudyOptions): Promise<void> {
  const source = sourceOf(file);
  const seeds = options.seeds === undefined ? null : Array.from({ length: options.seeds }, (_, i) => i);
  await withApplication(options.workspace, true, async (application, connection) => {
    const begun = await application.call('studies.start', { source, quick: options.quick, seeds });
    const minutes = options.quick ? begun.quickMinutes : begun.minutes;
    say(`${begun.title}: ${begun.total - begun.done} of ${begun.total} to do, about ${minutes} min in all.`);
    const study = await waitForStudy(connection, begun.id);
    const results = await application.call('studies.results', { studyId: study.id });
    if (options.json)
      writeWhole(resolve(options.json), `${JSON.stringify(asJson(study, results), null, 2)}\n`);
    if (options.report) await writeReport(application, study.id, options.report);
    print(resultsText(results));
    print(
      `\n${study.name}: ${study.state}; ${study.done} of ${study.total} done; ${formatDuration(study.durationMs)} at work.`,
    );
    if (study.state === 'finished') return;
    throw new AppError(
      'StudyEnded',
      `The study ${study.name} is ${study.state}${study.reason ? `: ${study.reason}` : '.'}`,
      'The same command goes on with it: nothing that is done is done again.',
    );
  });
}

/** Figures are the report's; verdicts and tables are what other programs read. */
function asJson(study: StudySummary, { claims, tables }: Output<'studies.results'>) {
  return {
    study: study.name,
    state: study.state,
    quick: study.quick,
    seeds: study.seeds,
    durationS: study.durationMs / 1000,
    claims,
    tables,
  };
}

async function writeReport(application: Application, studyId: string, file: string): Promise<void> {
  const format = file.endsWith('.md') ? 'markdown' : 'html';
  const { text } = await application.call('studies.report', { studyId, format });
  writeWhole(resolve(file), text);
}

function showStudy(name: string, options: SharedOptions): Promise<void> {
  return withApplication(options.workspace, false, async (application) => {
    const { study, note } = await application.call('studies.get', { studyId: name });
    const results = await application.call('studies.results', { studyId: name });
    if (options.json) {
      printJson(asJson(study, results));
      return;
    }
    print([study.title, study.question, ...(note ? [note] : [])].join('\n'));
    print(`${listText([study])}\n\n${resultsText(results)}`);
  });
}

function exportStudy(
  name: string,
  { workspace, format, out }: SharedOptions & { readonly format: 'html' | 'markdown'; readonly out?: string },
): Promise<void> {
  return withApplication(workspace, false, async (application) => {
    const { fileName, text } = await application.call('studies.report', { studyId: name, format });
    const path = resolve(out ?? fileName);
    writeWhole(path, text);
    print(path);
  });
}

function listText(studies: readonly StudySummary[]): string {
  return table(
    ['study', 'form', 'seeds', 'state', 'done', 'time', 'stated', 'id'],
    studies.map((study) => [
      study.name,
      study.quick ? 'quick' : 'full',
      String(study.seeds.length),
      study.state,
      `${study.done}/${study.total}`,
      formatDuration(study.durationMs),
      `${(study.quick ? study.quickMinutes : study.minutes) ?? '?'} min`,
      study.state === 'new' ? '' : study.id,
    ]),
    ['done', 'time', 'stated'],
  );
}
