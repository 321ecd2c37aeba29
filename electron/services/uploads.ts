/** Files that a page sends before it asks to import them: one folder each upload, gone after the import. */
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { AppError, codeOf } from '../errors.ts';
import { newId } from '../ids.ts';

export interface Uploads {
  begin(): Promise<string>;
  /**
   * Stores one file of an upload.
   * @param relativePath as the page knows it, with forward slashes
   * @returns its bytes. @throws AppError NotFound, InvalidInput
   */
  receive(uploadId: string, relativePath: string, content: Readable): Promise<number>;
  /** What was sent at the top level of an upload: files and folders. @throws AppError NotFound */
  paths(uploadId: string): string[];
  remove(uploadId: string): Promise<void>;
}

const UNSAFE_SEGMENT = /^\.{0,2}$|[\\:\0]/;

/** @param folder of the workspace */
export function createUploads(folder: string): Uploads {
  const root = join(folder, 'uploads');
  /** Names at the top level, in the order they came. */
  const open = new Map<string, Set<string>>();

  function require(uploadId: string): Set<string> {
    const names = open.get(uploadId);
    if (names) return names;
    throw new AppError('NotFound', `There is no upload ${uploadId}.`, 'Send the files again.');
  }

  return {
    async begin() {
      const id = newId();
      await mkdir(join(root, id), { recursive: true });
      open.set(id, new Set());
      return id;
    },
    async receive(uploadId, relativePath, content) {
      const names = require(uploadId);
      const segments = relativePath.split('/');
      if (segments.some((segment) => UNSAFE_SEGMENT.test(segment))) {
        throw new AppError(
          'InvalidInput',
          `“${relativePath}” is not a path inside the upload.`,
          'Use a plain relative path.',
        );
      }
      const path = join(root, uploadId, ...segments);
      await mkdir(dirname(path), { recursive: true });
      let bytes = 0;
      content.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      try {
        await pipeline(content, createWriteStream(path, { flags: 'wx' }));
      } catch (error) {
        if (codeOf(error) === 'EEXIST') {
          throw new AppError(
            'InvalidInput',
            `“${relativePath}” was already sent in this upload.`,
            'Send each file once, under a path of its own.',
          );
        }
        await rm(path, { force: true });
        throw error;
      }
      names.add(segments[0]!);
      return bytes;
    },
    paths(uploadId) {
      return [...require(uploadId)].map((name) => join(root, uploadId, name));
    },
    async remove(uploadId) {
      open.delete(uploadId);
      await rm(join(root, uploadId), { recursive: true, force: true });
    },
  };
}

/** Removes what uploads of earlier processes left behind. */
export async function removeOldUploads(folder: string): Promise<void> {
  const root = join(folder, 'uploads');
  await mkdir(root, { recursive: true });
  for (const name of await readdir(root)) await rm(join(root, name), { recursive: true, force: true });
}
