/** The application of another process, over its loopback server. */
import WebSocket from 'ws';
import { z } from 'zod';
import { answer } from '../contract/shapes.ts';
import {
  type ContractName,
  contract,
  type EventMessage,
  eventMessage,
  type Input,
  type Output,
} from '../contract.ts';
import { AppError, type AppErrorName, messageOf } from '../errors.ts';
import type { Application } from '../workspace.ts';
import type { Owner } from '../workspace-lock.ts';

export interface RemoteApplication extends Application {
  /** A fresh address that opens the page; null where the owner serves none (the desktop window). */
  newLink(): Promise<string | null>;
}

type ServerAddress = NonNullable<Owner['server']>;

export function remoteApplication(server: ServerAddress): RemoteApplication {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };

  async function post(path: string, body: unknown): Promise<Response> {
    try {
      return await fetch(new URL(path, server.url), { method: 'POST', headers, body: JSON.stringify(body) });
    } catch (error) {
      throw new AppError(
        'ServerUnreachable',
        `The process that owns the workspace does not answer at ${server.url}: ${messageOf(error)}.`,
        'Try again; if it stays so, end that process.',
        { cause: error },
      );
    }
  }

  return {
    async call<N extends ContractName>(name: N, input: Input<N>): Promise<Output<N>> {
      const response = await post(`/api/${name}`, input);
      const parsed = answer.parse(await response.json());
      if (!parsed.ok) {
        const { name: errorName, message, wayOut, settings } = parsed.error;
        throw new AppError(errorName as AppErrorName, message, wayOut, settings ? { settings } : {});
      }
      return contract[name].output.parse(parsed.value) as Output<N>;
    },
    subscribe(listener: (event: EventMessage) => void) {
      const socket = new WebSocket(new URL('/events', server.url.replace('http', 'ws')), { headers });
      socket.on('message', (data) => {
        const parsed = eventMessage.safeParse(JSON.parse(String(data)));
        if (parsed.success) listener(parsed.data);
      });
      // Who listens also asks now and then, so a lost connection only makes it slower.
      socket.on('error', () => socket.terminate());
      return () => socket.terminate();
    },
    async newLink() {
      const response = await post('/link', {});
      if (!response.ok) return null;
      return z.object({ link: z.string() }).parse(await response.json()).link;
    },
    async close() {},
  };
}
