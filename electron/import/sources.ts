/** The files that an import means: named ones, and those inside named folders. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { codeOf, messageOf } from '../errors.ts';

export interface SourceFile {
  /** As shown: from the folder that holds all that was named. */
  readonly shownPath: string;
  readonly path: string;
  readonly bytes: number;
  /** Why it cannot be read; null if it seems that it can. */
  readonly problem: string | null;
}

/**
 * Folders are entered recursively in name order, hidden entries and what was already seen left out, so that the same
 * files always come in the same order.
 */
export async function listSources(paths: readonly string[]): Promise<SourceFile[]> {
  if (paths.length === 0) return [];
  const files: SourceFile[] = [];
  const seen = new Set<string>();

  async function visit(path: string, shownPath: string): Promise<void> {
    try {
      const real = await realpath(path);
      if (seen.has(real)) return;
      seen.add(real);
      const info = await stat(path);
      if (!info.isDirectory()) {
        const problem = info.isFile() ? null : 'it is neither a file nor a folder';
        files.push({ shownPath, path, bytes: info.size, problem });
        return;
      }
      const entries = (await readdir(path)).filter((name) => !name.startsWith('.')).sort();
      for (const name of entries) await visit(join(path, name), `${shownPath}/${name}`);
    } catch (error) {
      const problem = codeOf(error) === 'ENOENT' ? 'it does not exist' : messageOf(error);
      files.push({ shownPath, path, bytes: 0, problem });
    }
  }

  const base = commonFolder(paths);
  for (const path of paths) await visit(path, relative(base, path).split(sep).join('/'));
  return files;
}

/** The innermost folder that holds all of these: paths are shown from there. */
function commonFolder(paths: readonly string[]): string {
  const [first, ...others] = paths.map((path) => dirname(path).split(sep));
  const shared = first!.findIndex((part, i) => others.some((other) => other[i] !== part));
  return (shared === -1 ? first! : first!.slice(0, shared)).join(sep) || sep;
}
