/** Queries of the rollouts kept from training steps. */
import type { Database } from 'better-sqlite3';
import { z } from 'zod';
import type { Sample, Tier } from '../../trainer/protocol.ts';
import type { StoredSample } from '../contract/runs.ts';

export const numbersByName = z.record(z.string(), z.number());

interface SampleRow extends Omit<Sample, 'rewards' | 'truncated' | 'tier'> {
  id: number;
  step: number;
  tier: Tier | null;
  truncated: number;
  rewards: string;
}

const COLUMNS = `id, step, prompt_index AS promptIndex, generation_index AS generationIndex,
  document_key AS documentKey, tier, mask_fraction AS maskFraction, prompt_text AS promptText,
  thinking_text AS thinkingText, answer_text AS answerText, truth_text AS truthText,
  thinking_length AS thinkingLength, completion_length AS completionLength, budget, truncated, reward, rewards, advantage`;

export function sampleReads(db: Database) {
  const steps = db.prepare<[number], { step: number }>(
    'SELECT DISTINCT step FROM samples WHERE run_key = ? ORDER BY step',
  );
  const count = db.prepare<[number, number], { n: number }>(
    'SELECT count(*) AS n FROM samples WHERE run_key = ? AND step = ?',
  );
  const rows = db.prepare<[number, number, number, number], SampleRow>(
    `SELECT ${COLUMNS} FROM samples WHERE run_key = ? AND step = ? ORDER BY prompt_index, generation_index LIMIT ? OFFSET ?`,
  );
  return {
    steps: (runKey: number): number[] => steps.all(runKey).map((row) => row.step),
    count: (runKey: number, step: number): number => count.get(runKey, step)?.n ?? 0,
    page: (runKey: number, step: number, limit: number, offset: number): StoredSample[] =>
      rows.all(runKey, step, limit, offset).map(toSample),
  };
}

function toSample(row: SampleRow): StoredSample {
  return {
    ...row,
    truncated: row.truncated === 1,
    rewards: numbersByName.parse(JSON.parse(row.rewards)),
  };
}

export function sampleWrites(db: Database) {
  const add = db.prepare(
    `INSERT INTO samples (run_key, step, prompt_index, generation_index, document_key, tier, mask_fraction,
       prompt_text, thinking_text, answer_text, truth_text, thinking_length, completion_length, budget, truncated,
       reward, rewards, advantage)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const removeAbove = db.prepare<[number, number]>('DELETE FROM samples WHERE run_key = ? AND step > ?');
  return {
    add(runKey: number, step: number, s: Sample): void {
      add.run(
        runKey,
        step,
        s.promptIndex,
        s.generationIndex,
        s.documentKey,
        s.tier,
        s.maskFraction,
        s.promptText,
        s.thinkingText,
        s.answerText,
        s.truthText,
        s.thinkingLength,
        s.completionLength,
        s.budget,
        s.truncated ? 1 : 0,
        s.reward,
        JSON.stringify(s.rewards),
        s.advantage,
      );
    },
    removeAbove(runKey: number, step: number): void {
      removeAbove.run(runKey, step);
    },
  };
}
export type SampleWrites = ReturnType<typeof sampleWrites>;
export type SampleReads = ReturnType<typeof sampleReads>;
