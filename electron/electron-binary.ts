import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { programPaths } from './paths.ts';

/** Where Electron's binary lies; null if it was not fetched. */
export function electronBinary(): string | null {
  const dist =
    process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(programPaths.root, 'node_modules', 'electron', 'dist');
  const names: Partial<Record<NodeJS.Platform, string>> = {
    win32: 'electron.exe',
    darwin: join('Electron.app', 'Contents', 'MacOS', 'Electron'),
  };
  const path = join(dist, names[process.platform] ?? 'electron');
  return existsSync(path) ? path : null;
}
