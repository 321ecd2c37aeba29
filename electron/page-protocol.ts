/** Serves the built page to the window from a scheme of its own, with the same policy as the browser host. */
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { protocol } from 'electron';
import { contentSecurityPolicy } from './serve/headers.ts';
import { contentType, pageFile } from './serve/static-files.ts';
import { exportedFile } from './services/export-files.ts';

const SCHEME = 'app';
const HOST = 'midtrain';
export const PAGE_ORIGIN = `${SCHEME}://${HOST}`;

/** To be called before the application is ready. */
export function declarePageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** @param root folder of the built page. @param folder the workspace, whose exports are handed out */
export function servePage(root: string, folder: string): void {
  const fileOf = async (path: string): Promise<string | null> =>
    (await exportedFile(folder, path)) ?? pageFile(root, path);
  protocol.handle(SCHEME, async (request) => {
    const { host, pathname } = new URL(request.url);
    const file = host === HOST && request.method === 'GET' ? await fileOf(pathname) : null;
    if (!file) return new Response('There is nothing here.', { status: 404 });
    return new Response(Readable.toWeb(createReadStream(file)) as ReadableStream, {
      headers: {
        'content-type': contentType(file),
        'content-security-policy': contentSecurityPolicy(''),
        'x-content-type-options': 'nosniff',
      },
    });
  });
}
