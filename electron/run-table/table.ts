/** Filters, sorts and groups runs. Pure: thousands of runs take a few milliseconds. */
import { type StageName, stageDeclarations } from '../../trainer/config/stages.ts';
import type { Aggregate, Cell } from '../contract/run-table.ts';
import type { Output, ResolvedInput } from '../contract.ts';
import type { FactSource, RunFacts } from './facts.ts';
import { type Field, requireField } from './fields.ts';
import { runTest } from './filter.ts';
import { parseQuery } from './query.ts';

type Asked = ResolvedInput<'runs.query'>;
type Table = Omit<Output<'runs.query'>, 'protocol'>;

/** @throws AppError InvalidQuery, UnknownField */
export function runTable(source: FactSource, asked: Asked): Table {
  const columns = asked.columns.map((name) => requireField(name, source));
  const sorted = sort(filter(source, asked), asked.sort, source);
  const groups = asked.groupBy === null ? [] : group(sorted, asked.groupBy, columns, source);
  // Runs of a group stand together; groups in the order of their first runs.
  const byId = new Map(sorted.map((facts) => [facts.run.id, facts]));
  const ordered =
    groups.length === 0 ? sorted : groups.flatMap((one) => one.runIds.map((id) => byId.get(id)!));
  const baseline = source.facts.find(({ run }) => run.id === source.baselineId) ?? null;
  const atBaseline = columns.map((column) => (baseline ? cellOf(column, baseline) : null));
  return {
    total: ordered.length,
    runIds: ordered.map(({ run }) => run.id),
    rows: ordered.slice(asked.offset, asked.offset + asked.limit).map((facts) => {
      const cells = columns.map((column) => cellOf(column, facts));
      return {
        run: facts.run,
        cells,
        deltas: cells.map((cell, i) => delta(columns[i]!, cell, atBaseline[i]!)),
      };
    }),
    groups,
    baselineId: source.baselineId,
  };
}

function filter(source: FactSource, { query, archived }: Asked): RunFacts[] {
  const test = runTest(parseQuery(query), source);
  return source.facts.filter((facts) => {
    if (archived === 'hide' && facts.run.archived) return false;
    if (archived === 'only' && !facts.run.archived) return false;
    return test(facts);
  });
}

export function cellOf(field: Field, facts: RunFacts): Cell {
  const value = field.read(facts);
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(', ');
  return value as Cell;
}

function delta(field: Field, cell: Cell, base: Cell): number | null {
  if (field.kind !== 'number' && field.kind !== 'duration') return null;
  return typeof cell === 'number' && typeof base === 'number' ? cell - base : null;
}

const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function sort(list: RunFacts[], keys: Asked['sort'], source: FactSource): RunFacts[] {
  const fields = keys.map(({ field }) => requireField(field, source));
  const rows = list.map((facts) => ({ facts, cells: fields.map((field) => cellOf(field, facts)) }));
  rows.sort((a, b) => {
    for (let i = 0; i < keys.length; i++) {
      const order = compareCells(a.cells[i]!, b.cells[i]!, keys[i]!.descending);
      if (order !== 0) return order;
    }
    return b.facts.run.createdAtMs - a.facts.run.createdAtMs || b.facts.key - a.facts.key;
  });
  return rows.map(({ facts }) => facts);
}

function compareCells(a: Cell, b: Cell, descending: boolean): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const order =
    typeof a === 'string' || typeof b === 'string'
      ? words.compare(String(a), String(b))
      : Number(a) - Number(b);
  return descending ? -order : order;
}

function group(
  list: readonly RunFacts[],
  groupBy: string,
  columns: readonly Field[],
  source: FactSource,
): Table['groups'] {
  const field = groupBy === 'configuration' ? null : requireField(groupBy, source);
  const keyOf = (facts: RunFacts): string =>
    field ? String(cellOf(field, facts) ?? '') : facts.configuration;
  const members = Map.groupBy(list, keyOf);
  const label = field
    ? (key: string) => groupLabel(field, key)
    : configurationLabels([...members.values()].map((runs) => runs[0]!));
  return [...members].map(([key, runs], i) => ({
    key,
    label: label(key, i),
    runIds: runs.map(({ run }) => run.id),
    aggregates: columns.map((column) => aggregate(runs.map((facts) => cellOf(column, facts)))),
  }));
}

function groupLabel({ name, kind, label }: Field, key: string): string {
  if (key === '') return `no ${label.toLowerCase()}`;
  if (name === 'stage') return stageDeclarations[key as StageName].label;
  return kind === 'number' ? `${label} ${key}` : key;
}

function aggregate(cells: readonly Cell[]): Aggregate | null {
  const numbers = cells.filter((cell) => typeof cell === 'number');
  const n = numbers.length;
  if (n === 0) return null;
  const mean = numbers.reduce((sum, x) => sum + x, 0) / n;
  const squares = numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return {
    n,
    mean,
    std: n < 2 ? null : Math.sqrt(squares / (n - 1)),
    min: Math.min(...numbers),
    max: Math.max(...numbers),
  };
}

const SHOWN_SETTINGS = 4;

/** What tells configurations apart, in words; where nothing does, the first run's name. */
function configurationLabels(representatives: readonly RunFacts[]): (key: string, i: number) => string {
  const names = new Set(representatives.flatMap(({ settings }) => Object.keys(settings)));
  names.delete('seed');
  const text = (facts: RunFacts, name: string): string => JSON.stringify(facts.settings[name]) ?? '';
  const telling = [...names].filter((name) => {
    const present = representatives.filter(({ settings }) => name in settings);
    return present.some((facts) => text(facts, name) !== text(present[0]!, name));
  });
  return (_, i) => {
    const facts = representatives[i]!;
    const shown = telling.filter((name) => name in facts.settings).slice(0, SHOWN_SETTINGS);
    if (shown.length === 0) return facts.run.name;
    return `${facts.run.stage}: ${shown.map((name) => `${name}=${text(facts, name)}`).join(', ')}`;
  };
}
