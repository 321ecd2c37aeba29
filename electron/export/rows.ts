/** Rows on their way into a file: written in batches, so that millions of them take little memory. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { fileWriter, parquetWriteRows } from 'hyparquet-writer';
import { PARQUET_TYPES, type ParquetColumn } from './parquet.ts';
import { csvLine, type Value } from './table.ts';

export interface RowField {
  readonly name: string;
  readonly kind: ParquetColumn['kind'];
}

export interface Rows {
  readonly fields: readonly RowField[];
  /** Values as `fields`. */
  readonly rows: Iterable<readonly Value[]>;
}

export type RowFormat = 'csv' | 'jsonl' | 'parquet';

const BATCH = 50_000;

function* batchesOf<T>(rows: Iterable<T>): Generator<T[]> {
  let batch: T[] = [];
  for (const row of rows) {
    batch.push(row);
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** @returns how many rows were written */
export function writeRows(path: string, rows: Rows, format: RowFormat): number {
  return format === 'parquet' ? writeParquet(path, rows) : writeText(path, rows, format);
}

function writeText(path: string, { fields, rows }: Rows, format: 'csv' | 'jsonl'): number {
  const file = openSync(path, 'w');
  let count = 0;
  try {
    if (format === 'csv') writeSync(file, csvLine(fields.map(({ name }) => name)));
    const line =
      format === 'csv'
        ? csvLine
        : (row: readonly Value[]): string =>
            `${JSON.stringify(Object.fromEntries(fields.map(({ name }, i) => [name, jsonValue(row[i]!)])))}\n`;
    for (const batch of batchesOf(rows)) {
      writeSync(file, batch.map(line).join(''));
      count += batch.length;
    }
  } finally {
    closeSync(file);
  }
  return count;
}

/** JSON has no words for what is not finite; Python's readers know these. */
const jsonValue = (value: Value): Value =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;

/** Snappy-compressed; every column may hold nulls, so that files of one kind have one schema. */
function writeParquet(path: string, { fields, rows }: Rows): number {
  let count = 0;
  function* objects(): Generator<Record<string, Value>> {
    for (const row of rows) {
      count++;
      yield Object.fromEntries(fields.map(({ name }, i) => [name, row[i]!]));
    }
  }
  parquetWriteRows({
    writer: fileWriter(path),
    rows: objects(),
    columns: fields.map(({ name, kind }) => ({ name, type: PARQUET_TYPES[kind], nullable: true })),
    rowGroupSize: BATCH,
  });
  return count;
}
