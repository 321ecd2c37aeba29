/** Columns as an Apache Parquet file. */
import { type BasicType, parquetWriteBuffer } from 'hyparquet-writer';

export interface ParquetColumn {
  readonly name: string;
  readonly kind: 'text' | 'whole' | 'number' | 'yes-no';
  /** Null where a row has none. */
  readonly values: readonly (string | number | boolean | null)[];
}

export const PARQUET_TYPES: Readonly<Record<ParquetColumn['kind'], BasicType>> = {
  text: 'STRING',
  whole: 'INT32',
  number: 'DOUBLE',
  'yes-no': 'BOOLEAN',
};

/** Snappy-compressed; every column may hold nulls, so that files of one kind have one schema. */
export function parquetOf(columns: readonly ParquetColumn[]): Uint8Array {
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name, kind, values }) => ({
      name,
      type: PARQUET_TYPES[kind],
      nullable: true,
      data: [...values],
    })),
  });
  return new Uint8Array(buffer);
}
