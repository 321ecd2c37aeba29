/**
 * Brings a database up to date: every file of migrations/ that it lacks is applied together with its record in one
 * transaction, and those it has are checked to be the files it was made with.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Database } from 'better-sqlite3';
import { AppError } from '../errors.ts';

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
  /** Of the text with line ends as \n, so that a checkout's line ends do not matter. */
  readonly sha256: string;
}

const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.sql$/;

/** The migrations of a folder in order. @throws if a file's name is not NNNN_name.sql or a number is missing */
export function readMigrations(folder: string): Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      const match = FILE_NAME.exec(file);
      if (!match) throw new Error(`migrations/${file} should be named NNNN_name.sql`);
      const sql = readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
      return {
        version: Number(match[1]),
        name: match[2]!,
        sql,
        sha256: createHash('sha256').update(sql).digest('hex'),
      };
    });
  migrations.forEach((migration, i) => {
    if (migration.version !== i + 1) throw new Error(`migrations/: number ${i + 1} is missing or doubled`);
  });
  return migrations;
}

/**
 * @throws AppError DatabaseNewer if the database has migrations that these do not have
 * @throws AppError DatabaseChanged if an applied migration's text differs from these
 */
export function migrate(db: Database, migrations: readonly Migration[], nowMs: number): void {
  db.exec(`CREATE TABLE IF NOT EXISTS schema_migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at_ms INTEGER NOT NULL
  ) STRICT`);
  const applied = db
    .prepare<[], { version: number; name: string; sha256: string }>(
      'SELECT version, name, sha256 FROM schema_migrations ORDER BY version',
    )
    .all();
  if (applied.length > migrations.length) {
    throw new AppError(
      'DatabaseNewer',
      `This workspace was written by a newer Midtrain: its database has version ${applied.length}, this program knows ${migrations.length}.`,
      'Update Midtrain, or choose another folder with --workspace.',
    );
  }
  for (const [i, { version, name, sha256 }] of applied.entries()) {
    if (version !== i + 1 || sha256 !== migrations[i]!.sha256) {
      throw new AppError(
        'DatabaseChanged',
        `Migration ${version} (${name}) of this workspace is not the one this program has.`,
        'The workspace was made by an altered copy of Midtrain: open it with that copy, or choose another folder with --workspace.',
      );
    }
  }
  const record = db.prepare(
    'INSERT INTO schema_migrations (version, name, sha256, applied_at_ms) VALUES (?, ?, ?, ?)',
  );
  for (const migration of migrations.slice(applied.length)) {
    db.transaction(() => {
      db.exec(migration.sql);
      record.run(migration.version, migration.name, migration.sha256, nowMs);
    }).immediate();
  }
}
