import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import {
  COMPARISON_EXPORTS,
  COMPARISON_FORMATS,
  type ComparisonExport,
  type ComparisonFormat,
  EXPORT_FORMATS_OF,
} from '../../contract/analysis.ts';
import { AppError } from '../../errors.ts';
import { comparisonText } from '../comparison-text.ts';
import { type Connection, withApplication } from '../connect.ts';
import { findCheckpointId } from '../find.ts';
import { formatCount } from '../format.ts';
import { print, printJson, say } from '../output.ts';
import { type SharedOptions, shared } from '../shared-options.ts';
import { waitForRuns } from '../wait-for-runs.ts';
import { writeWhole } from '../write-whole.ts';

interface CompareOptions extends SharedOptions {
  readonly what?: ComparisonExport;
  readonly format?: ComparisonFormat;
  readonly out?: string;
  readonly tier?: 'easy' | 'medium' | 'hard';
  readonly title?: string;
  readonly runMissing?: boolean;
}

/** What a format most likely means. */
const USUAL: Readonly<Record<ComparisonFormat, ComparisonExport>> = {
  csv: 'results',
  markdown: 'results',
  latex: 'results',
  jsonl: 'answers',
  parquet: 'answers',
  html: 'report',
};
const SHORT = { md: 'markdown', tex: 'latex' } as const;

export function addCompareCommand(program: Command): void {
  shared(program.command('compare').description('evaluations of checkpoints side by side, and as files'))
    .argument('<checkpoint...>')
    .addOption(
      new Option(
        '--what <what>',
        'tables of results, paired tests, forced budgets or length bins; every answer; or one report of all',
      ).choices(COMPARISON_EXPORTS),
    )
    .addOption(
      new Option('--format <format>', 'of the file; md and tex are markdown and latex').choices([
        ...COMPARISON_FORMATS,
        ...Object.keys(SHORT),
      ]),
    )
    .option('--out <file>', 'write it there; tables are printed otherwise')
    .addOption(new Option('--tier <tier>', 'of next tokens alone').choices(['easy', 'medium', 'hard']))
    .option('--title <title>', 'of the report')
    .option('--run-missing', 'first ask each checkpoint what the others were asked')
    .action((names: string[], options: CompareOptions) =>
      withApplication(options.workspace, options.runMissing ?? false, async (application, connection) => {
        const checkpointIds: string[] = [];
        for (const name of names) checkpointIds.push(await findCheckpointId(application, name));
        if (options.runMissing) await runMissing(connection, checkpointIds);
        if (options.what === undefined && options.format === undefined && options.out === undefined) {
          const comparison = await application.call('compare.checkpoints', { checkpointIds });
          if (options.json) printJson(comparison);
          else print(comparisonText(comparison));
          return;
        }
        const asked = askedFor(options);
        const file = await application.call('compare.export', {
          checkpointIds,
          ...asked,
          tier: options.tier ?? null,
          title: options.title ?? null,
        });
        const bytes = Buffer.from(file.base64, 'base64');
        if (options.out === undefined) return print(bytes.toString('utf8').trimEnd());
        const path = resolve(options.out);
        writeWhole(path, bytes);
        if (options.json) printJson({ path, rows: file.rows, bytes: bytes.length });
        else say(`${formatCount(file.rows)} ${asked.what === 'report' ? 'measurements' : 'rows'}: ${path}`);
      }),
    );
}

/** Evaluates each checkpoint as any of the others was. @throws AppError for an evaluation that fails */
async function runMissing(connection: Connection, checkpointIds: readonly string[]): Promise<void> {
  const { application } = connection;
  const { groups } = await application.call('compare.checkpoints', { checkpointIds: [...checkpointIds] });
  const protocolHashes = groups
    .filter(({ missing }) => missing.length > 0)
    .map(({ protocolHash }) => protocolHash);
  if (protocolHashes.length === 0) return say('Nothing is missing.');
  const { runs, skipped } = await application.call('compare.runMissing', {
    checkpointIds: [...checkpointIds],
    protocolHashes,
  });
  for (const { reason } of skipped) say(reason);
  const ended = await waitForRuns(
    connection,
    runs.map(({ id }) => id),
  );
  const bad = ended.find(({ state }) => state !== 'finished');
  if (bad) {
    throw new AppError(
      'RunEnded',
      `“${bad.name}” ended early: ${bad.reason ?? bad.state}`,
      `\`midtrain runs show ${bad.id}\` shows its last output.`,
    );
  }
}

/** @throws AppError ExportUnsuitable */
function askedFor({ what, format, out }: CompareOptions): {
  readonly what: ComparisonExport;
  readonly format: ComparisonFormat;
} {
  const given = format === undefined ? undefined : inFull(format);
  const ending = out === undefined ? undefined : formatOfFile(out);
  const chosen = given ?? ending ?? (what === undefined ? undefined : EXPORT_FORMATS_OF[what][0]);
  if (!chosen) {
    throw new AppError(
      'ExportUnsuitable',
      `It is not clear from “${out}” what to write.`,
      `Name a format with --format: ${COMPARISON_FORMATS.join(', ')}.`,
    );
  }
  if (chosen === 'parquet' && out === undefined) {
    throw new AppError('ExportUnsuitable', 'A terminal cannot show Parquet.', 'Name a file with --out.');
  }
  // Tables read best as Markdown where nothing else was asked.
  const shown = given === undefined && ending === undefined && chosen === 'csv' ? 'markdown' : chosen;
  return { what: what ?? USUAL[shown], format: shown };
}

const inFull = (text: string): ComparisonFormat =>
  text in SHORT ? SHORT[text as keyof typeof SHORT] : (text as ComparisonFormat);

function formatOfFile(path: string): ComparisonFormat | undefined {
  const ending = /\.(\w+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  return COMPARISON_FORMATS.find((format) => format === inFull(ending));
}
