/** Paths inside the workspace are stored relative to it, so that the folder can be moved. */
import { isAbsolute, join, relative, sep } from 'node:path';

/** The path as it is stored: relative to the workspace, with forward slashes. @throws if it lies outside */
export function inWorkspace(folder: string, path: string): string {
  const inside = relative(folder, path);
  if (inside === '' || inside.startsWith('..') || isAbsolute(inside)) {
    throw new Error(`${path} lies outside the workspace`);
  }
  return inside.split(sep).join('/');
}

/** The absolute path of a stored one. */
export function fromWorkspace(folder: string, stored: string): string {
  return join(folder, ...stored.split('/'));
}
