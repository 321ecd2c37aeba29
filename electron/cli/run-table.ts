/** `midtrain runs`: the table of runs in a terminal, by the same questions as the window's. */
import { type Command, Option } from 'commander';
import type { Aggregate, Cell, TableField } from '../contract/run-table.ts';
import type { Input, Output } from '../contract.ts';
import { withApplication } from './connect.ts';
import { formatDuration, formatNumber, formatTime } from './format.ts';
import { print, printJson, table } from './output.ts';
import type { SharedOptions } from './shared-options.ts';

interface RunTableOptions extends SharedOptions {
  readonly query: string;
  readonly sort?: string;
  readonly columns: string;
  readonly groupBy?: string;
  readonly archived: 'hide' | 'show' | 'only';
  readonly limit: string;
  readonly fields?: boolean;
}

const COLUMNS =
  'id,name,stage,state,progress,metrics.loss,metrics.reward,metrics.thinking/mean_length,duration,base,created';

export function addRunTableOptions(command: Command): Command {
  return command
    .option('--query <filter>', 'only runs that fit, e.g. "stage:rmt reward>0.5" (docs/query.md)', '')
    .option('--sort <fields>', 'by these fields, comma-separated; with a minus before, the highest first')
    .option('--columns <fields>', 'to show, comma-separated', COLUMNS)
    .option('--group-by <field>', 'a row a group, with means: a field, or `configuration`')
    .addOption(
      new Option('--archived <which>', 'archived runs').choices(['hide', 'show', 'only']).default('hide'),
    )
    .option('--limit <count>', 'show at most so many', '200')
    .option('--fields', 'list what can be filtered, sorted and shown');
}

export function listRuns(options: RunTableOptions): Promise<void> {
  return withApplication(options.workspace, false, async (application) => {
    const fields = await application.call('runs.fields', {});
    if (options.fields) {
      if (options.json) printJson(fields);
      else print(fieldTable(fields));
      return;
    }
    const columns = options.columns.split(',').filter(Boolean);
    const answer = await application.call('runs.query', {
      query: options.query,
      archived: options.archived,
      sort: sortKeys(options.sort ?? ''),
      groupBy: options.groupBy ?? null,
      columns,
      limit: Number(options.limit),
    });
    if (options.json) printJson(answerJson(answer, columns));
    else if (answer.total === 0) print(emptyText(options));
    else print(answerText(answer, columns, fields));
  });
}

function sortKeys(text: string): Input<'runs.query'>['sort'] {
  const names = text.split(',').filter(Boolean);
  return names.map((name) => ({ field: name.replace(/^-/, ''), descending: name.startsWith('-') }));
}

/** Runs with their cells by name; with groups, those. */
function answerJson({ rows, groups }: Output<'runs.query'>, columns: readonly string[]): unknown {
  if (groups.length > 0) {
    return groups.map(({ aggregates, ...group }) => ({ ...group, aggregates: named(columns, aggregates) }));
  }
  return rows.map(({ run, cells }) => ({ ...run, cells: named(columns, cells) }));
}

const named = (names: readonly string[], values: readonly unknown[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name, i) => [name, values[i]]));

function emptyText({ query, archived }: RunTableOptions): string {
  if (query !== '' || archived === 'only') return 'No run fits.';
  return 'No runs yet: `midtrain run pretrain --corpus NAME` makes one.';
}

function answerText(
  { rows, groups, total }: Output<'runs.query'>,
  columns: readonly string[],
  fields: readonly TableField[],
): string {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const kinds = columns.map((name) => byName.get(name)?.kind ?? 'text');
  const heads = columns.map((name) => byName.get(name)?.label.toLowerCase() ?? name);
  const right = heads.filter((_, i) => kinds[i] === 'number' || kinds[i] === 'duration');
  if (groups.length > 0) {
    const shown = columns.flatMap((_, i) => (kinds[i] === 'number' || kinds[i] === 'duration' ? [i] : []));
    return table(
      ['group', 'runs', ...shown.map((i) => heads[i]!)],
      groups.map(({ label, runIds, aggregates }) => [
        label,
        String(runIds.length),
        ...shown.map((i) => aggregateText(aggregates[i] ?? null, columns[i]!, kinds[i]!)),
      ]),
      ['runs', ...right],
    );
  }
  const body = table(
    heads,
    rows.map(({ cells }) => cells.map((cell, i) => cellText(cell, columns[i]!, kinds[i]!))),
    right,
  );
  return rows.length < total ? `${body}\n… and ${total - rows.length} more (--limit)` : body;
}

function cellText(cell: Cell, name: string, kind: TableField['kind']): string {
  if (cell === null) return '–';
  if (kind === 'time') return formatTime(Number(cell));
  if (kind === 'duration') return formatDuration(Number(cell));
  if (name === 'progress') return `${Math.round(100 * Number(cell))}%`;
  return typeof cell === 'number' ? formatNumber(cell) : String(cell);
}

function aggregateText(aggregate: Aggregate | null, name: string, kind: TableField['kind']): string {
  if (!aggregate) return '–';
  const mean = cellText(aggregate.mean, name, kind);
  return aggregate.std === null ? mean : `${mean} ± ${cellText(aggregate.std, name, kind)}`;
}

function fieldTable(fields: readonly TableField[]): string {
  return table(
    ['field', 'what it is', 'kind', 'unit'],
    fields.map(({ name, label, kind, unit }) => [name, label, kind, unit ?? '']),
  );
}
