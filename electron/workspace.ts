/**
 * An open workspace: the one object that every host serves. It owns the data folder, builds the services, checks what
 * comes in by the contract and dispatches it.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { z } from 'zod';
import { readCodeVersion } from './code-version.ts';
import { type ContractName, contract, type EventMessage, type Input, type Output } from './contract.ts';
import { readMigrations } from './db/migrate.ts';
import { openDatabase } from './db/open.ts';
import { openQueries } from './db/queries.ts';
import { AppError } from './errors.ts';
import { entryPath, programPaths } from './paths.ts';
import { LONG_CALLS, openReader, READER_CALLS, type ReaderCall } from './reader/client.ts';
import { missingEvaluations } from './services/analysis/missing.ts';
import { appHandlers, engineRequest } from './services/app.ts';
import { checkpointHandlers } from './services/checkpoints.ts';
import type { Caller, Context, Handlers } from './services/context.ts';
import { terminalCaller } from './services/context.ts';
import { createCorpora } from './services/corpora.ts';
import { runMaker } from './services/create-run.ts';
import { createMonitor, type Worked } from './services/monitor.ts';
import type { Circumstances } from './services/new-run.ts';
import { notificationHandlers } from './services/notifications.ts';
import { recover } from './services/recovery.ts';
import { runActs } from './services/run-acts.ts';
import { runCopies } from './services/run-copies.ts';
import { runImports } from './services/run-imports.ts';
import { createRunQueue } from './services/run-queue.ts';
import { runHandlers } from './services/runs.ts';
import { sampleInputs } from './services/sample-inputs.ts';
import { sampleProject } from './services/sample-project.ts';
import { stallHandlers } from './services/stalls.ts';
import { createStudies } from './services/studies.ts';
import { sweepHandlers } from './services/sweeps.ts';
import { trashHandlers } from './services/trash.ts';
import { createUploads, type Uploads } from './services/uploads.ts';
import { viewHandlers } from './services/views.ts';
import { walkHandlers } from './services/walks.ts';
import { createTrainer, type TrainerOptions } from './trainer-process.ts';
import { lockWorkspace, type WorkspaceLock } from './workspace-lock.ts';

/** What terminal commands need, whether they own the workspace or talk to the process that does. */
export interface Application {
  /** @throws AppError for what the user can mend; anything else is a bug */
  call<N extends ContractName>(name: N, input: Input<N>): Promise<Output<N>>;
  /** @returns a function that ends it */
  subscribe(listener: (event: EventMessage) => void): () => void;
  close(): Promise<void>;
}

export interface Workspace extends Application {
  readonly folder: string;
  readonly uploads: Uploads;
  readonly lock: WorkspaceLock;
  /** One call as hosts carry it: unchecked input, the answer's value as JSON text. @throws as `call` */
  callJson(name: string, input: unknown, caller: Caller): Promise<string | Uint8Array>;
  /** Prepares for a page's first questions, which would otherwise wait for the reader to start. */
  expectPage(): void;
  /** Ends the trainer at once; its run becomes `interrupted`. */
  killTrainer(reason: string): void;
}

export interface WorkspaceOptions {
  readonly trainer?: Partial<TrainerOptions>;
  /** Whether queued runs are started: not in a process that only looks. Default true. */
  readonly runsJobs?: boolean;
  /** How long a run may take to reach a step boundary when the workspace closes. */
  readonly closeGraceMs?: number;
}

const CLOSE_GRACE_MS = 15_000;
/** Git is asked once the first page had its turn; nobody changes the code and starts a run sooner. */
const CODE_VERSION_MS = 2000;
const FOLDERS = ['corpora', 'runs', 'checkpoints', 'entropy', 'uploads'];

/** @throws AppError WorkspaceBusy, WorkspaceUnwritable, DatabaseDamaged, DatabaseNewer, DatabaseChanged */
export async function openWorkspace(path: string, options: WorkspaceOptions = {}): Promise<Workspace> {
  const folder = resolve(path);
  const lock = lockWorkspace(folder);
  try {
    return await openLocked(folder, lock, options);
  } catch (error) {
    lock.release();
    throw error;
  }
}

