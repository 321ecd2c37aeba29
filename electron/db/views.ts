/** Queries of saved views. */
import type { Database } from 'better-sqlite3';

export interface ViewRow {
  readonly id: string;
  readonly name: string;
  readonly path: string;
  readonly createdAtMs: number;
}

export function viewQueries(db: Database) {
  const columns = 'id, name, path, created_at_ms AS createdAtMs';
  const all = db.prepare<[], ViewRow>(`SELECT ${columns} FROM views ORDER BY name, id`);
  const byId = db.prepare<[string], ViewRow>(`SELECT ${columns} FROM views WHERE id = ?`);
  const put = db.prepare<[ViewRow]>(
    `INSERT INTO views (id, name, path, created_at_ms) VALUES (@id, @name, @path, @createdAtMs)
     ON CONFLICT (id) DO UPDATE SET name = excluded.name, path = excluded.path`,
  );
  const remove = db.prepare<[string]>('DELETE FROM views WHERE id = ?');
  return {
    all: (): ViewRow[] => all.all(),
    byId: (id: string): ViewRow | null => byId.get(id) ?? null,
    put(row: ViewRow): void {
      put.run(row);
    },
    remove(id: string): void {
      remove.run(id);
    },
  };
}
