/** Queries of corpora, their files and their shards. */
import type { Database } from 'better-sqlite3';
import type { Corpus, CorpusFile } from '../contract/corpora.ts';
import { updater } from './update.ts';

export type Split = 'train' | 'validation';

export interface CorpusRow {
  readonly id: string;
  readonly name: string;
  readonly kind: Corpus['kind'];
  readonly state: Corpus['state'];
  readonly origin: Corpus['origin'];
  readonly createdAtMs: number;
  readonly trainDocuments: number;
  readonly validationDocuments: number;
  readonly bytes: number;
  readonly duplicates: number;
  readonly sha256: string | null;
  readonly reason: string | null;
  readonly files: number;
  readonly failedFiles: number;
}

export interface ShardRow {
  readonly split: Split;
  readonly name: string;
  readonly documents: number;
  readonly bytes: number;
}

type CorpusChanges = {
  name: string;
  state: string;
  reason: string | null;
  trainDocuments: number;
  validationDocuments: number;
  bytes: number;
  duplicates: number;
  sha256: string;
};

interface FileRow {
  path: string;
  format: string;
  bytes: number;
  documents: number;
  duplicates: number;
  errorName: string | null;
  errorReason: string | null;
  errorLine: number | null;
}

const COLUMNS = `id, name, kind, state, origin, created_at_ms AS createdAtMs, train_documents AS trainDocuments,
  validation_documents AS validationDocuments, bytes, duplicates, sha256, reason,
  (SELECT count(*) FROM corpus_files f WHERE f.corpus_id = corpora.id) AS files,
  (SELECT count(*) FROM corpus_files f WHERE f.corpus_id = corpora.id AND f.documents = 0
     AND f.error_name IS NOT NULL) AS failedFiles`;

export function corpusQueries(db: Database) {
  const all = db.prepare<[], CorpusRow>(
    `SELECT ${COLUMNS} FROM corpora WHERE removed_at_ms IS NULL ORDER BY created_at_ms DESC, id`,
  );
  const byId = db.prepare<[string], CorpusRow>(
    `SELECT ${COLUMNS} FROM corpora WHERE id = ? AND removed_at_ms IS NULL`,
  );
  const add = db.prepare<[string, string, string, string, number, string]>(
    `INSERT INTO corpora (id, name, kind, state, origin, created_at_ms, options)
     VALUES (?, ?, ?, 'importing', ?, ?, ?)`,
  );
  const remove = db.prepare<[string]>('DELETE FROM corpora WHERE id = ?');
  const files = db.prepare<[string], FileRow>(
    `SELECT path, format, bytes, documents, duplicates, error_name AS errorName, error_reason AS errorReason,
       error_line AS errorLine FROM corpus_files WHERE corpus_id = ? ORDER BY position`,
  );
  const addFile = db.prepare(
    `INSERT INTO corpus_files (corpus_id, position, path, format, bytes, documents, duplicates,
       error_name, error_reason, error_line) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const shards = db.prepare<[string], ShardRow>(
    'SELECT split, name, documents, bytes FROM shards WHERE corpus_id = ? ORDER BY split, position',
  );
  const addShard = db.prepare<[string, string, number, string, number, number]>(
    'INSERT INTO shards (corpus_id, split, position, name, documents, bytes) VALUES (?, ?, ?, ?, ?, ?)',
  );
  return {
    all: (): CorpusRow[] => all.all(),
    byId: (id: string): CorpusRow | null => byId.get(id) ?? null,
    add(row: {
      readonly id: string;
      readonly name: string;
      readonly kind: Corpus['kind'];
      readonly origin: Corpus['origin'];
      readonly createdAtMs: number;
      readonly options: unknown;
    }): void {
      add.run(row.id, row.name, row.kind, row.origin, row.createdAtMs, JSON.stringify(row.options));
    },
    update: updater<CorpusChanges>(db, 'corpora', {
      name: 'name',
      state: 'state',
      reason: 'reason',
      trainDocuments: 'train_documents',
      validationDocuments: 'validation_documents',
      bytes: 'bytes',
      duplicates: 'duplicates',
      sha256: 'sha256',
    }),
    remove(id: string): void {
      remove.run(id);
    },
    files: (id: string): CorpusFile[] =>
      files.all(id).map(({ errorName, errorReason, errorLine, ...file }) => ({
        ...file,
        error: errorName === null ? null : { name: errorName, reason: errorReason ?? '', line: errorLine },
      })),
    addFiles(corpusId: string, list: readonly CorpusFile[]): void {
      list.forEach((file, position) => {
        const { path, format, bytes, documents, duplicates, error } = file;
        addFile.run(
          corpusId,
          position,
          path,
          format,
          bytes,
          documents,
          duplicates,
          error?.name ?? null,
          error?.reason ?? null,
          error?.line ?? null,
        );
      });
    },
    shards: (id: string): ShardRow[] => shards.all(id),
    addShards(corpusId: string, list: readonly ShardRow[]): void {
      list.forEach(({ split, name, documents, bytes }, position) => {
        addShard.run(corpusId, split, position, name, documents, bytes);
      });
    },
  };
}
export type CorpusQueries = ReturnType<typeof corpusQueries>;
