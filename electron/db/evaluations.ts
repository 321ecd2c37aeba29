/** Queries of evaluations and their items. */
import type { Database } from 'better-sqlite3';
import type { EvaluationItem, Tier } from '../../trainer/protocol.ts';
import type { StoredItem } from '../contract/comparisons.ts';
import { numbersByName } from './samples.ts';

export interface EvaluationRow {
  readonly key: number;
  readonly id: string;
  readonly runId: string;
  readonly checkpointId: string;
  /** JSON. */
  readonly protocol: string;
  readonly protocolHash: string;
  readonly createdAtMs: number;
  /** JSON; null until the last item has come. */
  readonly summary: string | null;
}

interface ItemRow extends Omit<EvaluationItem, 'truncated' | 'scores' | 'tier'> {
  id: number;
  tier: Tier | null;
  truncated: number;
  scores: string;
}

/** What comparing needs of answers, all of it in one index: most of it always, the others when they are asked for. */
const ANSWER_COLUMNS = {
  itemKeys: 'item_key',
  sampleIndices: 'sample_index',
  documentKeys: 'document_key',
  tiers: 'tier',
  truncated: 'truncated',
  scores: 'score',
  lengths: 'thinking_length',
} as const;
const SELDOM_COLUMNS = { ids: 'id', maskFractions: 'mask_fraction', scoreTexts: 'scores' } as const;
export type AnswerColumn = keyof typeof ANSWER_COLUMNS;
export type SeldomColumn = keyof typeof SELDOM_COLUMNS;

/** Each column as one JSON list; SQLite writes numbers so that they read back exactly. */
function listsOfAnswers(columns: Readonly<Record<string, string>>): string {
  const lists = Object.entries(columns).map(([name, column]) => `json_group_array(${column}) AS ${name}`);
  return `SELECT ${lists.join(', ')} FROM (SELECT ${Object.values(columns).join(', ')}
    FROM evaluation_items INDEXED BY evaluation_items_columns WHERE evaluation_key = ?
    ORDER BY item_key, sample_index)`;
}

const COLUMNS = `key, id, run_id AS runId, checkpoint_id AS checkpointId, protocol, protocol_hash AS protocolHash,
  created_at_ms AS createdAtMs, summary`;
/** Of runs and checkpoints that were not removed. */
const KEPT = `NOT EXISTS (SELECT 1 FROM runs r WHERE r.id = evaluations.run_id AND r.removed_at_ms IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM checkpoints c LEFT JOIN runs r ON r.id = c.run_id
    WHERE c.id = evaluations.checkpoint_id AND (c.removed_at_ms IS NOT NULL OR r.removed_at_ms IS NOT NULL))`;
const ITEM_COLUMNS = `id, item_key AS itemKey, sample_index AS sampleIndex, document_key AS documentKey, tier,
  mask_fraction AS maskFraction, prompt_text AS promptText, thinking_text AS thinkingText,
  answer_text AS answerText, truth_text AS truthText, thinking_length AS thinkingLength,
  completion_length AS completionLength, budget, truncated, score, scores`;

const toItem = (row: ItemRow): StoredItem => ({
  ...row,
  truncated: row.truncated === 1,
  scores: numbersByName.parse(JSON.parse(row.scores)),
});

