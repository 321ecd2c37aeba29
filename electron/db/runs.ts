/** Queries of runs and their events. */
import type { Database } from 'better-sqlite3';
import type { StageName } from '../../trainer/config/stages.ts';
import type { RunState } from '../contract/run.ts';
import type { RunEvent } from '../contract/runs.ts';
import { updater } from './update.ts';

export interface RunRow {
  readonly key: number;
  readonly id: string;
  readonly name: string;
  readonly stage: StageName;
  readonly state: RunState;
  readonly reason: string | null;
  readonly step: number;
  readonly totalSteps: number | null;
  readonly createdAtMs: number;
  readonly startedAtMs: number | null;
  readonly endedAtMs: number | null;
  readonly durationMs: number;
  readonly corpusId: string | null;
  readonly corpusName: string | null;
  readonly questionsId: string | null;
  readonly questionsName: string | null;
  readonly baseCheckpointId: string | null;
  readonly baseRunId: string | null;
  readonly baseName: string | null;
  readonly tierCheckpointId: string | null;
  readonly tierRunId: string | null;
  /** JSON. */
  readonly settings: string;
  readonly seed: number;
  readonly parameters: number | null;
  readonly flopsPerToken: number | null;
  /** JSON. */
  readonly engine: string | null;
  readonly queuePosition: number | null;
  /** JSON. */
  readonly latest: string;
  readonly lastOutput: string | null;
  /** JSON. */
  readonly record: string;
  readonly origin: 'trained' | 'imported';
  /** JSON: in alphabetical order. */
  readonly tags: string;
  readonly notes: string;
  readonly starred: number;
  readonly archivedAtMs: number | null;
  readonly sweepId: string | null;
  readonly sweepName: string | null;
  /** The other run's checkpoint that this one goes on from, with its optimizer and step. */
  readonly forkCheckpointId: string | null;
  readonly forkStep: number | null;
  readonly forkName: string | null;
  /** The run whose record it repeats. */
  readonly againOf: string | null;
}

/** A run without what only its own page shows. */
export type ListedRun = Omit<RunRow, 'lastOutput' | 'record'>;

/** How a run came to be, where it was not simply asked for. */
export type Provenance = Pick<
  RunRow,
  'origin' | 'sweepId' | 'forkCheckpointId' | 'forkStep' | 'forkName' | 'againOf'
>;
const ASKED_FOR: Provenance = {
  origin: 'trained',
  sweepId: null,
  forkCheckpointId: null,
  forkStep: null,
  forkName: null,
  againOf: null,
};

export type NewRunRow = Pick<
  RunRow,
  | 'id'
  | 'name'
  | 'stage'
  | 'createdAtMs'
  | 'corpusId'
  | 'corpusName'
  | 'questionsId'
  | 'questionsName'
  | 'baseCheckpointId'
  | 'baseRunId'
  | 'baseName'
  | 'tierCheckpointId'
  | 'tierRunId'
  | 'settings'
  | 'seed'
  | 'totalSteps'
  | 'record'
>;

const COLUMN_OF = {
  name: 'name',
  state: 'state',
  reason: 'reason',
  step: 'step',
  totalSteps: 'total_steps',
  startedAtMs: 'started_at_ms',
  endedAtMs: 'ended_at_ms',
  durationMs: 'duration_ms',
  baseCheckpointId: 'base_checkpoint_id',
  parameters: 'parameters',
  flopsPerToken: 'flops_per_token',
  engine: 'engine',
  queuePosition: 'queue_position',
  latest: 'latest',
  lastOutput: 'last_output',
  record: 'record',
  notes: 'notes',
  starred: 'starred',
  archivedAtMs: 'archived_at_ms',
} as const;
export type RunChanges = { -readonly [K in keyof typeof COLUMN_OF]: RunRow[K] };

/** What a column refers to, or null where that was removed. */
const kept = (table: string, column: string): string =>
  `(SELECT k.id FROM ${table} k WHERE k.id = runs.${column} AND k.removed_at_ms IS NULL)`;
const LIST_COLUMNS = `key, id, name, stage, state, reason, step, total_steps AS totalSteps,
  created_at_ms AS createdAtMs, started_at_ms AS startedAtMs, ended_at_ms AS endedAtMs, duration_ms AS durationMs,
  ${kept('corpora', 'corpus_id')} AS corpusId, corpus_name AS corpusName,
  ${kept('corpora', 'questions_id')} AS questionsId, questions_name AS questionsName,
  ${kept('checkpoints', 'base_checkpoint_id')} AS baseCheckpointId, ${kept('runs', 'base_run_id')} AS baseRunId,
  base_name AS baseName, ${kept('checkpoints', 'tier_checkpoint_id')} AS tierCheckpointId,
  ${kept('runs', 'tier_run_id')} AS tierRunId, settings, seed, parameters,
  flops_per_token AS flopsPerToken, engine, queue_position AS queuePosition, latest, origin, notes, starred, archived_at_ms AS archivedAtMs,
  (SELECT json_group_array(tag) FROM (SELECT tag FROM run_tags t WHERE t.run_key = runs.key ORDER BY tag)) AS tags,
  sweep_id AS sweepId, (SELECT s.name FROM sweeps s WHERE s.id = runs.sweep_id) AS sweepName,
  ${kept('checkpoints', 'fork_checkpoint_id')} AS forkCheckpointId, fork_step AS forkStep, fork_name AS forkName,
  again_of AS againOf`;
const COLUMNS = `${LIST_COLUMNS}, last_output AS lastOutput, record`;
/** Runs that were removed are there until they are purged, but nobody sees them (db/trash.ts). */
const KEPT = 'removed_at_ms IS NULL';

