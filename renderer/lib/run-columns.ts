/** Columns of the table of runs: which, how wide, and in which order rows stand. Pure. */
import type { TableField } from '../../electron/contract/run-table.ts';
import { metricFor } from './metric-text.ts';

export const DEFAULT_COLUMNS = [
  'stage',
  'state',
  'progress',
  'metrics.loss',
  'metrics.reward',
  'metrics.thinking/mean_length',
  'created',
] as const;
/** Where there is room. */
export const WIDE_COLUMNS = [
  'stage',
  'state',
  'progress',
  'base',
  'corpus',
  'metrics.loss',
  'metrics.reward',
  'metrics.thinking/mean_length',
  'duration',
  'created',
] as const;

const WIDTHS: Readonly<Record<string, number>> = {
  stage: 98,
  state: 104,
  progress: 128,
  base: 180,
  corpus: 160,
  questions: 160,
  sweep: 160,
  engine: 130,
  created: 94,
  started: 94,
  ended: 94,
  tag: 150,
  notes: 220,
  queue: 128,
};

export interface Column {
  readonly field: TableField;
  readonly width: number;
  readonly number: boolean;
}

/** Labels shorter than the field's own, where the column says the rest. */
const SHORT: Readonly<Record<string, string>> = {
  created: 'Created',
  queue: 'Queue',
  'metrics.thinking/mean_length': 'Thinking',
};

export function columnOf(name: string, fields: ReadonlyMap<string, TableField>): Column | null {
  const field = fields.get(name) ?? unrecorded(name);
  if (!field) return null;
  const number = field.kind === 'number' || field.kind === 'duration';
  const label = SHORT[name] ?? field.label;
  const width = WIDTHS[name] ?? (number ? Math.min(170, Math.max(74, 24 + label.length * 7)) : 140);
  return { field: { ...field, label }, width, number: number && name !== 'progress' && name !== 'queue' };
}

/** A default column that no run has a value of yet. */
function unrecorded(name: string): TableField | null {
  const isDefault = [...DEFAULT_COLUMNS, ...WIDE_COLUMNS].some((one) => one === name);
  if (!isDefault) return null;
  const metric = name.startsWith('metrics.') ? metricFor(name.slice('metrics.'.length)) : null;
  return {
    name,
    label: metric?.label ?? name,
    kind: metric ? 'number' : 'text',
    section: metric ? 'metrics' : 'run',
    better: metric?.better ?? null,
    unit: metric?.unit ?? null,
  };
}

export interface SortKey {
  readonly field: string;
  readonly descending: boolean;
}

/** `-metrics.reward,name` */
export function sortFromText(text: string | null): SortKey[] {
  return (text ?? '')
    .split(',')
    .filter(Boolean)
    .slice(0, 5)
    .map((key) => ({ field: key.replace(/^-/, ''), descending: key.startsWith('-') }));
}

export function sortToText(keys: readonly SortKey[]): string | null {
  return keys.map(({ field, descending }) => `${descending ? '-' : ''}${field}`).join(',') || null;
}

/** Numbers begin with the highest, words with the first; a third click lets go. `add` keeps the other keys. */
export function nextSort(keys: readonly SortKey[], field: TableField, add: boolean): SortKey[] {
  const falling = field.kind !== 'text' && field.kind !== 'tags';
  const before = keys.find((key) => key.field === field.name);
  const next: SortKey[] = !before
    ? [{ field: field.name, descending: falling }]
    : before.descending === falling
      ? [{ field: field.name, descending: !falling }]
      : [];
  if (!add) return next;
  const at = keys.findIndex((key) => key.field === field.name);
  return at === -1 ? [...keys, ...next] : [...keys.slice(0, at), ...next, ...keys.slice(at + 1)];
}
