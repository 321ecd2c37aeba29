import type { FromTrainer } from '../../trainer/protocol.ts';
import { canonicalJson, hashOf } from '../canonical-json.ts';
import type { RunRow } from '../db/runs.ts';
import { newId } from '../ids.ts';
import type { Context } from './context.ts';
import { type SummedItem, summarise } from './evaluation-summary.ts';

type EvaluationMessage = Extract<FromTrainer, { kind: 'evaluation' }>;

/** Stores an evaluation run's items as they come, and the summary with the last ones. */
export function evaluationRecorder(
  context: Context,
  run: RunRow,
): { receive: (message: EvaluationMessage) => void } {
  const { db, queries, emit } = context;
  /** Items so far, by protocol hash. */
  const gathered = new Map<string, SummedItem[]>();

  return {
    receive({ protocol, items, last }) {
      const checkpointId = run.baseCheckpointId;
      if (checkpointId === null) throw new Error('an evaluation came from a run without a checkpoint');
      const protocolHash = hashOf(protocol);
      const all = gathered.get(protocolHash) ?? [];
      gathered.set(protocolHash, all);
      const known = queries.evaluations.find(run.id, protocolHash);
      const id = known?.id ?? newId();
      db.transaction(() => {
        const key =
          known?.key ??
          queries.evaluations.add({
            id,
            runId: run.id,
            checkpointId,
            protocol: canonicalJson(protocol),
            protocolHash,
            createdAtMs: Date.now(),
          });
        for (const item of items) queries.evaluations.addItem(key, item);
        all.push(...items);
        if (last && all.length > 0) queries.evaluations.setSummary(key, summarise(protocol, all));
      })();
      if (!last) return;
      gathered.delete(protocolHash);
      emit({ kind: 'evaluation', evaluationId: id, checkpointId });
    },
  };
}
