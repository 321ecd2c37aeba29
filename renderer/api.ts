/** What the page asks its host: every answer and event is parsed by the contract before anyone sees it. */
import { z } from 'zod';
import { runTableContract } from '../electron/contract/run-table.ts';
import { answer } from '../electron/contract/shapes.ts';
import type { ContractName, EventMessage, Input, Output } from '../electron/contract.ts';
import { ask, HostError, hostGone, UNKNOWN_VISITOR, unknownVisitor } from './host.ts';
import { turn } from './lib/turns.ts';

export { HOST_GONE, HostError, onDesktop } from './host.ts';

function notUnderstood(what: string): HostError {
  return new HostError({
    name: 'AnswerNotUnderstood',
    message: `The answer to ${what} was not understood.`,
    wayOut: 'Reload the page; if this stays, the page and the application are of different versions.',
  });
}

/** The host's answer, parsed: its value, or its error thrown. */
function answeredValue(raw: unknown, what: string): unknown {
  const parsed = answer.safeParse(raw);
  if (!parsed.success) throw notUnderstood(what);
  if (!parsed.data.ok) throw new HostError(parsed.data.error);
  return parsed.data.value;
}

/** Most visits begin with the table of runs, and making all of the contract's parsers takes half as long as drawing it. */
const wholeContract = () => import('../electron/contract.ts');

async function outputOf(name: ContractName): Promise<z.ZodType> {
  const first: Partial<Record<ContractName, { readonly output: z.ZodType }>> = runTableContract;
  return (first[name] ?? (await wholeContract()).contract[name]).output;
}

/** As many entries of a list are looked through at a time. */
const SLICE = 100;

/** A long list's entries are parsed in slices: the window must not wait for a thousand runs. */
async function parseOutput<N extends ContractName>(name: N, value: unknown): Promise<Output<N>> {
  const output = await outputOf(name);
  const parse = (part: unknown): unknown => {
    const parsed = output.safeParse(part);
    if (!parsed.success) throw notUnderstood(name);
    return parsed.data;
  };
  if (!(output instanceof z.ZodArray && Array.isArray(value)) || value.length <= SLICE) {
    return parse(value) as Output<N>;
  }
  const parts: unknown[] = [];
  for (let from = 0; from < value.length; from += SLICE) {
    await turn();
    parts.push(parse(value.slice(from, from + SLICE)));
  }
  return parts.flat() as Output<N>;
}

/**
 * Asks the host for one entry of the contract.
 * @throws HostError with what happened and the way out.
 */
export async function call<N extends ContractName>(
  name: N,
  input: Input<N>,
  signal?: AbortSignal,
): Promise<Output<N>> {
  return parseOutput(name, answeredValue(await ask(name, input, signal), name));
}

/** `refused`: a host answers, but one that was started anew and does not know this browser yet. */
export type ConnectionState = 'connecting' | 'open' | 'lost' | 'refused';

/** Why the events stopped. */
async function reasonOfSilence(): Promise<'lost' | 'refused'> {
  try {
    await call('app.info', {});
  } catch (error) {
    if (error instanceof HostError && error.name === UNKNOWN_VISITOR) return 'refused';
  }
  return 'lost';
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 8000;

function listenToSocket(
  listener: (event: EventMessage) => void,
  onState: (state: ConnectionState) => void,
): () => void {
  let socket: WebSocket | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryMs = FIRST_RETRY_MS;
  let ended = false;
  const connect = (): void => {
    const url = new URL('/events', window.location.href);
    url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
    socket = new WebSocket(url);
    socket.onopen = () => {
      retryMs = FIRST_RETRY_MS;
      onState('open');
    };
    socket.onmessage = (message) => void deliver(JSON.parse(String(message.data)), listener);
    socket.onclose = () => {
      if (ended) return;
      void reasonOfSilence().then((state) => {
        if (socket?.readyState !== WebSocket.OPEN && !ended) onState(state);
      });
      // Spread out, so that many windows do not come back at once.
      timer = setTimeout(connect, retryMs * (0.75 + Math.random() / 2));
      retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
    };
  };
  const retryNow = (): void => {
    if (socket?.readyState !== WebSocket.CLOSED) return;
    clearTimeout(timer);
    connect();
  };
  window.addEventListener('focus', retryNow);
  connect();
  return () => {
    ended = true;
    window.removeEventListener('focus', retryNow);
    clearTimeout(timer);
    socket?.close();
  };
}

/** An event of a newer host that this page does not know is left out: the next answer shows its effect. */
async function deliver(raw: unknown, listener: (event: EventMessage) => void): Promise<void> {
  const { eventMessage } = await wholeContract();
  const parsed = eventMessage.safeParse(raw);
  if (parsed.success) listener(parsed.data);
  else console.warn('An event was not understood.', raw);
}

/** Hands on every event and the state of the connection until the returned function is called. */
export function listen(
  listener: (event: EventMessage) => void,
  onState: (state: ConnectionState) => void,
): () => void {
  if (!window.midtrain) return listenToSocket(listener, onState);
  onState('open');
  return window.midtrain.onEvent((raw) => void deliver(raw, listener));
}

/** A file on its way to the host and the name it keeps there. */
export interface OutgoingFile {
  readonly file: File;
  /** Relative path with forward slashes, without a leading one. */
  readonly path: string;
}

function putFile(
  url: string,
  file: File,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = (): void => request.abort();
    signal.addEventListener('abort', abort, { once: true });
    request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onabort = () => reject(new DOMException('Cancelled.', 'AbortError'));
    request.onerror = () => reject(hostGone());
    request.onload = () => {
      signal.removeEventListener('abort', abort);
      if (request.status < 300) return resolve();
      if (request.status === 401 || request.status === 403) return reject(unknownVisitor());
      reject(uploadRefused(request.responseText, file.name));
    };
    request.open('PUT', url);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.send(file);
  });
}

function uploadRefused(body: string, name: string): HostError {
  try {
    answeredValue(JSON.parse(body), `sending ${name}`);
  } catch (error) {
    if (error instanceof HostError) return error;
  }
  return notUnderstood(`sending ${name}`);
}

/**
 * Makes dropped files reachable for `corpora.import`: by path on the desktop, by sending them in a browser.
 * @throws HostError; DOMException `AbortError` once `signal` is aborted.
 */
export async function importSourceOf(
  files: readonly OutgoingFile[],
  onProgress: (bytesDone: number) => void,
  signal: AbortSignal,
): Promise<Input<'corpora.import'>['source']> {
  const { midtrain } = window;
  if (midtrain) return { kind: 'paths', paths: files.map(({ file }) => midtrain.pathOf(file)) };
  const { uploadId } = await call('corpora.beginUpload', {});
  let done = 0;
  for (const { file, path } of files) {
    const name = path.split('/').map(encodeURIComponent).join('/');
    await putFile(`/uploads/${uploadId}/${name}`, file, (bytes) => onProgress(done + bytes), signal);
    done += file.size;
    onProgress(done);
  }
  return { kind: 'upload', uploadId };
}
