/** Long reads go to a worker thread with a connection of its own, so that the process that owns the workspace never waits for them. */
import { Worker } from 'node:worker_threads';
import type { AppErrorMessage } from '../contract/shapes.ts';
import type { ContractName, ResolvedInput } from '../contract.ts';
import { AppError, type AppErrorName } from '../errors.ts';
import type { LiveRun } from '../services/run-view.ts';

/** The calls that the reader answers. */
export const READER_CALLS = [
  'corpora.preview',
  'corpora.tokens',
  'runs.query',
  'runs.fields',
  'exports.create',
  'runs.metricNames',
  'runs.metrics',
  'runs.bands',
  'runs.samples',
  'runs.diagnose',
  'evaluations.list',
  'compare.checkpoints',
  'compare.answers',
  'compare.tests',
  'compare.frontier',
  'compare.budgetCurves',
  'compare.lengthBins',
  'compare.paths',
  'compare.passAtK',
  'compare.flips',
  'compare.restorations',
  'compare.scaling',
  'compare.export',
  'runs.restorations',
  'studies.results',
  'studies.report',
] as const satisfies readonly ContractName[];
export type ReaderCall = (typeof READER_CALLS)[number];

/** Of them those that may take a minute: a thread of their own does them, so that the page's questions need not wait. */
export const LONG_CALLS: readonly ReaderCall[] = [
  'corpora.tokens',
  'exports.create',
  'compare.export',
  'studies.report',
];

export interface ReaderRequest<N extends ReaderCall = ReaderCall> {
  readonly id: number;
  readonly name: N;
  readonly input: ResolvedInput<N>;
  /** What only the owner of the trainer knows. */
  readonly live: LiveRun | null;
}
/** `json` is the answer's value as UTF-8 JSON: hosts pass it on as it is. */
export type ReaderReply =
  | { readonly id: number; readonly ok: true; readonly json: Uint8Array<ArrayBuffer> }
  | { readonly id: number; readonly ok: false; readonly error: AppErrorMessage; readonly isBug: boolean };

export interface Reader {
  /** Starts the thread before it is asked anything: the first answer then comes sooner. */
  start(): void;
  /** @returns the value as UTF-8 JSON. @throws AppError as the call's contract says */
  read<N extends ReaderCall>(name: N, input: ResolvedInput<N>): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (json: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * @param entry the worker's program. @param folder the workspace
 * @param live of the run under way, when asked
 */
export function openReader(entry: string, folder: string, live: () => LiveRun | null): Reader {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let nextId = 0;

  function start(): Worker {
    const started = new Worker(entry, { workerData: { folder } });
    started.unref();
    started.on('message', (reply: ReaderReply) => {
      const asker = waiting.get(reply.id);
      waiting.delete(reply.id);
      if (reply.ok) asker?.resolve(reply.json);
      else asker?.reject(asError(reply));
    });
    const ended = (error: Error): void => {
      if (worker !== started) return;
      worker = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    started.on('error', (error) => ended(error instanceof Error ? error : new Error(String(error))));
    started.on('exit', (code) => ended(new Error(`the reader ended with code ${code}`)));
    return started;
  }

  return {
    read(name, input) {
      worker ??= start();
      const id = nextId++;
      const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
      waiting.set(id, { resolve, reject });
      worker.postMessage({ id, name, input, live: live() } satisfies ReaderRequest<typeof name>);
      return promise;
    },
    start() {
      worker ??= start();
    },
    async close() {
      await worker?.terminate();
    },
  };
}

function asError({ error, isBug }: Extract<ReaderReply, { ok: false }>): Error {
  if (isBug) return new Error(error.message);
  return new AppError(error.name as AppErrorName, error.message, error.wayOut);
}
