/** Queries of what was removed and can be taken back until it is purged. */
import type { Database } from 'better-sqlite3';

export const REMOVABLE = ['run', 'checkpoint', 'corpus'] as const;
export type Removable = (typeof REMOVABLE)[number];

export interface RemovedRow {
  readonly what: Removable;
  readonly id: string;
  readonly name: string;
  readonly removedAtMs: number;
}

const TABLES: Readonly<Record<Removable, string>> = {
  run: 'runs',
  checkpoint: 'checkpoints',
  corpus: 'corpora',
};

export function trashQueries(db: Database) {
  const removed = db.prepare<[], RemovedRow>(
    REMOVABLE.map(
      (what) =>
        `SELECT '${what}' AS what, id, name, removed_at_ms AS removedAtMs FROM ${TABLES[what]}
         WHERE removed_at_ms IS NOT NULL`,
    )
      .join(' UNION ALL ')
      .concat(' ORDER BY removedAtMs DESC, id'),
  );
  const mark = new Map(
    REMOVABLE.map((what) => [
      what,
      db.prepare<[number | null, string]>(`UPDATE ${TABLES[what]} SET removed_at_ms = ? WHERE id = ?`),
    ]),
  );
  const ids = new Map(
    REMOVABLE.map((what) => [what, db.prepare<[], { id: string }>(`SELECT id FROM ${TABLES[what]}`)]),
  );
  const runKey = db.prepare<[string], { key: number }>('SELECT key FROM runs WHERE id = ?');
  const folder = db.prepare<[string], { folder: string }>('SELECT folder FROM checkpoints WHERE id = ?');
  const sharing = db.prepare<[string, string], { n: number }>(
    'SELECT count(*) AS n FROM checkpoints WHERE folder = ? AND id <> ?',
  );
  return {
    /** Newest removal first. */
    all: (): RemovedRow[] => removed.all(),
    /** @param atMs null takes it back */
    mark(what: Removable, id: string, atMs: number | null): void {
      mark.get(what)!.run(atMs, id);
    },
    /** Ids of a table, removed rows included. */
    everyId: (what: Removable): string[] =>
      ids
        .get(what)!
        .all()
        .map((row) => row.id),
    runKey: (id: string): number | null => runKey.get(id)?.key ?? null,
    /** The folder of a removed checkpoint that no other checkpoint uses, or null. */
    ownFolder(id: string): string | null {
      const path = folder.get(id)?.folder;
      return path === undefined || sharing.get(path, id)!.n > 0 ? null : path;
    },
  };
}
export type TrashQueries = ReturnType<typeof trashQueries>;
