import { resolve } from 'node:path';
import { AppError } from '../errors.ts';
import type { Caller } from './context.ts';

/** @throws AppError PathNotAllowed unless the user chose every path in this host */
export function allowedPaths(paths: readonly string[], caller: Caller): string[] {
  const refused = paths.find((path) => !caller.mayRead(path));
  if (refused === undefined) return paths.map((path) => resolve(path));
  throw new AppError(
    'PathNotAllowed',
    `${refused} was not chosen by the user in this window.`,
    'Drop the file or folder onto the window, or import it in a terminal.',
  );
}
