/** A run as the contract shows it: its row, and what only the process that runs it knows. */
import { z } from 'zod';
import { engineReport } from '../../trainer/engine-report.ts';
import type { Run, RunBase } from '../contract/run.ts';
import type { ListedRun } from '../db/runs.ts';

/** What changes too often for the database. */
export interface Live {
  readonly progress: Run['progress'];
  readonly remainingMs: number | null;
}

export interface LiveRun extends Live {
  readonly runId: string;
}

/** The metrics whose newest value a run's row keeps. */
export const TABLE_METRICS: ReadonlySet<string> = new Set([
  'loss',
  'ntp_loss',
  'validation_loss',
  'reward',
  'entropy',
  'thinking/mean_length',
  'budget/target',
  'completions/clipped_ratio',
  'frac_reward_zero_std',
  'match/easy',
  'match/medium',
  'match/hard',
  'restore/exact',
  'restore/edit',
  'learning_rate',
  'step_time',
  'tokens_per_second',
  'wall_time',
  'num_tokens',
  'flops',
  'memory_rss',
]);

export const latestValues = z.record(z.string(), z.number());
export const tagList = z.array(z.string());

/** What the user named: a run, although its checkpoint may be known by now, or a checkpoint. */
export function baseOf(checkpointId: string | null, runId: string | null): RunBase | null {
  if (runId !== null) return { kind: 'run', runId };
  if (checkpointId !== null) return { kind: 'checkpoint', checkpointId };
  return null;
}

export function toRun(row: ListedRun, live: Live | undefined): Run {
  return {
    id: row.id,
    name: row.name,
    stage: row.stage,
    state: row.state,
    reason: row.reason,
    step: row.step,
    totalSteps: row.totalSteps,
    createdAtMs: row.createdAtMs,
    startedAtMs: row.startedAtMs,
    endedAtMs: row.endedAtMs,
    durationMs: row.durationMs,
    remainingMs: live?.remainingMs ?? null,
    corpusId: row.corpusId,
    corpusName: row.corpusName,
    questionsId: row.questionsId,
    questionsName: row.questionsName,
    base: baseOf(row.baseCheckpointId, row.baseRunId),
    baseName: row.baseName,
    seed: row.seed,
    parameters: row.parameters,
    engine: row.engine === null ? null : engineReport.parse(JSON.parse(row.engine)),
    queuePosition: row.state === 'queued' ? row.queuePosition : null,
    progress: live?.progress ?? null,
    latest: latestValues.parse(JSON.parse(row.latest)),
    origin: row.origin,
    tags: tagList.parse(JSON.parse(row.tags)),
    notes: row.notes,
    starred: row.starred === 1,
    archived: row.archivedAtMs !== null,
    sweep: row.sweepId === null ? null : { id: row.sweepId, name: row.sweepName ?? '' },
    forkedFrom:
      row.forkStep === null
        ? null
        : { checkpointId: row.forkCheckpointId, name: row.forkName ?? '', step: row.forkStep },
    againOf: row.againOf,
  };
}
