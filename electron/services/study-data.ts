/** What the workspace recorded of a study's nodes, as its results are made from. Reads only. */

import { type EvaluationProtocol, evaluationProtocol } from '../../trainer/protocol.ts';
import type { StudyResults } from '../contract/studies.ts';
import type { MetricReads } from '../db/metrics.ts';
import type { RunRow } from '../db/runs.ts';
import type { StudyReads } from '../db/studies.ts';
import { decodeChunks } from '../series/chunk.ts';
import { type AnswerRow, type Answers, type ItemLayout, layoutOf, valuesOf } from '../studies/answers.ts';
import type { MeasureDeclaration } from '../studies/declaration.ts';
import type { LoadedStudy } from '../studies/load.ts';
import type { StudyData } from '../studies/observe.ts';
import { resultsOf } from '../studies/results.ts';

export interface StudyRecords {
  readonly studies: StudyReads;
  readonly metrics: MetricReads;
  readonly run: (id: string) => RunRow | null;
  readonly cache: AnswerCache;
}

/** Whole evaluations never change: what was made of one is kept, as long as there is room. */
export interface AnswerCache {
  answers(key: string, make: () => Answers | null): Answers | null;
  /** One layout for all evaluations of the same items. */
  layout(itemsHash: string, make: () => ItemLayout): ItemLayout;
}

export function answerCache(maxNumbers: number): AnswerCache {
  const answers = new Map<string, Answers | null>();
  const layouts = new Map<string, ItemLayout>();
  let numbers = 0;
  return {
    answers(key, make) {
      const known = answers.get(key);
      if (known !== undefined) return known;
      const made = make();
      if (numbers > maxNumbers) {
        answers.clear();
        layouts.clear();
        numbers = 0;
      }
      numbers += made?.values.length ?? 0;
      answers.set(key, made);
      return made;
    },
    layout(itemsHash, make) {
      const known = layouts.get(itemsHash) ?? make();
      layouts.set(itemsHash, known);
      return known;
    },
  };
}

/** @param studyId null for a study that was never started */
export function studyResults(
  records: StudyRecords,
  loaded: LoadedStudy,
  studyId: string | null,
): StudyResults {
  return resultsOf({ ...loaded, data: studyData(records, studyId) });
}

function studyData({ studies, metrics, run, cache }: StudyRecords, studyId: string | null): StudyData {
  const runIds = new Map(
    (studyId === null ? [] : studies.nodes(studyId)).flatMap(({ nodeId, runId }) =>
      runId === null ? [] : [[nodeId, runId] as const],
    ),
  );
  const finished = new Map<string, RunRow | null>();
  function finishedRun(nodeId: string): RunRow | null {
    let row = finished.get(nodeId);
    if (row === undefined) {
      const runId = runIds.get(nodeId);
      const found = runId === undefined ? null : run(runId);
      row = found?.state === 'finished' ? found : null;
      finished.set(nodeId, row);
    }
    return row;
  }
  const evaluations = new Map<string, readonly { key: number; protocol: EvaluationProtocol }[]>();
  function evaluationsOf(runId: string) {
    let known = evaluations.get(runId);
    if (!known) {
      known = studies.evaluations(runId).map(({ key, protocol }) => ({
        key,
        protocol: evaluationProtocol.parse(JSON.parse(protocol)),
      }));
      evaluations.set(runId, known);
    }
    return known;
  }
  return {
    answers(nodeId, measure) {
      const row = finishedRun(nodeId);
      const evaluation = row && evaluationsOf(row.id).find(({ protocol }) => isOf(protocol, measure));
      if (!evaluation) return null;
      const { key, protocol } = evaluation;
      return cache.answers(`${key} ${measure.value}`, () => {
        const rows: AnswerRow[] = studies.answers(key);
        const values = valuesOf(rows, measure.value);
        if (!values) return null;
        return { layout: cache.layout(protocol.itemsHash, () => layoutOf(protocol.itemsHash, rows)), values };
      });
    },
    series(nodeId, metric) {
      const row = finishedRun(nodeId);
      const series = row && metrics.series(row.key, metric);
      return series ? decodeChunks(metrics.chunks(series.id)) : null;
    },
  };
}

/** Whether an evaluation was made the way a measure asks for. */
function isOf(protocol: EvaluationProtocol, measure: MeasureDeclaration): boolean {
  if (protocol.task !== measure.task || protocol.mode !== measure.mode) return false;
  if (measure.mode === 'direct') return true;
  return (
    protocol.temperature === measure.temperature &&
    protocol.forcedBudget === (measure.forced ?? null) &&
    protocol.promptBudget === (measure.forced ?? measure.budget)
  );
}
