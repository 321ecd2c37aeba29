import { z } from 'zod';
import type { RunRow } from '../db/runs.ts';

const storedSettings = z.record(z.string(), z.unknown());

/** Equal for runs that differ in nothing but their seed: same stage, inputs, base and settings. */
export function configurationOf(row: RunRow): string {
  const { seed: _, ...others } = storedSettings.parse(JSON.parse(row.settings));
  const { stage, corpusId, questionsId, baseRunId, baseCheckpointId, forkCheckpointId } = row;
  return JSON.stringify([
    stage,
    corpusId,
    questionsId,
    baseRunId ?? baseCheckpointId,
    forkCheckpointId,
    others,
  ]);
}
