/** Studies as the contract shows them. */
import type { StudyDetail, StudyNode, StudySummary } from '../contract/studies.ts';
import type { RunRow } from '../db/runs.ts';
import type { StudyNodeRow } from '../db/studies.ts';
import { AppError } from '../errors.ts';
import type { CorpusInput } from '../studies/declaration.ts';
import type { LoadedStudy } from '../studies/load.ts';
import type { PlannedNode } from '../studies/planned.ts';
import { sampleName, sampleSpec } from '../studies/sample-spec.ts';
import type { FoundStudy } from './study-files.ts';

interface Progress {
  readonly nodes: readonly StudyNodeRow[];
  readonly run: (id: string) => RunRow | null;
}

export function studySummary(
  found: FoundStudy,
  load: (found: FoundStudy) => LoadedStudy,
  shipped: boolean,
  progress: Progress,
  /** Since when the study is at work in this process, or null. */
  workingSinceMs: number | null,
): StudySummary {
  const row = found.kind === 'stored' ? found.row : null;
  const state = {
    id: row?.id ?? (found.kind === 'shipped' ? found.name : ''),
    quick: row?.quick === 1,
    state: row?.state ?? ('new' as const),
    createdAtMs: row?.createdAtMs ?? null,
    endedAtMs: row?.endedAtMs ?? null,
    durationMs: (row?.durationMs ?? 0) + (workingSinceMs === null ? 0 : Date.now() - workingSinceMs),
    shipped,
  };
  const loaded = attempt(() => load(found));
  if (loaded instanceof AppError) {
    const name = row?.name ?? state.id;
    return {
      ...state,
      name,
      title: name,
      question: '',
      paper: null,
      minutes: 0,
      quickMinutes: null,
      seeds: [],
      reason: `${loaded.message} ${loaded.wayOut}`,
      done: 0,
      total: 0,
    };
  }
  const { study, plan } = loaded;
  const known = new Set(plan.nodes.map(({ id }) => id));
  return {
    ...state,
    name: study.name,
    title: study.title,
    question: study.question,
    paper: study.paper ?? null,
    minutes: study.minutes,
    quickMinutes: study.quick?.minutes ?? null,
    seeds: [...plan.seeds],
    reason: row?.reason ?? null,
    done: progress.nodes.filter(
      ({ nodeId, runId }) => known.has(nodeId) && runId !== null && progress.run(runId)?.state === 'finished',
    ).length,
    total: plan.nodes.length,
  };
}

function attempt<T>(action: () => T): T | AppError {
  try {
    return action();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

export function studyDetail(
  summary: StudySummary,
  source: string,
  { study, plan }: LoadedStudy,
  progress: Progress,
): StudyDetail {
  const rows = new Map(progress.nodes.map((row) => [row.nodeId, row]));
  return {
    study: summary,
    note: study.note ?? null,
    source,
    checkpoints: Object.keys(study.checkpoints),
    corpora: Object.entries(study.corpora).map(([name, input]) => ({ name, text: corpusText(input) })),
    runs: plan.runs.map(({ id, label, stage, base, baseStep, seeds }) => ({
      id,
      label,
      stage,
      base,
      baseStep,
      seeds: [...seeds],
    })),
    evaluations: study.evaluations.map(({ id, label }) => ({ id, label })),
    nodes: plan.nodes.map((node) => nodeView(node, rows.get(node.id), progress.run)),
  };
}

function corpusText({ corpus, ...drawn }: CorpusInput): string {
  return corpus ?? sampleName(sampleSpec.parse(drawn));
}

function nodeView(
  { id, kind, subject, seed, evaluation, step }: PlannedNode,
  row: StudyNodeRow | undefined,
  runOf: (id: string) => RunRow | null,
): StudyNode {
  const run = row?.runId ? runOf(row.runId) : null;
  return {
    id,
    kind,
    subject,
    seed,
    evaluation,
    step,
    runId: run?.id ?? null,
    state: run?.state ?? 'waiting',
    reason: run?.reason ?? null,
    progress: run?.totalSteps ? Math.min(1, run.step / run.totalSteps) : 0,
    reused: row?.reused === 1,
  };
}
