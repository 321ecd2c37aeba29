/** Queries of sweeps: runs that one plan made. */
import type { Database } from 'better-sqlite3';

export interface SweepRow {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  /** JSON. */
  readonly plan: string;
}

export function sweepQueries(db: Database) {
  const runIds = db.prepare<[string], { id: string }>(
    'SELECT id FROM runs WHERE sweep_id = ? AND removed_at_ms IS NULL ORDER BY key',
  );
  const add = db.prepare<[SweepRow]>(
    'INSERT INTO sweeps (id, name, created_at_ms, plan) VALUES (@id, @name, @createdAtMs, @plan)',
  );
  return {
    /** In the order they were made. */
    runIds: (id: string): string[] => runIds.all(id).map((row) => row.id),
    add(row: SweepRow): void {
      add.run(row);
    },
  };
}
