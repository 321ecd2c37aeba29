/** Writing so that a reader, or a machine that lost power, sees all of it or nothing. */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

function writeSynced(path: string, parts: readonly Uint8Array[]): void {
  const file = openSync(path, 'w');
  try {
    for (const part of parts) {
      for (let at = 0; at < part.byteLength; ) at += writeSync(file, part, at, part.byteLength - at);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  // Windows cannot open folders; there a rename is durable by itself.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Replaces a file in one step. */
export function writeFileAtomically(path: string, bytes: Uint8Array): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeSynced(temporary, [bytes]);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/** Creates or replaces a folder of files; an old one stays whole beside it until the new one is in place. */
export function writeFolderAtomically(
  path: string,
  files: Readonly<Record<string, readonly Uint8Array[]>>,
): void {
  const temporary = `${path}.${process.pid}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  for (const [name, parts] of Object.entries(files)) writeSynced(join(temporary, name), parts);
  syncFolder(temporary);
  const old = `${path}.${process.pid}.old`;
  if (existsSync(path)) renameSync(path, old);
  renameSync(temporary, path);
  syncFolder(dirname(path));
  rmSync(old, { recursive: true, force: true });
}
