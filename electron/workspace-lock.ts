/**
 * One process owns a workspace. The lock is a file that SQLite holds exclusively: the system lets go of it when the
 * process ends in whatever way, so that no stale lock can stay behind. Beside it `owner.json` tells others who the
 * owner is and, once it serves, how to talk to it; only the user may read it.
 */
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import SQLite, { type Database } from 'better-sqlite3';
import { z } from 'zod';
import { AppError, codeOf, messageOf } from './errors.ts';

const owner = z.object({
  pid: z.number(),
  host: z.string(),
  startedAtMs: z.number(),
  /** Where the owner answers calls, once it does. */
  server: z.object({ url: z.string(), token: z.string() }).nullable(),
});
export type Owner = z.infer<typeof owner>;

export interface WorkspaceLock {
  /** Tells others how to talk to this process; null once it does not serve any more. */
  announce(server: Owner['server']): void;
  release(): void;
}

const LOCK_FILE = 'owner.lock';
const OWNER_FILE = 'owner.json';

/**
 * Makes the folder if needed and takes it.
 * @throws AppError WorkspaceBusy if another process owns it; WorkspaceUnwritable
 */
export function lockWorkspace(folder: string): WorkspaceLock {
  let lock: Database | null = null;
  try {
    mkdirSync(folder, { recursive: true });
    lock = new SQLite(join(folder, LOCK_FILE), { timeout: 0 });
    lock.pragma('journal_mode = MEMORY');
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if (/^SQLITE_(BUSY|LOCKED)/.test(codeOf(error))) throw busy(folder);
    throw new AppError(
      'WorkspaceUnwritable',
      `The workspace folder ${folder} cannot be written: ${messageOf(error)}.`,
      'Check the folder’s permissions and free space, or choose another with --workspace.',
      { cause: error },
    );
  }
  const held = lock;
  const announce = (server: Owner['server']): void => {
    const text = JSON.stringify({ pid: process.pid, host: hostname(), startedAtMs, server } satisfies Owner);
    const path = join(folder, OWNER_FILE);
    writeFileSync(`${path}.new`, text, { mode: 0o600 });
    chmodSync(`${path}.new`, 0o600);
    renameSync(`${path}.new`, path);
  };
  const startedAtMs = Date.now();
  announce(null);
  return {
    announce,
    release() {
      rmSync(join(folder, OWNER_FILE), { force: true });
      held.exec('ROLLBACK');
      held.close();
    },
  };
}

/** Who owns a workspace, by its own word; null where nobody says. */
export function readOwner(folder: string): Owner | null {
  try {
    return owner.parse(JSON.parse(readFileSync(join(folder, OWNER_FILE), 'utf8')));
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || error instanceof SyntaxError || error instanceof z.ZodError)
      return null;
    throw error;
  }
}

function busy(folder: string): AppError {
  const who = readOwner(folder);
  const process = who ? `process ${who.pid} on ${who.host}` : 'another process';
  return new AppError(
    'WorkspaceBusy',
    `The workspace ${folder} is in use by ${process}.`,
    who?.server
      ? `It answers at ${new URL(who.server.url).origin}: \`midtrain serve\` prints a fresh link to it, and other \`midtrain\` commands use it by themselves.`
      : 'Close that window or command, or choose another folder with --workspace.',
  );
}
