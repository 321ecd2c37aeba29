import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import SQLite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { migrate, readMigrations } from '../../../electron/db/migrate.ts';
import { openDatabase, openReader } from '../../../electron/db/open.ts';
import { programPaths } from '../../../electron/paths.ts';
import { temporaryFolder, writeFiles } from '../support.ts';

const migrations = readMigrations(programPaths.migrations);
const errorOf = (action: () => unknown): unknown => {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('it did not throw');
};

describe('migrations', () => {
  it('are applied once, each with its record', () => {
    const path = join(temporaryFolder(), 'a.db');
    openDatabase(path, migrations, 1000).close();
    const db = openDatabase(path, migrations, 2000);
    const records = db.prepare('SELECT version, sha256, applied_at_ms FROM schema_migrations').all();
    expect(records).toEqual(
      migrations.map(({ version, sha256 }) => ({ version, sha256, applied_at_ms: 1000 })),
    );
    db.close();
  });

  it('leave nothing of one that fails, and keep those before it', () => {
    const db = new SQLite(':memory:');
    const good = { version: 1, name: 'good', sql: 'CREATE TABLE a (x)', sha256: '1' };
    const bad = { version: 2, name: 'bad', sql: 'CREATE TABLE b (x); CREATE TABLE a (x);', sha256: '2' };
    expect(() => migrate(db, [good, bad], 0)).toThrow(/already exists/);
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE name IN ('a', 'b')").pluck().all();
    expect(tables).toEqual(['a']);
    expect(db.prepare('SELECT version FROM schema_migrations').pluck().all()).toEqual([1]);
  });

  it('upgrade an older database with its rows in place', () => {
    const db = new SQLite(':memory:');
    const first = { version: 1, name: 'a', sql: 'CREATE TABLE a (x); INSERT INTO a VALUES (7)', sha256: '1' };
    migrate(db, [first], 0);
    migrate(
      db,
      [first, { version: 2, name: 'b', sql: 'ALTER TABLE a ADD COLUMN y DEFAULT 8', sha256: '2' }],
      0,
    );
    expect(db.prepare('SELECT x, y FROM a').all()).toEqual([{ x: 7, y: 8 }]);
  });

  it('are refused when the database knows more of them, or other ones', () => {
    const path = join(temporaryFolder(), 'a.db');
    const more = [...migrations, { version: 99, name: 'later', sql: 'CREATE TABLE later (x)', sha256: 'x' }];
    openDatabase(path, more).close();
    expect(errorOf(() => openDatabase(path, migrations))).toMatchObject({
      name: 'DatabaseNewer',
      wayOut: expect.stringContaining('Update'),
    });
    const other = migrations.map((migration) => ({ ...migration, sha256: 'other' }));
    const untouched = join(temporaryFolder(), 'b.db');
    openDatabase(untouched, migrations).close();
    expect(errorOf(() => openDatabase(untouched, other))).toMatchObject({ name: 'DatabaseChanged' });
  });

  it('hash the same whatever line ends a checkout has', () => {
    const unix = writeFiles({ '0001_a.sql': 'CREATE TABLE a (\n  x\n);\n' });
    const windows = writeFiles({ '0001_a.sql': 'CREATE TABLE a (\r\n  x\r\n);\r\n' });
    expect(readMigrations(windows)).toEqual(readMigrations(unix));
  });

  it('must be numbered without gaps', () => {
    expect(() => readMigrations(writeFiles({ '0002_a.sql': '' }))).toThrow(/number 1/);
    expect(() => readMigrations(writeFiles({ 'first.sql': '' }))).toThrow(/NNNN_name/);
  });
});

describe('opening a database', () => {
  it('names what is wrong with it', () => {
    const notDatabase = join(writeFiles({ 'a.db': 'this is no database at all' }), 'a.db');
    expect(errorOf(() => openDatabase(notDatabase, migrations))).toMatchObject({ name: 'DatabaseDamaged' });

    const foreign = join(temporaryFolder(), 'a.db');
    new SQLite(foreign).exec('CREATE TABLE theirs (x)').close();
    expect(errorOf(() => openDatabase(foreign, migrations))).toMatchObject({
      name: 'DatabaseDamaged',
      message: expect.stringContaining('another program'),
    });
    expect(readFileSync(foreign).includes('schema_migrations')).toBe(false);

    expect(errorOf(() => openDatabase('/nowhere/at/all/a.db', migrations))).toBeInstanceOf(Error);
    const underFile = join(writeFiles({ file: 'x' }), 'file', 'a.db');
    expect(errorOf(() => openDatabase(underFile, migrations))).toBeInstanceOf(Error);
  });

  it('finds damage inside', () => {
    const path = join(temporaryFolder(), 'a.db');
    openDatabase(path, migrations).close();
    const bytes = readFileSync(path);
    writeFileSync(path, Buffer.concat([bytes.subarray(0, 100), Buffer.alloc(bytes.length - 100, 0x5a)]));
    expect(errorOf(() => openDatabase(path, migrations))).toMatchObject({ name: 'DatabaseDamaged' });
  });

  it('is durable, keeps references, and lets readers only read', () => {
    const path = join(temporaryFolder(), 'a.db');
    const db = openDatabase(path, migrations);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(db.pragma('synchronous', { simple: true })).toBe(2);
    expect(() =>
      db.prepare("INSERT INTO run_events (run_id, at_ms, kind, text) VALUES ('none', 0, '', '')").run(),
    ).toThrow(/FOREIGN KEY/);
    const reader = openReader(path);
    expect(() => reader.exec("INSERT INTO settings VALUES ('a', '1')")).toThrow(/readonly/);
    reader.close();
    db.close();
  });
});
