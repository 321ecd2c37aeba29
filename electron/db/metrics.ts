/** Queries of the metric tables. A chunk's row id is series · 2^20 + chunk, so that a series is one range. */
import type { Database } from 'better-sqlite3';
import type { StoredChunk } from '../series/chunk.ts';

const CHUNKS_PER_SERIES = 2 ** 20;

export interface SeriesRow {
  readonly id: number;
  readonly runKey: number;
  readonly name: string;
  readonly points: number;
  readonly nonFinite: number;
  /** Rises with every write. */
  readonly version: number;
  /** The newest value, and the extremes of all finite ones; null where there is none. */
  readonly last: number | null;
  readonly low: number | null;
  readonly high: number | null;
}
export type SeriesTotals = Pick<SeriesRow, 'points' | 'nonFinite' | 'last' | 'low' | 'high'>;

export interface NumberedChunk extends StoredChunk {
  readonly chunk: number;
}

export interface StepRange {
  readonly from: number;
  readonly to: number;
}

interface ChunkRow {
  id: number;
  points: number;
  firstStep: number;
  lastStep: number;
  data: Buffer;
}

const SERIES_COLUMNS =
  's.id, s.run_key AS runKey, n.name, s.points, s.non_finite AS nonFinite, s.version, s.last, s.low, s.high';
const CHUNK_COLUMNS = 'id, points, first_step AS firstStep, last_step AS lastStep, data';
type Key = [number];
type Range = [number, number];

/** What a reader needs. */
export function metricReads(db: Database) {
  const seriesOfRun = db.prepare<Key, SeriesRow>(
    `SELECT ${SERIES_COLUMNS} FROM metric_series s JOIN metric_names n ON n.id = s.name_id
     WHERE s.run_key = ? ORDER BY n.name`,
  );
  // Asked for each line of a page of charts: as a join it takes six times as long.
  const series = db.prepare<[number, string], Omit<SeriesRow, 'name'>>(
    `SELECT id, run_key AS runKey, points, non_finite AS nonFinite, version, last, low, high FROM metric_series
     WHERE run_key = ? AND name_id = (SELECT id FROM metric_names WHERE name = ?)`,
  );
  const namesOfRun = db
    .prepare<Key, string>(
      `SELECT n.name FROM metric_series s JOIN metric_names n ON n.id = s.name_id
       WHERE s.run_key = ? ORDER BY n.name`,
    )
    .pluck();
  const names = db.prepare<[], { name: string }>(
    `SELECT name FROM metric_names n WHERE EXISTS (SELECT 1 FROM metric_series s WHERE s.name_id = n.id)
     ORDER BY name`,
  );
  const ofName = db.prepare<[string], Pick<SeriesRow, 'runKey' | 'last' | 'low' | 'high'>>(
    `SELECT run_key AS runKey, last, low, high FROM metric_series
     WHERE name_id = (SELECT id FROM metric_names WHERE name = ?)`,
  );
  const withoutTotals = db.prepare<[], SeriesRow>(
    `SELECT ${SERIES_COLUMNS} FROM metric_series s JOIN metric_names n ON n.id = s.name_id
     WHERE s.last IS NULL AND s.low IS NULL AND s.points > s.non_finite`,
  );
  const chunks = db.prepare<Range, ChunkRow>(
    `SELECT ${CHUNK_COLUMNS} FROM metric_chunks WHERE id >= ? AND id < ? ORDER BY id`,
  );
  const firstChunk = db.prepare<Range, ChunkRow>(
    `SELECT ${CHUNK_COLUMNS} FROM metric_chunks WHERE id >= ? AND id < ? ORDER BY id LIMIT 1`,
  );
  const lastChunk = db.prepare<Range, ChunkRow>(
    `SELECT ${CHUNK_COLUMNS} FROM metric_chunks WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT 1`,
  );
  const summaries = db.prepare<Range, ChunkRow>(
    `SELECT ${CHUNK_COLUMNS} FROM metric_summaries WHERE id >= ? AND id < ? ORDER BY id`,
  );
  /** Chunks that hold steps from `from` to `to`, and those that hold the steps next to these. */
  const between = (table: string) =>
    db.prepare<[{ start: number; end: number; from: number; to: number }], ChunkRow>(
      `SELECT ${CHUNK_COLUMNS} FROM ${table}
       WHERE id >= ifnull((SELECT max(id) FROM ${table} WHERE id >= @start AND id < @end AND first_step <= @from), @start)
         AND id <= ifnull((SELECT min(id) FROM ${table} WHERE id >= @start AND id < @end AND last_step >= @to), @end - 1)
       ORDER BY id`,
    );
  const chunksBetween = between('metric_chunks');
  const summariesBetween = between('metric_summaries');
  const from = (seriesId: number, chunk = 0): number => seriesId * CHUNKS_PER_SERIES + chunk;
  const numbered = (row: ChunkRow): NumberedChunk => ({ ...row, chunk: row.id % CHUNKS_PER_SERIES });
  return {
    seriesOfRun: (runKey: number): SeriesRow[] => seriesOfRun.all(runKey),
    /** One of them, or null. */
    series(runKey: number, name: string): SeriesRow | null {
      const row = series.get(runKey, name);
      return row ? { ...row, name } : null;
    },
    /** In alphabetical order. */
    namesOfRun: (runKey: number): string[] => namesOfRun.all(runKey),
    /** Of every metric that any run has. */
    names: (): string[] => names.all().map((row) => row.name),
    /** One metric's newest value and extremes in every run that has it. */
    ofName: (name: string) => ofName.all(name),
    /** Series written before their totals were kept. */
    withoutTotals: (): SeriesRow[] => withoutTotals.all(),
    chunks: (seriesId: number): ChunkRow[] => chunks.all(from(seriesId), from(seriesId + 1)),
    /** The first and the last chunk. */
    ends: (seriesId: number): ChunkRow[] => {
      const range: Range = [from(seriesId), from(seriesId + 1)];
      return [firstChunk.get(...range), lastChunk.get(...range)].filter((row) => row !== undefined);
    },
    chunksBetween: (seriesId: number, steps: StepRange): ChunkRow[] =>
      chunksBetween.all({ start: from(seriesId), end: from(seriesId + 1), ...steps }),
    summariesBetween: (seriesId: number, steps: StepRange): ChunkRow[] =>
      summariesBetween.all({ start: from(seriesId), end: from(seriesId + 1), ...steps }),
    /** One chunk, or null. */
    chunk(seriesId: number, chunk: number): NumberedChunk | null {
      const row = chunks.get(from(seriesId, chunk), from(seriesId, chunk + 1));
      return row ? numbered(row) : null;
    },
    /** Chunks whose last step is at or above `step`, in order. */
    chunksFrom: (seriesId: number, step: number): NumberedChunk[] =>
      chunks
        .all(from(seriesId), from(seriesId + 1))
        .filter((row) => row.lastStep >= step)
        .map(numbered),
    summaries: (seriesId: number): ChunkRow[] => summaries.all(from(seriesId), from(seriesId + 1)),
  };
}

