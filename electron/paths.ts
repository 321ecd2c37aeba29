/** Where things lie: the program's own files, whether it runs from source or built, and the user's folders. */
import { join } from 'node:path';
import envPaths from 'env-paths';

/** From source this file is electron/paths.ts; built, it is part of a file in out/main. */
const isSource = import.meta.filename.endsWith('.ts');
const root = isSource ? join(import.meta.dirname, '..') : join(import.meta.dirname, '..', '..');

export const programPaths = {
  root,
  migrations: join(root, 'migrations'),
  assets: join(root, 'assets'),
  /** The built page. */
  page: join(root, 'out', 'renderer'),
  preload: join(root, 'out', 'preload', 'preload.cjs'),
} as const;

const SOURCE_ENTRIES = {
  trainer: 'trainer/main.ts',
  probe: 'trainer/probe.ts',
  reader: 'electron/reader/worker.ts',
  importer: 'electron/import/worker.ts',
} as const;

/** The file a child process or worker thread starts from. */
export function entryPath(name: keyof typeof SOURCE_ENTRIES): string {
  return isSource ? join(root, SOURCE_ENTRIES[name]) : join(root, 'out', 'main', `${name}.js`);
}

const user = envPaths('midtrain', { suffix: '' });

/** The workspace opened when none is chosen. */
export const defaultWorkspace = user.data;
/** Where engines keep what they fetched or compiled, so that a re-install does not repeat it. */
export const engineCacheFolder = join(user.cache, 'engine');
/** Where Node keeps what it compiled of the program. It must be the user's own: it is run without being checked. */
export const compileCacheFolder = join(user.cache, 'compiled');
