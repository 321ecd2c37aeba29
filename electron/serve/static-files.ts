import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join, normalize, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../errors.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export function contentType(path: string): string {
  return TYPES[extname(path)] ?? 'application/octet-stream';
}

/**
 * The file of the page that a URL path means, or null: routes of the page (no ending) mean index.html, and nothing
 * outside `root` is ever meant.
 */
export async function pageFile(root: string, urlPath: string): Promise<string | null> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(urlPath);
  } catch (error) {
    if (error instanceof URIError) return null;
    throw error;
  }
  if (decoded.includes('\0')) return null;
  const wanted = extname(decoded) === '' ? 'index.html' : decoded;
  const path = join(root, normalize(`/${wanted}`));
  if (!path.startsWith(root + sep)) return null;
  try {
    return (await stat(path)).isFile() ? path : null;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return null;
    throw error;
  }
}

/** Built files carry a hash of their content in their names and may be kept; index.html names the current ones. */
export async function sendFile(response: ServerResponse, path: string, withBody: boolean): Promise<void> {
  const isIndex = path.endsWith('index.html');
  const isHashed = path.includes(`${sep}assets${sep}`) && !isIndex;
  response.writeHead(200, {
    'content-type': contentType(path),
    'content-length': (await stat(path)).size,
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  if (withBody) await pipeline(createReadStream(path), response);
  else response.end();
}