export function runQueries(db: Database) {
  const all = db.prepare<[], RunRow>(`SELECT ${COLUMNS} FROM runs WHERE ${KEPT} ORDER BY key DESC`);
  const listed = db.prepare<[], ListedRun>(
    `SELECT ${LIST_COLUMNS} FROM runs WHERE ${KEPT} ORDER BY key DESC`,
  );
  const keyOf = db.prepare<[string], number>(`SELECT key FROM runs WHERE id = ? AND ${KEPT}`).pluck();
  const byId = db.prepare<[string], RunRow>(`SELECT ${COLUMNS} FROM runs WHERE id = ? AND ${KEPT}`);
  const queued = db.prepare<[], RunRow>(
    `SELECT ${COLUMNS} FROM runs WHERE state = 'queued' AND ${KEPT} ORDER BY queue_position, key`,
  );
  const active = db.prepare<[], RunRow>(
    `SELECT ${COLUMNS} FROM runs WHERE state IN ('running', 'pausing', 'paused', 'stopping') AND ${KEPT}`,
  );
  const using = db.prepare<[{ id: string }], RunRow>(
    `SELECT ${COLUMNS} FROM runs WHERE (corpus_id = @id OR questions_id = @id) AND ${KEPT}`,
  );
  const basedOnCheckpoint = db.prepare<[{ id: string }], RunRow>(
    `SELECT ${COLUMNS} FROM runs 
     WHERE (base_checkpoint_id = @id OR tier_checkpoint_id = @id OR fork_checkpoint_id = @id) AND ${KEPT}`,
  );
  const basedOnRun = db.prepare<[{ id: string }], RunRow>(
    `SELECT ${COLUMNS} FROM runs WHERE (base_run_id = @id OR tier_run_id = @id) AND ${KEPT}`,
  );
  const countStage = db.prepare<[string], { n: number }>('SELECT count(*) AS n FROM runs WHERE stage = ?');
  const lastPlace = db.prepare<[], { place: number }>(
    `SELECT coalesce(max(queue_position), 0) AS place FROM runs WHERE state = 'queued' AND ${KEPT}`,
  );
  const add = db.prepare<[NewRunRow & Provenance & { queuePosition: number | null }]>(
    `INSERT INTO runs (id, name, stage, state, created_at_ms, corpus_id, corpus_name, questions_id, questions_name,
       base_checkpoint_id, base_run_id, base_name, tier_checkpoint_id, tier_run_id, settings, seed, total_steps,
       record, queue_position, origin, sweep_id, fork_checkpoint_id, fork_step, fork_name, again_of)
     VALUES (@id, @name, @stage, 'queued', @createdAtMs, @corpusId, @corpusName, @questionsId, @questionsName,
       @baseCheckpointId, @baseRunId, @baseName, @tierCheckpointId, @tierRunId, @settings, @seed, @totalSteps,
       @record, @queuePosition, @origin, @sweepId, @forkCheckpointId, @forkStep, @forkName, @againOf)`,
  );
  const remove = db.prepare<[string]>('DELETE FROM runs WHERE id = ?');
  const addTag = db.prepare<[number, string]>(
    'INSERT INTO run_tags (run_key, tag) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const removeTag = db.prepare<[number, string]>('DELETE FROM run_tags WHERE run_key = ? AND tag = ?');
  const tags = db.prepare<[], { tag: string; runs: number }>(
    `SELECT tag, count(*) AS runs FROM run_tags t JOIN runs ON runs.key = t.run_key WHERE ${KEPT}
     GROUP BY tag ORDER BY runs DESC, tag`,
  );
  const events = db.prepare<[string], RunEvent>(
    'SELECT at_ms AS atMs, kind, text FROM run_events WHERE run_id = ? ORDER BY id',
  );
  const addEvent = db.prepare<[string, number, string, string]>(
    'INSERT INTO run_events (run_id, at_ms, kind, text) VALUES (?, ?, ?, ?)',
  );
  return {
    /** Newest first. */
    all: (): RunRow[] => all.all(),
    /** The same with what tables show. */
    listed: (): ListedRun[] => listed.all(),
    keyOf: (id: string): number | null => keyOf.get(id) ?? null,
    byId: (id: string): RunRow | null => byId.get(id) ?? null,
    /** In the queue's order. */
    queued: (): RunRow[] => queued.all(),
    /** In a state that only a live trainer process can hold. */
    active: (): RunRow[] => active.all(),
    usingCorpus: (id: string): RunRow[] => using.all({ id }),
    basedOnCheckpoint: (id: string): RunRow[] => basedOnCheckpoint.all({ id }),
    basedOnRun: (id: string): RunRow[] => basedOnRun.all({ id }),
    countOfStage: (stage: StageName): number => countStage.get(stage)?.n ?? 0,
    lastQueuePosition: (): number => lastPlace.get()?.place ?? 0,
    add(row: NewRunRow & Partial<Provenance> & { queuePosition: number | null }): void {
      add.run({ ...ASKED_FOR, ...row });
    },
    /** Most used first. */
    tags: () => tags.all(),
    addTag(key: number, tag: string): void {
      addTag.run(key, tag);
    },
    removeTag(key: number, tag: string): void {
      removeTag.run(key, tag);
    },
    update: updater<RunChanges>(db, 'runs', COLUMN_OF),
    remove(id: string): void {
      remove.run(id);
    },
    events: (id: string): RunEvent[] => events.all(id),
    addEvent(id: string, atMs: number, kind: string, text: string): void {
      addEvent.run(id, atMs, kind, text);
    },
  };
}
export type RunQueries = ReturnType<typeof runQueries>;
