/** Queries of checkpoints, their tokenizers and the entropy scores made with them. */
import type { Database } from 'better-sqlite3';
import type { Checkpoint } from '../contract/checkpoints.ts';
import { updater } from './update.ts';

export interface CheckpointRow extends Omit<Checkpoint, 'final'> {
  readonly final: number;
  /** Inside the workspace, with forward slashes. */
  readonly folder: string;
}

export type NewCheckpointRow = Omit<Checkpoint, 'evaluations' | 'runName'> & { readonly folder: string };

const COLUMNS = `c.id, c.name, c.origin, c.stage, c.run_id AS runId, r.name AS runName, c.parent_id AS parentId,
  c.root_id AS rootId, c.step, c.final, c.folder, c.parameters, c.vocab_size AS vocabSize,
  c.tokenizer_sha256 AS tokenizerSha256, c.bytes, c.sha256, c.created_at_ms AS createdAtMs,
  (SELECT count(*) FROM evaluations e JOIN runs er ON er.id = e.run_id
   WHERE e.checkpoint_id = c.id AND e.summary IS NOT NULL AND er.removed_at_ms IS NULL) AS evaluations`;
const FROM = `FROM checkpoints c LEFT JOIN runs r ON r.id = c.run_id
  WHERE c.removed_at_ms IS NULL AND r.removed_at_ms IS NULL`;

/** A row as the contract shows it. */
export function toCheckpoint({ folder: _, ...row }: CheckpointRow): Checkpoint {
  return { ...row, final: row.final === 1 };
}

export function checkpointQueries(db: Database) {
  const all = db.prepare<[], CheckpointRow>(
    `SELECT ${COLUMNS} ${FROM} ORDER BY c.created_at_ms DESC, c.step DESC`,
  );
  const byId = db.prepare<[string], CheckpointRow>(`SELECT ${COLUMNS} ${FROM} AND c.id = ?`);
  const ofRun = db.prepare<[string], CheckpointRow>(
    `SELECT ${COLUMNS} ${FROM} AND c.run_id = ? ORDER BY c.step DESC`,
  );
  const ends = db.prepare<[], { id: string; runId: string }>(
    `SELECT c.id, c.run_id AS runId ${FROM} AND c.run_id IS NOT NULL ORDER BY c.step DESC`,
  );
  const ofOrigin = db.prepare<[string], CheckpointRow>(
    `SELECT ${COLUMNS} ${FROM} AND c.origin = ? ORDER BY c.created_at_ms DESC`,
  );
  const addTokenizer = db.prepare<[string, string, number, number]>(
    'INSERT INTO tokenizers (sha256, kind, vocab_size, created_at_ms) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const add = db.prepare(
    `INSERT INTO checkpoints (id, name, origin, stage, run_id, parent_id, root_id, step, final, folder, parameters,
       vocab_size, tokenizer_sha256, bytes, sha256, created_at_ms)
     VALUES (@id, @name, @origin, @stage, @runId, @parentId, @rootId, @step, @final, @folder, @parameters,
       @vocabSize, @tokenizerSha256, @bytes, @sha256, @createdAtMs)`,
  );
  const remove = db.prepare<[string]>('DELETE FROM checkpoints WHERE id = ?');
  const addEntropy = db.prepare<[string, string, string, number, number, number, number]>(
    `INSERT OR REPLACE INTO entropy_scores
       (corpus_sha256, checkpoint_sha256, path, positions, easy_up_to, hard_above, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  return {
    /** Newest first. */
    all: (): CheckpointRow[] => all.all(),
    byId: (id: string): CheckpointRow | null => byId.get(id) ?? null,
    /** Latest step first. */
    ofRun: (runId: string): CheckpointRow[] => ofRun.all(runId),
    /** Every run's, latest step first. */
    ends: (): { id: string; runId: string }[] => ends.all(),
    ofOrigin: (origin: Checkpoint['origin']): CheckpointRow[] => ofOrigin.all(origin),
    add(row: NewCheckpointRow, tokenizerKind: 'bpe' | 'words'): void {
      addTokenizer.run(row.tokenizerSha256, tokenizerKind, row.vocabSize, row.createdAtMs);
      add.run({ ...row, final: row.final ? 1 : 0 });
    },
    update: updater<{ name: string; final: number; bytes: number; sha256: string }>(db, 'checkpoints', {
      name: 'name',
      final: 'final',
      bytes: 'bytes',
      sha256: 'sha256',
    }),
    remove(id: string): void {
      remove.run(id);
    },
    addEntropy(row: {
      readonly corpusSha256: string;
      readonly checkpointSha256: string;
      readonly path: string;
      readonly positions: number;
      readonly easyUpTo: number;
      readonly hardAbove: number;
      readonly createdAtMs: number;
    }): void {
      addEntropy.run(
        row.corpusSha256,
        row.checkpointSha256,
        row.path,
        row.positions,
        row.easyUpTo,
        row.hardAbove,
        row.createdAtMs,
      );
    },
  };
}
export type CheckpointQueries = ReturnType<typeof checkpointQueries>;
