import { existsSync, readFileSync, statSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import { serve } from '../../electron/serve.ts';
import { readOwner } from '../../electron/workspace-lock.ts';
import { onCleanUp, smallCorpus, testWorkspace, writeFiles } from './support.ts';

const PAGE = {
  'index.html': '<!doctype html><title>page</title>',
  'assets/main-abc.js': 'export {};',
  'secret.txt': 'inside',
};

async function served() {
  const workspace = await testWorkspace();
  const root = writeFiles({
    ...Object.fromEntries(Object.entries(PAGE).map(([name, text]) => [`page/${name}`, text])),
    'outside.txt': 'outside',
  });
  const server = await serve(workspace, { port: 0, page: join(root, 'page') });
  onCleanUp(() => server.close());
  const url = new URL(server.url);
  return { workspace, server, url, root };
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** A request as anyone could send it: no header is added or corrected. */
function send(
  url: URL,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body: string | Buffer = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: url.hostname, port: url.port, method, path, headers: { host: url.host, ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

async function signIn(url: URL, link: string): Promise<Record<string, string>> {
  const { status, headers } = await send(url, 'GET', link.slice(url.origin.length));
  expect(status).toBe(303);
  const cookie = String(headers['set-cookie']).split(';')[0]!;
  return { cookie, origin: url.origin, 'content-type': 'application/json' };
}

describe('the browser host', () => {
  it('answers calls, and events come one a message', async () => {
    const { workspace, server, url } = await served();
    const headers = await signIn(url, server.newLink());
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/events`, { headers });
    const events: unknown[] = [];
    socket.on('message', (data) => events.push(JSON.parse(String(data))));
    await new Promise((resolve) => socket.once('open', resolve));
    onCleanUp(() => socket.terminate());
    const corpusId = await smallCorpus(workspace);
    const list = await send(url, 'POST', '/api/corpora.list', headers, '{}');
    expect(JSON.parse(list.body)).toMatchObject({ ok: true, value: [{ id: corpusId, state: 'ready' }] });
    expect(JSON.parse((await send(url, 'POST', '/api/app.info', headers, '{}')).body)).toMatchObject({
      value: { host: 'browser' },
    });
    const preview = await send(
      url,
      'POST',
      '/api/corpora.preview',
      headers,
      JSON.stringify({ corpusId, split: 'train' }),
    );
    expect(JSON.parse(preview.body).value.documents[0].text).toMatch(/^document /);
    expect(events).toEqual(workspace.events);
    expect(events.length).toBeGreaterThan(1);
  });

  it('answers errors by name, with a way out', async () => {
    const { server, url } = await served();
    const headers = await signIn(url, server.newLink());
    const named = async (path: string, body: string, more = {}) => {
      const answer = await send(url, 'POST', path, { ...headers, ...more }, body);
      return [answer.status, JSON.parse(answer.body).error?.name];
    };
    expect(await named('/api/runs.get', '{"runId":"none"}')).toEqual([400, 'NotFound']);
    expect(await named('/api/runs.get', '{}')).toEqual([400, 'InvalidInput']);
    expect(await named('/api/no.such', '{}')).toEqual([400, 'UnknownCall']);
    expect(await named('/api/toString', '{}')).toEqual([400, 'UnknownCall']);
    expect(await named('/api/runs.list', '{')).toEqual([400, 'InvalidInput']);
    expect(await named('/api/runs.list', '{}', { 'content-type': 'text/plain' })).toEqual([
      400,
      'InvalidInput',
    ]);
    expect(await named('/api/%ff', '{}')).toEqual([400, 'InvalidInput']);
    expect(
      await named('/api/corpora.import', '{"name":"x","source":{"kind":"paths","paths":["/etc"]}}'),
    ).toEqual([400, 'PathNotAllowed']);
  });

  it('exchanges a link once', async () => {
    const { server, url } = await served();
    const link = server.newLink().slice(server.url.length);
    const first = await send(url, 'GET', link);
    expect(first.headers['set-cookie']).toEqual([
      expect.stringMatching(/; HttpOnly; SameSite=Strict; Path=\/$/),
    ]);
    expect((await send(url, 'GET', link)).status).toBe(401);
    expect((await send(url, 'GET', '/?token=guess')).status).toBe(401);
    const cookie = String(first.headers['set-cookie']).split(';')[0]!;
    expect((await send(url, 'GET', link, { cookie })).status).toBe(303);
  });

  it('answers nobody else: no cookie, wrong origin, another site’s name for this machine', async () => {
    const { server, url } = await served();
    const headers = await signIn(url, server.newLink());
    const call = async (changed: Record<string, string>) =>
      (await send(url, 'POST', '/api/runs.list', { ...headers, ...changed }, '{}')).status;
    expect(await call({})).toBe(200);
    expect(await call({ cookie: '' })).toBe(401);
    expect(await call({ cookie: `${headers.cookie}x` })).toBe(401);
    expect(await call({ origin: 'http://evil.example' })).toBe(401);
    expect(await call({ origin: `http://localhost:${url.port}` })).toBe(401);
    expect(await call({ host: 'evil.example' })).toBe(403);
    expect(await call({ host: `evil.example:${url.port}` })).toBe(403);
    // A port that SSH forwards has another number on the other side.
    expect(await call({ host: 'localhost:9999', origin: 'http://localhost:9999' })).toBe(200);
    const { origin: _, ...withoutOrigin } = headers;
    expect((await send(url, 'POST', '/api/runs.list', withoutOrigin, '{}')).status).toBe(401);
    expect((await send(url, 'PUT', '/uploads/x/a.txt', { cookie: '' }, 'x')).status).toBe(401);
  });

  it('lets nobody else listen', async () => {
    const { server, url } = await served();
    const headers = await signIn(url, server.newLink());
    const listen = (changed: Record<string, string>, path = '/events'): Promise<string> =>
      new Promise((resolve) => {
        const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, {
          headers: { ...headers, ...changed },
        });
        socket.once('open', () => {
          socket.terminate();
          resolve('open');
        });
        socket.once('error', (error) => resolve(error.message));
      });
    expect(await listen({})).toBe('open');
    for (const changed of [{ origin: 'http://evil.example' }, { cookie: '' }, { host: 'evil.example' }]) {
      expect(await listen(changed as Record<string, string>)).toContain('403');
    }
    expect(await listen({}, '/other')).toContain('403');
  });

  it('sends the page with its policy and nothing outside it', async () => {
    const { url, root } = await served();
    const page = await send(url, 'GET', '/');
    expect(page).toMatchObject({ status: 200, body: PAGE['index.html'] });
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    const policy = String(page.headers['content-security-policy']);
    for (const part of ["default-src 'none'", "script-src 'self';", `connect-src 'self' ws://${url.host}`]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toContain('unsafe-eval');
    expect((await send(url, 'GET', '/runs/some-id')).body).toBe(PAGE['index.html']);
    const script = await send(url, 'GET', '/assets/main-abc.js');
    expect(script.headers['cache-control']).toContain('immutable');
    expect(existsSync(join(root, 'outside.txt'))).toBe(true);
    for (const path of [
      '/../outside.txt',
      '/%2e%2e/outside.txt',
      '/..%2foutside.txt',
      '/assets/../../outside.txt',
      '/none.js',
      '/%00.js',
      '/%ff.js',
    ]) {
      expect((await send(url, 'GET', path)).status, path).toBe(404);
    }
    expect((await send(url, 'DELETE', '/', { cookie: '' })).status).toBe(401);
  });

  it('takes uploads and tells their size', async () => {
    const { workspace, server, url } = await served();
    const headers = await signIn(url, server.newLink());
    const { uploadId } = await workspace.call('corpora.beginUpload', {});
    const body = Buffer.from('Ein Text über Prüfungen.');
    const answer = await send(url, 'PUT', `/uploads/${uploadId}/m%C3%BCll/a%20b.txt`, headers, body);
    expect(JSON.parse(answer.body)).toEqual({ ok: true, value: { bytes: body.length } });
    expect(readFileSync(join(workspace.folder, 'uploads', uploadId, 'müll', 'a b.txt'))).toEqual(body);
    const bad = await send(url, 'PUT', `/uploads/${uploadId}/..%2f..%2fout.txt`, headers, body);
    expect(JSON.parse(bad.body)).toMatchObject({ ok: false, error: { name: 'InvalidInput' } });
    expect(existsSync(join(workspace.folder, 'out.txt'))).toBe(false);
  });

  it('lets this user’s terminals in by a file that only the user may read', async () => {
    const { workspace, url } = await served();
    const file = join(workspace.folder, 'owner.json');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    const owner = readOwner(workspace.folder)!;
    expect(owner).toMatchObject({ pid: process.pid, server: { url: url.origin } });
    const headers = { authorization: `Bearer ${owner.server?.token}`, 'content-type': 'application/json' };
    const info = await send(url, 'POST', '/api/app.info', headers, '{}');
    expect(JSON.parse(info.body)).toMatchObject({ value: { host: 'terminal' } });
    const { link } = JSON.parse((await send(url, 'POST', '/link', headers, '{}')).body);
    expect((await send(url, 'GET', link.slice(url.origin.length))).status).toBe(303);
    expect(
      (await send(url, 'POST', '/api/app.info', { ...headers, authorization: 'Bearer x' }, '{}')).status,
    ).toBe(401);
    // A page that got hold of the token is still not a terminal.
    expect(
      (await send(url, 'POST', '/api/app.info', { ...headers, origin: 'http://evil.example' }, '{}')).status,
    ).toBe(401);
  });

  it('says when a port is taken, and takes another where none was asked for', async () => {
    const { workspace, url } = await served();
    await expect(serve(workspace, { port: Number(url.port), page: null })).rejects.toMatchObject({
      name: 'PortTaken',
      wayOut: expect.stringContaining('--port'),
    });
    const usual = await serve(workspace, { port: null, page: null });
    onCleanUp(() => usual.close());
    const other = await serve(workspace, { port: null, page: null });
    onCleanUp(() => other.close());
    expect(other.url).not.toBe(usual.url);
    expect((await send(new URL(other.url), 'GET', '/')).status).toBe(404);
  });
});
