/** Hashes of the workspace's runs, to find one that already did what a study asks for. */
import { stageDeclarations } from '../../trainer/config/stages.ts';
import type { RunRow } from '../db/runs.ts';
import { contentHash, type WeightsKey } from '../studies/hash.ts';
import type { Context } from './context.ts';
import { recordOf } from './run-record.ts';

export interface RunHashes {
  /** null where something the hash is made of is gone, or the run did not come about by its settings alone. */
  ofRun(runId: string): string | null;
  ofCheckpoint(checkpointId: string): WeightsKey | null;
  /** A run that did, or is about to do, what the hash stands for: a finished one before any other. */
  find(hash: string): RunRow | null;
}

const USABLE = new Set(['finished', 'running', 'queued']);

/** Hashes each run once; `find` looks at their state anew. */
export function runHashes(context: Pick<Context, 'queries'>): RunHashes {
  const { queries } = context;
  const known = new Map<string, string | null>();
  const byHash = new Map<string, string[]>();
  const indexed = new Set<string>();

  function ofRun(runId: string): string | null {
    const before = known.get(runId);
    if (before !== undefined) return before;
    // A base that leads back to itself cannot be; were it so, there would be no hash.
    known.set(runId, null);
    const row = queries.runs.byId(runId);
    const hash = row && hashRow(row);
    known.set(runId, hash);
    return hash;
  }

  function ofCheckpoint(checkpointId: string): WeightsKey | null {
    const row = queries.checkpoints.byId(checkpointId);
    if (!row) return null;
    if (row.runId === null) return { checkpoint: row.sha256 };
    const run = ofRun(row.runId);
    return run === null ? null : { run, step: row.final === 1 ? 'final' : row.step };
  }

  function weights(checkpointId: string | null, runId: string | null): WeightsKey | null {
    if (runId !== null) {
      const run = ofRun(runId);
      return run === null ? null : { run, step: 'final' };
    }
    return checkpointId === null ? null : ofCheckpoint(checkpointId);
  }

  /** Whose entropies set an evaluation's tiers: what was named, else the root of the lineage. */
  function tiersOf(row: RunRow): WeightsKey | null {
    if (row.tierCheckpointId !== null || row.tierRunId !== null) {
      return weights(row.tierCheckpointId, row.tierRunId);
    }
    const base = row.baseCheckpointId === null ? null : queries.checkpoints.byId(row.baseCheckpointId);
    return base ? ofCheckpoint(base.rootId) : null;
  }

  function hashRow(row: RunRow): string | null {
    if (row.origin === 'imported' || row.forkStep !== null) return null;
    const record = recordOf(row);
    const base = weights(row.baseCheckpointId, row.baseRunId);
    const tiers = row.stage === 'evaluate' ? tiersOf(row) : null;
    const lacksBase =
      base === null && (row.baseName !== null || stageDeclarations[row.stage].needs.base === 'required');
    const lacksCorpus =
      (row.corpusName !== null && record.corpusSha256 === null) ||
      (row.questionsName !== null && record.questionsSha256 === null);
    if (record.midtrain === null || lacksBase || lacksCorpus) return null;
    return contentHash({
      midtrain: record.midtrain,
      stage: row.stage,
      settings: JSON.parse(row.settings),
      documents: record.corpusSha256,
      questions: record.questionsSha256,
      base,
      tiers,
    });
  }

  /** A run's hash never changes: only those made since the last look are hashed. */
  function index(): Map<string, string[]> {
    for (const row of queries.runs.all()) {
      if (indexed.has(row.id)) continue;
      indexed.add(row.id);
      const hash = ofRun(row.id);
      if (hash !== null) byHash.set(hash, [...(byHash.get(hash) ?? []), row.id]);
    }
    return byHash;
  }

  return {
    ofRun,
    ofCheckpoint,
    find(hash) {
      const rows = (index().get(hash) ?? []).flatMap((id) => queries.runs.byId(id) ?? []);
      const usable = rows.filter(({ state }) => USABLE.has(state));
      return usable.find(({ state }) => state === 'finished') ?? usable[0] ?? null;
    },
  };
}
