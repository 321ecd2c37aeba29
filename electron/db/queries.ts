import type { Database } from 'better-sqlite3';
import { checkpointQueries } from './checkpoints.ts';
import { corpusQueries } from './corpora.ts';
import { evaluationReads, evaluationWrites } from './evaluations.ts';
import { metricReads, metricWrites } from './metrics.ts';
import { runQueries } from './runs.ts';
import { sampleReads, sampleWrites } from './samples.ts';
import { settingsQueries } from './settings.ts';

/** All prepared queries of the writing connection. */
export function openQueries(db: Database) {
  return {
    settings: settingsQueries(db),
    corpora: corpusQueries(db),
    runs: runQueries(db),
    checkpoints: checkpointQueries(db),
    evaluations: { ...evaluationReads(db), ...evaluationWrites(db) },
    samples: { ...sampleReads(db), ...sampleWrites(db) },
    metrics: { ...metricReads(db), ...metricWrites(db) },
  };
}
export type Queries = ReturnType<typeof openQueries>;