export function metricWrites(db: Database) {
  const addName = db.prepare<[string]>('INSERT INTO metric_names (name) VALUES (?) ON CONFLICT DO NOTHING');
  const addSeries = db.prepare<[number, string]>(
    `INSERT INTO metric_series (run_key, name_id, points, non_finite, version)
     SELECT ?, id, 0, 0, 0 FROM metric_names WHERE name = ?`,
  );
  const updateSeries = db.prepare<[SeriesTotals & { id: number }]>(
    `UPDATE metric_series SET points = @points, non_finite = @nonFinite, last = @last, low = @low, high = @high,
       version = version + 1 WHERE id = @id`,
  );
  const removeSeries = db.prepare<Key>('DELETE FROM metric_series WHERE id = ?');
  const put = (table: string) =>
    db.prepare<[number, number, number, number, Uint8Array]>(
      `INSERT OR REPLACE INTO ${table} (id, points, first_step, last_step, data) VALUES (?, ?, ?, ?, ?)`,
    );
  const putChunk = put('metric_chunks');
  const putSummary = put('metric_summaries');
  const removeChunks = db.prepare<Range>('DELETE FROM metric_chunks WHERE id >= ? AND id < ?');
  const removeSummaries = db.prepare<Range>('DELETE FROM metric_summaries WHERE id >= ? AND id < ?');
  const copy = (table: string) =>
    db.prepare<[number, number, number]>(
      `INSERT INTO ${table} SELECT id + ?, points, first_step, last_step, data FROM ${table} WHERE id >= ? AND id < ?`,
    );
  const copyChunks = copy('metric_chunks');
  const copySummaries = copy('metric_summaries');
  return {
    /** Copies a series as it is to another run. */
    copySeries(series: SeriesRow, toRunKey: number): void {
      addName.run(series.name);
      const id = Number(addSeries.run(toRunKey, series.name).lastInsertRowid);
      const from = series.id * CHUNKS_PER_SERIES;
      const range = [(id - series.id) * CHUNKS_PER_SERIES, from, from + CHUNKS_PER_SERIES] as const;
      copyChunks.run(...range);
      copySummaries.run(...range);
      const { points, nonFinite, last, low, high } = series;
      updateSeries.run({ id, points, nonFinite, last, low, high });
    },
    /** Begins a series and gives its id. */
    addSeries(runKey: number, name: string): number {
      addName.run(name);
      return Number(addSeries.run(runKey, name).lastInsertRowid);
    },
    updateSeries: (id: number, totals: SeriesTotals): void => {
      updateSeries.run({ ...totals, id });
    },
    putChunk(seriesId: number, chunk: number, data: StoredChunk, summary: StoredChunk): void {
      const id = seriesId * CHUNKS_PER_SERIES + chunk;
      putChunk.run(id, data.points, data.firstStep, data.lastStep, data.data);
      putSummary.run(id, summary.points, summary.firstStep, summary.lastStep, summary.data);
    },
    removeChunksFrom,
    removeSeries(seriesId: number): void {
      removeChunksFrom(seriesId, 0);
      removeSeries.run(seriesId);
    },
  };

  /** Removes a series' chunks from number `chunk` on. */
  function removeChunksFrom(seriesId: number, chunk: number): void {
    const from = seriesId * CHUNKS_PER_SERIES + chunk;
    const to = (seriesId + 1) * CHUNKS_PER_SERIES;
    removeChunks.run(from, to);
    removeSummaries.run(from, to);
  }
}

export type MetricReads = ReturnType<typeof metricReads>;
export type MetricWrites = ReturnType<typeof metricWrites>;