export function evaluationReads(db: Database) {
  const complete = db.prepare<[], EvaluationRow>(
    `SELECT ${COLUMNS} FROM evaluations WHERE summary IS NOT NULL AND ${KEPT} ORDER BY key`,
  );
  const byId = db.prepare<[string], EvaluationRow>(
    `SELECT ${COLUMNS} FROM evaluations WHERE id = ? AND ${KEPT}`,
  );
  const items = db.prepare<[number], ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM evaluation_items WHERE evaluation_key = ?
     ORDER BY item_key, sample_index`,
  );
  const item = db.prepare<[number], ItemRow>(`SELECT ${ITEM_COLUMNS} FROM evaluation_items WHERE id = ?`);
  const firstAnswer = db.prepare<[number, string], ItemRow>(
    `SELECT ${ITEM_COLUMNS} FROM evaluation_items WHERE evaluation_key = ? AND item_key = ? AND sample_index = 0`,
  );
  const columns = db.prepare<[number], Readonly<Record<AnswerColumn, string>>>(
    listsOfAnswers(ANSWER_COLUMNS),
  );
  const seldom = (name: SeldomColumn) =>
    db.prepare<[number], string>(listsOfAnswers({ [name]: SELDOM_COLUMNS[name] })).pluck();
  const seldomColumns = {
    ids: seldom('ids'),
    maskFractions: seldom('maskFractions'),
    scoreTexts: seldom('scoreTexts'),
  };
  const ofCheckpoint = db.prepare<[string], EvaluationRow>(
    `SELECT ${COLUMNS} FROM evaluations WHERE checkpoint_id = ? AND summary IS NOT NULL AND ${KEPT} ORDER BY key`,
  );
  const newestUnder = db.prepare<[string], EvaluationRow>(
    `SELECT ${COLUMNS} FROM evaluations WHERE protocol_hash = ? AND summary IS NOT NULL AND ${KEPT}
     ORDER BY key DESC LIMIT 1`,
  );
  const holding = db
    .prepare<[{ key: number; text: string }], string>(
      `SELECT DISTINCT item_key FROM evaluation_items WHERE evaluation_key = @key AND (
         prompt_text LIKE @text ESCAPE '\\' OR thinking_text LIKE @text ESCAPE '\\' OR
         answer_text LIKE @text ESCAPE '\\' OR truth_text LIKE @text ESCAPE '\\')`,
    )
    .pluck();
  return {
    /** Those whose last item has come, oldest first. */
    complete: (): EvaluationRow[] => complete.all(),
    byId: (id: string): EvaluationRow | null => byId.get(id) ?? null,
    items: (key: number): StoredItem[] => items.all(key).map(toItem),
    item(id: number): StoredItem | null {
      const row = item.get(id);
      return row ? toItem(row) : null;
    },
    /** The first sample of an item, or null. */
    firstAnswer(key: number, itemKey: string): StoredItem | null {
      const row = firstAnswer.get(key, itemKey);
      return row ? toItem(row) : null;
    },
    /** Columns of every answer as JSON lists, by item key and sample: read several times faster than row by row. */
    columns: (key: number) => columns.get(key)!,
    /** Another column, in the same order. */
    seldomColumn: (key: number, name: SeldomColumn): string => seldomColumns[name].get(key)!,
    /** Complete ones, oldest first. */
    ofCheckpoint: (checkpointId: string): EvaluationRow[] => ofCheckpoint.all(checkpointId),
    /** The newest complete one under a protocol, or null. */
    newestUnder: (protocolHash: string): EvaluationRow | null => newestUnder.get(protocolHash) ?? null,
    /** Keys of the items in whose prompt, truth or answers this text stands, whatever its case. */
    holding: (key: number, text: string): string[] =>
      holding.all({ key, text: `%${text.replaceAll(/[%_\\]/g, '\\$&')}%` }),
  };
}

export function evaluationWrites(db: Database) {
  const find = db.prepare<[string, string], EvaluationRow>(
    `SELECT ${COLUMNS} FROM evaluations WHERE run_id = ? AND protocol_hash = ?`,
  );
  const add = db.prepare<[string, string, string, string, string, number]>(
    `INSERT INTO evaluations (id, run_id, checkpoint_id, protocol, protocol_hash, created_at_ms)
     VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const addItem = db.prepare(
    `INSERT INTO evaluation_items (evaluation_key, item_key, sample_index, document_key, tier, mask_fraction,
       prompt_text, thinking_text, answer_text, truth_text, thinking_length, completion_length, budget, truncated,
       score, scores) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setSummary = db.prepare<[string, number]>('UPDATE evaluations SET summary = ? WHERE key = ?');
  const removeOfRun = db.prepare<[string]>('DELETE FROM evaluations WHERE run_id = ?');
  return {
    find: (runId: string, protocolHash: string): EvaluationRow | null =>
      find.get(runId, protocolHash) ?? null,
    add(row: Omit<EvaluationRow, 'key' | 'summary'>): number {
      const added = add.run(
        row.id,
        row.runId,
        row.checkpointId,
        row.protocol,
        row.protocolHash,
        row.createdAtMs,
      );
      return Number(added.lastInsertRowid);
    },
    addItem(key: number, i: EvaluationItem): void {
      addItem.run(
        key,
        i.itemKey,
        i.sampleIndex,
        i.documentKey,
        i.tier,
        i.maskFraction,
        i.promptText,
        i.thinkingText,
        i.answerText,
        i.truthText,
        i.thinkingLength,
        i.completionLength,
        i.budget,
        i.truncated ? 1 : 0,
        i.score,
        JSON.stringify(i.scores),
      );
    },
    setSummary(key: number, summary: unknown): void {
      setSummary.run(JSON.stringify(summary), key);
    },
    /** Forgets a run's evaluations, before it starts over. */
    removeOfRun(runId: string): void {
      removeOfRun.run(runId);
    },
  };
}
export type EvaluationReads = ReturnType<typeof evaluationReads>;
export type EvaluationWrites = ReturnType<typeof evaluationWrites>;
