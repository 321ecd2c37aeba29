/** Opens the workspace's database: for writing by its one owner, or for reading by a worker thread. */
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import SQLite, { type Database } from 'better-sqlite3';
import { AppError, codeOf, messageOf } from '../errors.ts';
import type { Migration } from './migrate.ts';
import { migrate } from './migrate.ts';

/** "MTRN": how `file` and we tell our databases from others. */
const APPLICATION_ID = 0x4d54524e;
const BUSY_TIMEOUT_MS = 5000;
const READ_MAP_BYTES = 2 ** 30;
const MAGIC = 'SQLite format 3\0';

/**
 * The writing connection. WAL lets readers go on while it writes. `synchronous = FULL`: every commit is on disk when
 * it returns, so that not even a power cut loses what was reported as written; with writes batched twice a second
 * the extra fsync costs a few milliseconds a second.
 *
 * @throws AppError WorkspaceUnwritable, DatabaseDamaged, DatabaseNewer, DatabaseChanged
 */
export function openDatabase(path: string, migrations: readonly Migration[], nowMs = Date.now()): Database {
  if (existsSync(path)) checkIsDatabase(path);
  let db: Database | null = null;
  try {
    db = new SQLite(path, { timeout: BUSY_TIMEOUT_MS });
    db.pragma('journal_mode = WAL');
    db.pragma('synchronous = FULL');
    db.pragma('foreign_keys = ON');
    db.pragma('temp_store = MEMORY');
    const owner = db.pragma('application_id', { simple: true });
    const isEmpty = db.prepare('SELECT 1 FROM sqlite_schema').get() === undefined;
    if (owner !== APPLICATION_ID && !isEmpty) throw damaged(path, 'it belongs to another program');
    db.pragma(`application_id = ${APPLICATION_ID}`);
    migrate(db, migrations, nowMs);
    return db;
  } catch (error) {
    db?.close();
    throw namedError(path, error);
  }
}

/** A connection that can only read; it sees what was committed. */
export function openReader(path: string): Database {
  const db = new SQLite(path, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
  db.pragma(`mmap_size = ${READ_MAP_BYTES}`);
  db.pragma('query_only = ON');
  return db;
}

function checkIsDatabase(path: string): void {
  const head = Buffer.alloc(MAGIC.length);
  let length: number;
  try {
    const file = openSync(path, 'r');
    length = readSync(file, head, 0, head.length, 0);
    closeSync(file);
  } catch (error) {
    throw namedError(path, error);
  }
  if (length > 0 && head.toString('latin1') !== MAGIC) throw damaged(path, 'it is not a SQLite database');
}

function damaged(path: string, reason: string, cause?: unknown): AppError {
  return new AppError(
    'DatabaseDamaged',
    `The database ${path} cannot be used: ${reason}.`,
    'Put a copy of the file back in its place, or choose another folder with --workspace.',
    { cause },
  );
}

function namedError(path: string, error: unknown): unknown {
  if (error instanceof AppError) return error;
  const code = codeOf(error);
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return damaged(path, messageOf(error), error);
  if (/^(SQLITE_(CANTOPEN|READONLY|IOERR|FULL|PERM)|EACCES|EPERM|EROFS|ENOSPC)/.test(code)) {
    return new AppError(
      'WorkspaceUnwritable',
      `The database ${path} cannot be written: ${messageOf(error)}.`,
      'Check the folder’s permissions and free space, or choose another folder with --workspace.',
      { cause: error },
    );
  }
  return error;
}
