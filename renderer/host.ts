/**
 * The way to the host: Electron's preload where there is one, else HTTP on the address the page came from. What comes
 * back is still to be parsed (api.ts). Needs nothing of the contract, so that it can be used before that is there.
 */
import type { Bridge } from '../electron/contract/bridge.ts';
import type { AppErrorMessage } from '../electron/contract/shapes.ts';
import type { ContractName, Input } from '../electron/contract.ts';

declare global {
  interface Window {
    readonly midtrain?: Bridge;
  }
}

/** Whether the page runs in the desktop window, where dropped files have paths. */
export const onDesktop = window.midtrain !== undefined;

/** An expected failure of a call; `wayOut` says what to do next. */
export class HostError extends Error {
  readonly wayOut: string;
  readonly settings: readonly string[];

  constructor(error: AppErrorMessage) {
    super(error.message);
    this.name = error.name;
    this.wayOut = error.wayOut;
    this.settings = error.settings ?? [];
  }
}

export const HOST_GONE = 'HostGone';
export const UNKNOWN_VISITOR = 'UnknownVisitor';

export function hostGone(): HostError {
  return new HostError({
    name: HOST_GONE,
    message: 'The application does not answer.',
    wayOut: 'Start it again where it was started; this page goes on by itself.',
  });
}

export function unknownVisitor(): HostError {
  return new HostError({
    name: UNKNOWN_VISITOR,
    message: 'The application does not know this browser.',
    wayOut: 'Open the address the terminal printed; it holds a one-time key.',
  });
}

async function post(path: string, body: string, signal: AbortSignal | undefined): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw hostGone();
  }
  if (response.status === 401 || response.status === 403) throw unknownVisitor();
  return response.json().catch(() => null);
}

const ahead = new Map<string, Promise<unknown>>();
const keyOf = (name: ContractName, body: string): string => `${name} ${body}`;

/** @throws HostError when the host is gone or does not know this browser */
export async function ask<N extends ContractName>(
  name: N,
  input: Input<N>,
  signal?: AbortSignal,
): Promise<unknown> {
  if (window.midtrain) return window.midtrain.call(name, input);
  const body = JSON.stringify(input);
  const key = keyOf(name, body);
  const asked = ahead.get(key);
  if (!asked) return post(`/api/${name}`, body, signal);
  ahead.delete(key);
  return asked;
}

/** Asks for what is known to be asked for while the page's code still loads. The first who asks gets the answer. */
export function askAhead<N extends ContractName>(name: N, input: Input<N>): void {
  if (onDesktop) return;
  const body = JSON.stringify(input);
  const asked = post(`/api/${name}`, body, undefined);
  // Whoever asks for it is told.
  asked.catch(() => undefined);
  ahead.set(keyOf(name, body), asked);
}

// What nobody has asked for by then is not what is shown, and would be old later.
window.addEventListener('load', () => ahead.clear(), { once: true });
