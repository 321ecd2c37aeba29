import type { EvaluationSummary } from '../contract/comparisons.ts';
import type { Run } from '../contract/run.ts';

/** All that a table can know of a run. */
export interface RunFacts {
  readonly key: number;
  readonly run: Run;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Equal for runs that differ in their seed alone. */
  readonly configuration: string;
  /** Of its last checkpoint, or by it if it is an evaluation, under the protocol that the whole table is about. */
  readonly evaluation: EvaluationSummary | null;
  readonly evaluations: number;
  readonly checkpoints: number;
}

/** A metric over a run’s steps. */
export interface MetricSummary {
  /** null where it is not finite. */
  readonly last: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** What the facts of all runs come from. */
export interface FactSource {
  readonly facts: readonly RunFacts[];
  /** Names of all metrics that any run recorded. */
  readonly metricNames: readonly string[];
  /** A metric's summaries by run key. */
  readonly metric: (name: string) => ReadonlyMap<number, MetricSummary>;
  readonly baselineId: string | null;
  readonly nowMs: number;
}
