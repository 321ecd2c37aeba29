import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { CorpusReference, EngineRequestName, Job } from '../../trainer/protocol.ts';
import type { CheckpointRow } from '../db/checkpoints.ts';
import type { RunRow } from '../db/runs.ts';
import { AppError } from '../errors.ts';
import { engineCacheFolder } from '../paths.ts';
import type { Context } from './context.ts';
import { fromWorkspace } from './workspace-paths.ts';

/** The engine the user asked for, or 'auto', and its threads (0: as many as suit). */
export interface EngineRequest {
  readonly request: EngineRequestName;
  readonly threads: number;
}

/**
 * All a run's job needs, as absolute paths.
 * @param tierCheckpointId whose entropies set an evaluation's tiers; null takes the root of the base's lineage
 * @throws AppError MissingCorpus, MissingCheckpoint
 */
export function buildJob(
  context: Context,
  row: RunRow,
  tierCheckpointId: string | null,
  resume: CheckpointRow | null,
  engine: EngineRequest,
): Job {
  const { folder } = context;
  const base = row.baseCheckpointId === null ? null : requireCheckpoint(context, row.baseCheckpointId);
  const tierReference =
    row.stage === 'evaluate' && base ? requireCheckpoint(context, tierCheckpointId ?? base.rootId) : null;
  return {
    runId: row.id,
    runName: row.name,
    stage: row.stage,
    settings: JSON.parse(row.settings),
    folder: runFolder(folder, row.id),
    documents: corpusReference(context, row.corpusId, row.corpusName),
    questions: corpusReference(context, row.questionsId, row.questionsName),
    base: base && fromWorkspace(folder, base.folder),
    tierReference: tierReference && fromWorkspace(folder, tierReference.folder),
    resume: resume && fromWorkspace(folder, resume.folder),
    entropyFolder: join(folder, 'entropy'),
    engine: { ...engine, cacheFolder: engineCacheFolder },
  };
}

export function runFolder(folder: string, runId: string): string {
  return join(folder, 'runs', runId);
}

export function corpusFolder(folder: string, corpusId: string): string {
  return join(folder, 'corpora', corpusId);
}

function requireCheckpoint(context: Context, id: string): CheckpointRow {
  const row = context.queries.checkpoints.byId(id);
  if (row && existsSync(fromWorkspace(context.folder, row.folder))) return row;
  throw new AppError(
    'MissingCheckpoint',
    row ? `The folder of checkpoint “${row.name}” is not there any more.` : 'The checkpoint was removed.',
    'Start the run again from another checkpoint, or put the folder back.',
  );
}

function corpusReference(context: Context, id: string | null, name: string | null): CorpusReference | null {
  if (name === null) return null;
  const row = id === null ? null : context.queries.corpora.byId(id);
  if (!row?.sha256) {
    throw new AppError(
      'MissingCorpus',
      `The corpus “${name}” was removed.`,
      'Import it again and start a new run with it.',
    );
  }
  const folder = corpusFolder(context.folder, row.id);
  const shards = context.queries.corpora.shards(row.id);
  const of = (split: 'train' | 'validation') =>
    shards
      .filter((shard) => shard.split === split)
      .map((shard) => ({ path: join(folder, shard.name), documents: shard.documents, bytes: shard.bytes }));
  return { id: row.id, name: row.name, sha256: row.sha256, train: of('train'), validation: of('validation') };
}
