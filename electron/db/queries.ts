import type { Database } from 'better-sqlite3';
import { checkpointQueries } from './checkpoints.ts';
import { corpusQueries } from './corpora.ts';
import { evaluationReads, evaluationWrites } from './evaluations.ts';
import { metricReads, metricWrites } from './metrics.ts';
import { runQueries } from './runs.ts';
import { sampleReads, sampleWrites } from './samples.ts';
import { settingsQueries } from './settings.ts';
import { sweepQueries } from './sweeps.ts';
import { trashQueries } from './trash.ts';
import { viewQueries } from './views.ts';

/** All prepared queries of the writing connection. */
export function openQueries(db: Database) {
  return {
    settings: settingsQueries(db),
    corpora: corpusQueries(db),
    runs: runQueries(db),
    sweeps: sweepQueries(db),
    views: viewQueries(db),
    trash: trashQueries(db),
    checkpoints: checkpointQueries(db),
    evaluations: { ...evaluationReads(db), ...evaluationWrites(db) },
    samples: { ...sampleReads(db), ...sampleWrites(db) },
    metrics: { ...metricReads(db), ...metricWrites(db) },
  };
}
export type Queries = ReturnType<typeof openQueries>;
