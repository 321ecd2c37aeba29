/** The files that exports made, for hosts to hand out. */
import { mkdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf } from '../errors.ts';

const PART = /^[\w.-]+$/;

/** The file that `/exports/ID/NAME` means; null where there is none, or the address is of another kind. */
export async function exportedFile(folder: string, urlPath: string): Promise<string | null> {
  const [, root, id = '', name = '', ...rest] = urlPath.split('/');
  const isPlain = [id, name].every((part) => PART.test(part) && !part.startsWith('.'));
  if (root !== 'exports' || rest.length > 0 || !isPlain) return null;
  const path = join(folder, 'exports', id, name);
  try {
    return (await stat(path)).isFile() ? path : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** Removes what earlier processes exported. */
export async function removeOldExports(folder: string): Promise<void> {
  const root = join(folder, 'exports');
  await rm(root, { recursive: true, force: true });
  await mkdir(root, { recursive: true });
}
