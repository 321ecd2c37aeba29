import type { RunRow } from '../db/runs.ts';

type Origins = Pick<
  RunRow,
  'stage' | 'corpusId' | 'questionsId' | 'baseRunId' | 'baseCheckpointId' | 'forkCheckpointId'
>;

/** Equal for runs that differ in nothing but their seed: same stage, inputs, base and settings. */
export function configurationOf(row: Origins, settings: Readonly<Record<string, unknown>>): string {
  const { seed: _, ...others } = settings;
  const { stage, corpusId, questionsId, baseRunId, baseCheckpointId, forkCheckpointId } = row;
  const base = baseRunId ?? baseCheckpointId;
  return JSON.stringify([stage, corpusId, questionsId, base, forkCheckpointId, others]);
}
