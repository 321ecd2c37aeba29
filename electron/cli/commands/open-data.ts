import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { unzipSync } from 'fflate';
import { STAGE_NAMES, type StageName } from '../../../trainer/config/stages.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../contract/exports.ts';
import { AppError } from '../../errors.ts';
import type { Application } from '../../workspace.ts';
import { withApplication } from '../connect.ts';
import { findRunId } from '../find.ts';
import { formatBytes, formatCount } from '../format.ts';
import { print, printJson, say } from '../output.ts';
import { type SharedOptions, shared } from '../shared-options.ts';
import { runsTable } from './runs.ts';

const KINDS = ['metrics', 'samples', 'answers', 'runs'] as const;
type Kind = (typeof KINDS)[number];

interface ExportOptions extends SharedOptions {
  readonly run: readonly string[];
  readonly query: string;
  readonly format?: ExportFormat;
  readonly metric: readonly string[];
  readonly columns?: string;
  readonly out?: string;
}

const repeated = (text: string, before: string[]): string[] => [...before, text];

export function addExportCommand(program: Command): void {
  const command = program
    .command('export')
    .description('what was recorded, as files that other tools read (docs/open-data.md)')
    .argument('<what>', KINDS.join(', '));
  shared(command)
    .option('--run <run>', 'of this run; may be repeated', repeated, [])
    .option('--query <filter>', 'of all runs that fit (docs/query.md); without --run and --query, of all', '')
    .addOption(
      new Option('--format <format>', 'else by the ending of --out, else csv').choices(EXPORT_FORMATS),
    )
    .option('--metric <name>', 'of metrics, only this one; may be repeated', repeated, [])
    .option('--columns <fields>', 'of runs, only these, comma-separated')
    .option('--out <path>', 'the file, or for tensorboard the folder')
    .action((kind: string, options: ExportOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const what = kindOf(kind);
        const format = options.format ?? formatOf(options.out);
        const runIds = await chosenRuns(application, options);
        const made = await application.call('exports.create', {
          what:
            what === 'metrics'
              ? { kind: what, runIds, names: options.metric.length > 0 ? [...options.metric] : null }
              : what === 'runs'
                ? { kind: what, runIds, columns: options.columns?.split(',') ?? null }
                : { kind: what, runIds },
          format,
        });
        const source = join(resolve(options.workspace), 'exports', made.exportId, made.name);
        const target = resolve(options.out ?? (format === 'tensorboard' ? 'tensorboard' : made.name));
        if (format === 'tensorboard') unpack(source, target);
        else {
          mkdirSync(dirname(target), { recursive: true });
          copyFileSync(source, target);
        }
        if (options.json) printJson({ path: target, rows: made.rows, bytes: made.bytes });
        else print(`${formatCount(made.rows)} rows, ${formatBytes(made.bytes)}: ${target}`);
      }),
    );
}

function kindOf(text: string): Kind {
  const kind = KINDS.find((one) => one === text);
  if (kind) return kind;
  throw new AppError('InvalidInput', `“${text}” cannot be exported.`, `Export one of ${KINDS.join(', ')}.`);
}

function formatOf(out: string | undefined): ExportFormat {
  const ending = out === undefined ? '' : extname(out).slice(1);
  return EXPORT_FORMATS.find((format) => format === ending) ?? 'csv';
}

async function chosenRuns(application: Application, { run, query }: ExportOptions): Promise<string[]> {
  if (run.length > 0) return Promise.all(run.map((name) => findRunId(application, name)));
  const { runIds } = await application.call('runs.query', { query, archived: 'show', limit: 0 });
  if (runIds.length > 0) return runIds;
  throw new AppError('NotFound', 'No run fits.', '`midtrain runs --archived show` lists all of them.');
}

/** Writes the files of an archive below a folder; what is there is replaced. */
function unpack(archive: string, folder: string): void {
  for (const [name, content] of Object.entries(unzipSync(readFileSync(archive)))) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}

interface ImportOptions extends SharedOptions {
  readonly name?: string;
  readonly stage?: StageName;
  readonly tag: readonly string[];
}

export function addImportRunsCommand(program: Command): void {
  const command = program
    .command('import-runs')
    .description('TensorBoard event files, trainer_state.json and .jsonl logs, as finished runs')
    .argument('<paths...>', 'files, or folders that hold some');
  shared(command)
    .option('--name <name>', 'of the run; of several, put before theirs')
    .addOption(new Option('--stage <stage>', 'what it was; else guessed').choices(STAGE_NAMES))
    .option('--tag <tag>', 'may be repeated', repeated, [])
    .action((paths: string[], options: ImportOptions) =>
      withApplication(options.workspace, false, async (application) => {
        const missing = paths.find((path) => !existsSync(path));
        if (missing) throw new AppError('NotFound', `There is no ${basename(missing)}.`, 'Check the path.');
        const imported = await application.call('runs.import', {
          source: { kind: 'paths', paths: paths.map((path) => resolve(path)) },
          name: options.name ?? null,
          stage: options.stage ?? null,
          tags: [...options.tag],
        });
        for (const { path, problems } of imported.files) {
          for (const problem of problems) say(`${path}: ${problem}`);
        }
        if (options.json) printJson(imported);
        else print(runsTable(imported.runs));
      }),
    );
}
