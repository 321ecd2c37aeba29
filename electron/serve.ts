/**
 * The browser host: serves the page and the contract on loopback. Every request must name a loopback host; calls need
 * the session cookie and the page's own origin, or the terminal's bearer token.
 */
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { AppError, codeOf, errorMessage, messageOf } from './errors.ts';
import { isSameOrigin, loopbackHost, securityHeaders } from './serve/headers.ts';
import { createSessions, type Sessions } from './serve/sessions.ts';
import { pageFile, sendFile } from './serve/static-files.ts';
import { browserCaller, type Caller, terminalCaller } from './services/context.ts';
import { exportedFile } from './services/export-files.ts';
import type { Workspace } from './workspace.ts';

// Imported as a module, it would load all of fetch first, for names that nothing here uses.
const { createServer } = process.getBuiltinModule('node:http');

export interface ServeOptions {
  /** null takes the usual port, or any free one if that is taken. */
  readonly port: number | null;
  /** Folder of the built page; null serves terminals only. */
  readonly page: string | null;
}

export interface Server {
  /** http://127.0.0.1:PORT */
  readonly url: string;
  /** A fresh address that opens the page once. */
  newLink(): string;
  close(): Promise<void>;
}

const USUAL_PORT = 8417;
const LOOPBACK = '127.0.0.1';
const MAX_BODY_BYTES = 16 * 2 ** 20;
/** A browser that reads events more slowly than this much is let go; it comes back and asks again. */
const MAX_UNSENT_BYTES = 16 * 2 ** 20;
const PING_INTERVAL_MS = 30_000;

interface Authorized {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly caller: Caller;
}

/** @throws AppError PortTaken */
export async function serve(workspace: Workspace, options: ServeOptions): Promise<Server> {
  workspace.expectPage();
  const server = createServer();
  await listen(server, options.port);
  const { port } = server.address() as AddressInfo;
  const url = `http://${LOOPBACK}:${port}`;
  const sessions = createSessions(`midtrain-${port}`);
  const newLink = (): string => `${url}/?token=${sessions.newLinkToken()}`;
  const events = eventSockets(workspace);

  server.on('request', (request, response) => {
    answerRequest(request, response).catch((error) => {
      // Nobody is there to read an answer once the request broke off or the answer has begun.
      if (response.headersSent || response.socket?.destroyed) response.destroy();
      else sendError(response, error);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    const host = loopbackHost(request);
    const { pathname } = new URL(request.url ?? '/', url);
    const mayListen =
      host !== null &&
      pathname === '/events' &&
      (sessions.isTerminal(request) || (sessions.isBrowser(request) && isSameOrigin(request, host)));
    if (mayListen) events.accept(request, socket, head);
    else socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
  });

  async function answerRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const host = loopbackHost(request);
    if (host === null) return sendText(response, 403, 'Use the address that the terminal printed.');
    for (const [name, value] of Object.entries(securityHeaders(host))) response.setHeader(name, value);
    const target = new URL(request.url ?? '/', url);
    if (request.method === 'GET' || request.method === 'HEAD') return sendPage(request, response, target);
    const caller = callerOf(sessions, request, host);
    if (!caller) return sendText(response, 401, 'Open the address that the terminal printed.');
    const authorized = { request, response, url: target, caller };
    if (request.method === 'POST' && target.pathname === '/link') return sendLink(authorized);
    if (request.method === 'POST' && target.pathname.startsWith('/api/')) return answerCall(authorized);
    if (request.method === 'PUT' && target.pathname.startsWith('/uploads/')) return receiveFile(authorized);
    sendText(response, 404, 'There is nothing here.');
  }

  async function sendPage(request: IncomingMessage, response: ServerResponse, target: URL): Promise<void> {
    const token = target.searchParams.get('token');
    if (token !== null && target.pathname === '/') {
      const cookie = sessions.exchange(token);
      // A used link in a browser that has its cookie already opens the page all the same.
      if (cookie === null && !sessions.isBrowser(request)) {
        return sendText(
          response,
          401,
          'This link was used before. `midtrain serve` in a terminal prints a fresh one.',
        );
      }
      response.writeHead(303, { location: '/', ...(cookie ? { 'set-cookie': cookie } : {}) });
      response.end();
      return;
    }
    const exported = sessions.isBrowser(request)
      ? await exportedFile(workspace.folder, target.pathname)
      : null;
    if (exported) {
      response.setHeader('content-disposition', 'attachment');
      return sendFile(response, exported, request.method === 'GET');
    }
    const file = options.page === null ? null : await pageFile(options.page, target.pathname);
    if (file) await sendFile(response, file, request.method === 'GET');
    else sendText(response, 404, 'There is no such page. Is it built? `npm run build` does so.');
  }

  /** A running server gives its user's terminal a fresh link. */
  function sendLink({ response, caller }: Authorized): void {
    const mayOpen = caller.host === 'terminal' && options.page !== null;
    if (mayOpen) sendJson(response, 200, JSON.stringify({ link: newLink() }));
    else sendText(response, 404, 'There is nothing here.');
  }

  async function answerCall({ request, response, url: target, caller }: Authorized): Promise<void> {
    const name = decoded(target.pathname.slice('/api/'.length));
    const body = await readJson(request);
    const json = await workspace.callJson(name, body, caller);
    const parts = [Buffer.from('{"ok":true,"value":'), Buffer.from(json), Buffer.from('}')];
    sendJson(response, 200, Buffer.concat(parts));
  }

  async function receiveFile({ request, response, url: target }: Authorized): Promise<void> {
    const [, , uploadId, ...segments] = target.pathname.split('/').map(decoded);
    const bytes = await workspace.uploads.receive(uploadId ?? '', segments.join('/'), request);
    sendJson(response, 200, JSON.stringify({ ok: true, value: { bytes } }));
  }

  workspace.lock.announce({ url, token: sessions.bearerToken });
  return {
    url,
    newLink,
    async close() {
      workspace.lock.announce(null);
      events.close();
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
    },
  };
}

async function listen(server: HttpServer, port: number | null): Promise<void> {
  const attempt = (at: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.once('error', reject);
    server.listen(at, LOOPBACK, () => {
      server.off('error', reject);
      resolve();
    });
    return promise;
  };
  try {
    await attempt(port ?? USUAL_PORT);
  } catch (error) {
    if (codeOf(error) !== 'EADDRINUSE' && codeOf(error) !== 'EACCES') throw error;
    if (port === null) return attempt(0);
    throw new AppError(
      'PortTaken',
      `Port ${port} cannot be used: ${messageOf(error)}.`,
      'Choose another with --port, or leave it out to take any free one.',
      { cause: error },
    );
  }
}

/** A browser must show its cookie and the page's origin; a terminal has its token and no origin. */
function callerOf(sessions: Sessions, request: IncomingMessage, host: string): Caller | null {
  if (request.headers.origin === undefined && sessions.isTerminal(request)) return terminalCaller;
  return sessions.isBrowser(request) && isSameOrigin(request, host) ? browserCaller : null;
}

/** A part of a URL's path. @throws AppError InvalidInput */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch (error) {
    throw new AppError(
      'InvalidInput',
      `“${part}” is not a valid part of an address.`,
      'Encode it as UTF-8.',
      {
        cause: error,
      },
    );
  }
}