async function openLocked(
  folder: string,
  lock: WorkspaceLock,
  options: WorkspaceOptions,
): Promise<Workspace> {
  for (const name of FOLDERS) mkdirSync(join(folder, name), { recursive: true });
  const db = openDatabase(join(folder, 'midtrain.db'), readMigrations(programPaths.migrations));
  const listeners = new Set<(event: EventMessage) => void>();
  const context: Context = {
    folder,
    db,
    queries: openQueries(db),
    emit: (event) => {
      for (const listener of listeners) listener(event);
    },
  };
  await recover(context);

  const trainer = createTrainer({ entry: entryPath('trainer'), ...options.trainer });
  const monitor = createMonitor({ trainer: worked, emit: context.emit });
  const queue = createRunQueue(context, trainer, () => engineRequest(context), monitor.metrics);
  function worked(): Worked | null {
    const pid = trainer.pid();
    return pid === null ? null : { pid, rssBytes: trainer.rssBytes(), runId: queue.current()?.runId ?? null };
  }
  const reader = openReader(entryPath('reader'), folder, queue.current);
  const longReader = openReader(entryPath('reader'), folder, queue.current);
  const uploads = createUploads(folder);
  const corpora = createCorpora(context, uploads);
  const code = soon(CODE_VERSION_MS, () => readCodeVersion());
  const around = async (): Promise<Circumstances> => ({ code: await code(), gpus: [] });
  const maker = runMaker(context, queue, around);
  const runs = runHandlers(context, queue, maker);
  const samples = sampleInputs(context, corpora);
  const studies = createStudies(context, samples, maker, runs);
  listeners.add(studies.onEvent);
  const handlers: Handlers<Exclude<ContractName, ReaderCall>> = {
    ...appHandlers(context),
    ...sampleProject(context, samples, maker),
    ...walkHandlers(context, maker),
    ...corpora.handlers,
    ...runs,
    ...runActs(context, queue, runs),
    ...sweepHandlers(context, maker),
    ...viewHandlers(context),
    ...runImports(context, uploads),
    ...runCopies(context, maker, around),
    ...checkpointHandlers(context),
    ...missingEvaluations(context, maker),
    ...studies.handlers,
    ...stallHandlers(context),
    ...monitor.handlers,
    ...notificationHandlers(context),
    ...trashHandlers(context),
  };

  async function callJson(name: string, input: unknown, caller: Caller): Promise<string | Uint8Array> {
    const known = requireKnown(name);
    const checked = checkInput(known, input);
    if (isReaderCall(known)) return (LONG_CALLS.includes(known) ? longReader : reader).read(known, checked);
    return JSON.stringify(await handlers[known](checked, caller));
  }

  async function call<N extends ContractName>(name: N, input: Input<N>): Promise<Output<N>> {
    const json = await callJson(name, input, terminalCaller);
    return JSON.parse(typeof json === 'string' ? json : new TextDecoder().decode(json));
  }

  if (options.runsJobs ?? true) queue.open();
  return {
    folder,
    uploads,
    lock,
    call,
    callJson,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    expectPage: reader.start,
    killTrainer: queue.kill,
    async close() {
      studies.close();
      await queue.close(options.closeGraceMs ?? CLOSE_GRACE_MS);
      await corpora.close();
      await Promise.all([reader.close(), longReader.close()]);
      db.close();
      lock.release();
    },
  };
}

/** Done after a while, or when first asked for. */
function soon<T>(afterMs: number, act: () => T): () => T {
  let done: { readonly value: T } | null = null;
  const get = (): T => {
    done ??= { value: act() };
    return done.value;
  };
  setTimeout(get, afterMs).unref();
  return get;
}

function isReaderCall(name: ContractName): name is ReaderCall {
  return READER_CALLS.some((call) => call === name);
}

function requireKnown(name: string): ContractName {
  if (Object.hasOwn(contract, name)) return name as ContractName;
  throw new AppError(
    'UnknownCall',
    `There is no call “${name}”.`,
    'The page and the application are of different versions: reload the page.',
  );
}

/** The input with its defaults, as the handler of that name takes it. @throws AppError InvalidInput */
function checkInput(name: ContractName, input: unknown): never {
  const parsed = contract[name].input.safeParse(input);
  // The name decides the input's type; the compiler cannot follow that through the table of handlers.
  if (parsed.success) return parsed.data as never;
  throw new AppError(
    'InvalidInput',
    `${name}: ${issuesOf(parsed.error)}.`,
    'Correct the named values and try again.',
  );
}

function issuesOf(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'the input'}: ${issue.message}`).join('; ');
}
