/** Corpora: imported in a thread of their own, listed, renamed and removed. */
import { rename, rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import type { Corpus } from '../contract/corpora.ts';
import type { ResolvedInput } from '../contract.ts';
import type { CorpusRow } from '../db/corpora.ts';
import { AppError, messageOf, reportFault } from '../errors.ts';
import { newId } from '../ids.ts';
import { SUPPORTED } from '../import/formats.ts';
import type { ImportMessage, ImportTask } from '../import/task.ts';
import { entryPath } from '../paths.ts';
import { allowedPaths } from './allowed-paths.ts';
import type { Caller, Context, Handlers } from './context.ts';
import { findCorpus } from './find.ts';
import { corpusFolder } from './job.ts';
import { isSettled } from './run-states.ts';
import { moveToTrash } from './trash.ts';
import type { Uploads } from './uploads.ts';

interface Importing {
  readonly worker: Worker;
  progress: Corpus['progress'];
  /** Removes what the import needed, whatever became of it. */
  readonly cleanUp: () => Promise<void>;
  /** Once it is over, until that is recorded. */
  ending: Promise<void> | null;
}

export interface NewCorpus {
  readonly name: string;
  readonly kind: Corpus['kind'];
  readonly origin: Corpus['origin'];
  /** Kept with the corpus: how it was made. */
  readonly options: unknown;
  readonly task: Omit<ImportTask, 'folder'>;
  readonly cleanUp?: () => Promise<void>;
}

type CorpusCalls =
  | 'corpora.list'
  | 'corpora.get'
  | 'corpora.beginUpload'
  | 'corpora.import'
  | 'corpora.cancelImport'
  | 'corpora.rename'
  | 'corpora.remove';

export interface Corpora {
  readonly handlers: Handlers<CorpusCalls>;
  /** Begins to write a corpus; it is visible at once and usable when ready. */
  create(corpus: NewCorpus): Corpus;
  /** Resolves when a corpus is not importing any more. */
  settled(id: string): Promise<CorpusRow>;
  close(): Promise<void>;
}

export function createCorpora(context: Context, uploads: Uploads): Corpora {
  const { db, queries, emit, folder } = context;
  const importing = new Map<string, Importing>();
  const waiting = new Map<string, PromiseWithResolvers<CorpusRow>>();

  const view = (row: CorpusRow): Corpus => ({ ...row, progress: importing.get(row.id)?.progress ?? null });
  const temporaryFolder = (id: string): string => `${corpusFolder(folder, id)}.importing`;

  function tell(id: string): Corpus {
    const corpus = view(findCorpus(context, id));
    emit({ kind: 'corpus', corpus });
    return corpus;
  }

  function create(asked: NewCorpus): Corpus {
    const id = newId();
    queries.corpora.add({ id, createdAtMs: Date.now(), ...asked });
    const task: ImportTask = { ...asked.task, folder: temporaryFolder(id) };
    const worker = new Worker(entryPath('importer'), { workerData: task });
    const entry: Importing = {
      worker,
      progress: null,
      cleanUp: asked.cleanUp ?? (async () => undefined),
      ending: null,
    };
    importing.set(id, entry);
    worker.on('message', (message: ImportMessage) => {
      if (message.kind === 'progress') {
        const { kind: _, ...progress } = message;
        entry.progress = progress;
        tell(id);
      } else {
        end(entry, () => finish(id, entry, message));
      }
    });
    worker.on('error', (error) => {
      end(entry, () => fail(id, entry, 'failed', messageOf(error)));
    });
    return tell(id);

    /** An import ends once, one way; a fault in that is the reason it failed for. */
    function end(ending: Importing, how: () => Promise<void>): void {
      ending.ending ??= how()
        .catch((error) => fail(id, ending, 'failed', messageOf(error)))
        .catch(reportFault);
    }
  }

  /** The corpus becomes usable in one transaction, after its folder is whole and in place. */
  async function finish(
    id: string,
    entry: Importing,
    done: Extract<ImportMessage, { kind: 'done' }>,
  ): Promise<void> {
    const { shards, ...totals } = done.corpus;
    if (totals.trainDocuments + totals.validationDocuments === 0) {
      queries.corpora.addFiles(id, done.files);
      await fail(id, entry, 'failed', emptyReason(done));
      return;
    }
    await rename(temporaryFolder(id), corpusFolder(folder, id));
    await entry.cleanUp();
    db.transaction(() => {
      queries.corpora.addFiles(id, done.files);
      queries.corpora.addShards(id, shards);
      queries.corpora.update(id, { ...totals, duplicates: done.duplicates, state: 'ready' });
    })();
    settle(id);
  }

  async function fail(
    id: string,
    entry: Importing,
    state: 'failed' | 'cancelled',
    reason: string,
  ): Promise<void> {
    await rm(temporaryFolder(id), { recursive: true, force: true });
    await entry.cleanUp();
    queries.corpora.update(id, { state, reason });
    settle(id);
  }

  function settle(id: string): void {
    importing.delete(id);
    tell(id);
    waiting.get(id)?.resolve(findCorpus(context, id));
    waiting.delete(id);
  }

  /** Ends an import that is not over by itself. */
  async function cancel(id: string, entry: Importing, reason: string): Promise<void> {
    await entry.worker.terminate();
    entry.ending ??= fail(id, entry, 'cancelled', reason);
    await entry.ending;
  }

  async function startImport(asked: ResolvedInput<'corpora.import'>, caller: Caller): Promise<Corpus> {
    const { name, source, kind, splitOn, textField, questionField, answerField, validationShare } = asked;
    const paths =
      source.kind === 'paths' ? allowedPaths(source.paths, caller) : uploads.paths(source.uploadId);
    const fields = kind === 'documents' ? { kind, textField } : { kind, questionField, answerField };
    return create({
      name,
      kind,
      origin: 'imported',
      options: { splitOn, fields, validationShare },
      task: { source: { kind: 'paths', paths }, splitOn, fields, validationShare },
      ...(source.kind === 'upload' ? { cleanUp: () => uploads.remove(source.uploadId) } : {}),
    });
  }

  return {
    create,
    async settled(id) {
      const row = findCorpus(context, id);
      if (row.state !== 'importing') return row;
      const wait = waiting.get(id) ?? Promise.withResolvers<CorpusRow>();
      waiting.set(id, wait);
      return wait.promise;
    },
    async close() {
      for (const [id, entry] of importing) await cancel(id, entry, 'Midtrain was closed during the import.');
    },
    handlers: {
      'corpora.list': () => queries.corpora.all().map(view),
      'corpora.get': ({ corpusId }) => ({
        corpus: view(findCorpus(context, corpusId)),
        files: queries.corpora.files(corpusId),
      }),
      'corpora.beginUpload': async () => ({ uploadId: await uploads.begin() }),
      'corpora.import': startImport,
      'corpora.cancelImport': async ({ corpusId }) => {
        const row = findCorpus(context, corpusId);
        const entry = importing.get(corpusId);
        if (!entry) {
          throw new AppError(
            'WrongState',
            `“${row.name}” is not being imported: it is ${row.state}.`,
            'Nothing is left to cancel.',
          );
        }
        await cancel(corpusId, entry, 'Cancelled by the user.');
        return {};
      },
      'corpora.rename': ({ corpusId, name }) => {
        findCorpus(context, corpusId);
        queries.corpora.update(corpusId, { name });
        return tell(corpusId);
      },
      'corpora.remove': ({ corpusId }) => {
        requireUnused(context, findCorpus(context, corpusId), importing.has(corpusId));
        moveToTrash(context, 'corpus', corpusId);
        return {};
      },
    },
  };
}

function emptyReason({ files }: Extract<ImportMessage, { kind: 'done' }>): string {
  const failed = files.find((file) => file.error !== null);
  const why =
    files.length === 0
      ? 'there were no files in what was chosen'
      : failed?.error
        ? `${failed.path}: ${failed.error.reason}`
        : 'the files hold no text';
  return `EmptyCorpus: no documents were found (${why}). Choose files with text in them: ${SUPPORTED}.`;
}

/** @throws AppError CorpusInUse */
function requireUnused({ queries }: Context, corpus: CorpusRow, isImporting: boolean): void {
  if (isImporting) {
    throw new AppError('CorpusInUse', `“${corpus.name}” is being imported.`, 'Cancel its import first.');
  }
  const user = queries.runs
    .usingCorpus(corpus.id)
    .find((run) => !isSettled(run.state) || run.state === 'interrupted');
  if (user) {
    throw new AppError(
      'CorpusInUse',
      `“${user.name}” reads “${corpus.name}” and is ${user.state}.`,
      'Finish or remove that run first.',
    );
  }
}