/** @throws AppError InvalidInput */
async function readJson(request: IncomingMessage): Promise<unknown> {
  const refuse = (message: string): AppError =>
    new AppError('InvalidInput', message, 'Send a JSON body of at most 16 MiB.');
  if (!request.headers['content-type']?.startsWith('application/json')) throw refuse('The body is not JSON.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw refuse('The body is too long.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    throw refuse(`The body is not JSON: ${messageOf(error)}.`);
  }
}

function sendJson(response: ServerResponse, status: number, body: string | Buffer): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
  });
  response.end(body);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' });
  response.end(`${text}\n`);
}

function sendError(response: ServerResponse, error: unknown): void {
  const isExpected = error instanceof AppError;
  if (!isExpected) console.error(error);
  sendJson(response, isExpected ? 400 : 500, JSON.stringify({ ok: false, error: errorMessage(error) }));
}

/** Every event of the workspace as one text message to every listener. */
function eventSockets(workspace: Workspace): {
  accept: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  close: () => void;
} {
  const server = new WebSocketServer({ noServer: true, maxPayload: 1024 });
  const alive = new WeakSet<WebSocket>();
  const unsubscribe = workspace.subscribe((event) => {
    if (server.clients.size === 0) return;
    const text = JSON.stringify(event);
    for (const client of server.clients) {
      if (client.bufferedAmount > MAX_UNSENT_BYTES) client.terminate();
      else if (client.readyState === client.OPEN) client.send(text);
    }
  });
  const ping = setInterval(() => {
    for (const client of server.clients) {
      if (!alive.has(client)) {
        client.terminate();
        continue;
      }
      alive.delete(client);
      client.ping();
    }
  }, PING_INTERVAL_MS);
  ping.unref();
  return {
    accept(request, socket, head) {
      server.handleUpgrade(request, socket, head, (client) => {
        alive.add(client);
        client.on('pong', () => alive.add(client));
        // A connection that breaks is simply gone; the listener connects again.
        client.on('error', () => client.terminate());
      });
    },
    close() {
      unsubscribe();
      clearInterval(ping);
      for (const client of server.clients) client.terminate();
      server.close();
    },
  };
}
