/** Queries of studies, of the runs that did their nodes, and of the answers their results are made from. */
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { StudyState } from '../contract/studies.ts';
import type { AnswerRow } from '../studies/answers.ts';
import { updater } from './update.ts';

export interface StudyRow {
  readonly id: string;
  readonly name: string;
  /** The file. */
  readonly source: string;
  readonly quick: number;
  /** JSON: in place of the file's; null takes those. */
  readonly seeds: string | null;
  readonly state: Exclude<StudyState, 'new'>;
  readonly reason: string | null;
  /** JSON: StudyInputs. */
  readonly inputs: string;
  readonly createdAtMs: number;
  readonly endedAtMs: number | null;
  readonly durationMs: number;
}

const idsByName = z.record(z.string(), z.string());
export const studyInputs = z.object({ corpora: idsByName.default({}), checkpoints: idsByName.default({}) });
/** Ids of the corpora and checkpoints that a study's names stand for. */
export type StudyInputs = z.infer<typeof studyInputs>;

export interface StudyNodeRow {
  readonly nodeId: string;
  readonly runId: string | null;
  /** Of all that decides the run's result. */
  readonly hash: string;
  /** Whether the run was there before the study asked for it. */
  readonly reused: number;
  /** Times the study took it up again by itself. */
  readonly resumed: number;
}

export interface StudyEvaluationRow {
  readonly key: number;
  /** JSON. */
  readonly protocol: string;
}

const COLUMNS = `id, name, source, quick, seeds, state, reason, inputs, created_at_ms AS createdAtMs,
  ended_at_ms AS endedAtMs, duration_ms AS durationMs`;

export function studyReads(db: Database) {
  const all = db.prepare<[], StudyRow>(`SELECT ${COLUMNS} FROM studies ORDER BY created_at_ms DESC, id`);
  const byId = db.prepare<[string], StudyRow>(`SELECT ${COLUMNS} FROM studies WHERE id = ?`);
  const byName = db.prepare<[string], StudyRow>(
    `SELECT ${COLUMNS} FROM studies WHERE name = ? ORDER BY created_at_ms DESC, id`,
  );
  const nodes = db.prepare<[string], StudyNodeRow>(
    `SELECT node_id AS nodeId, run_id AS runId, hash, reused, resumed FROM study_nodes WHERE study_id = ?`,
  );
  const evaluations = db.prepare<[string], StudyEvaluationRow>(
    'SELECT key, protocol FROM evaluations WHERE run_id = ? AND summary IS NOT NULL',
  );
  const answers = db.prepare<[number], AnswerRow>(
    `SELECT item_key AS itemKey, document_key AS documentKey, tier, score, scores, thinking_length AS thinkingLength,
       truncated FROM evaluation_items WHERE evaluation_key = ? ORDER BY item_key, sample_index`,
  );
  return {
    /** Newest first. */
    all: (): StudyRow[] => all.all(),
    byId: (id: string): StudyRow | null => byId.get(id) ?? null,
    /** Newest first. */
    byName: (name: string): StudyRow[] => byName.all(name),
    nodes: (studyId: string): StudyNodeRow[] => nodes.all(studyId),
    /** A run's whole evaluations. */
    evaluations: (runId: string): StudyEvaluationRow[] => evaluations.all(runId),
    /** All answers of an evaluation, item by item. */
    answers: (evaluationKey: number): AnswerRow[] => answers.all(evaluationKey),
  };
}
export type StudyReads = ReturnType<typeof studyReads>;

type StudyChanges = {
  state: string;
  reason: string | null;
  inputs: string;
  endedAtMs: number | null;
  durationMs: number;
};

export function studyWrites(db: Database) {
  const add = db.prepare<[Pick<StudyRow, 'id' | 'name' | 'source' | 'quick' | 'seeds' | 'createdAtMs'>]>(
    `INSERT INTO studies (id, name, source, quick, seeds, state, created_at_ms)
     VALUES (@id, @name, @source, @quick, @seeds, 'stopped', @createdAtMs)`,
  );
  const remove = db.prepare<[string]>('DELETE FROM studies WHERE id = ?');
  const putNode = db.prepare<[string, string, string, string, number]>(
    `INSERT INTO study_nodes (study_id, node_id, run_id, hash, reused) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (study_id, node_id) DO UPDATE SET run_id = excluded.run_id, hash = excluded.hash,
       reused = excluded.reused, resumed = 0`,
  );
  const noteResumed = db.prepare<[string, string]>(
    'UPDATE study_nodes SET resumed = resumed + 1 WHERE study_id = ? AND node_id = ?',
  );
  return {
    add(row: Pick<StudyRow, 'id' | 'name' | 'source' | 'quick' | 'seeds' | 'createdAtMs'>): void {
      add.run(row);
    },
    update: updater<StudyChanges>(db, 'studies', {
      state: 'state',
      reason: 'reason',
      inputs: 'inputs',
      endedAtMs: 'ended_at_ms',
      durationMs: 'duration_ms',
    }),
    remove(id: string): void {
      remove.run(id);
    },
    putNode(studyId: string, nodeId: string, runId: string, hash: string, reused: boolean): void {
      putNode.run(studyId, nodeId, runId, hash, reused ? 1 : 0);
    },
    noteResumed(studyId: string, nodeId: string): void {
      noteResumed.run(studyId, nodeId);
    },
  };
}
export type StudyWrites = ReturnType<typeof studyWrites>;
