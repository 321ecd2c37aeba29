/**
 * From a declared study to the graph of its runs: grids are spread out, seeds multiplied, settings resolved, and every
 * evaluation of every checkpoint becomes a node of its own. Pure: the same file gives the same graph.
 */
import { type StageName, stageDeclarations } from '../../trainer/config/stages.ts';
import type { RunDeclaration, Study } from './declaration.ts';
import { evaluationNodes } from './plan-evaluations.ts';
import { inOrder, planRuns, withBaseSteps } from './plan-runs.ts';
import { checkCommonSettings } from './plan-settings.ts';
import {
  type Asked,
  type NodeBase,
  needsOf,
  nodeId,
  type Plan,
  type PlannedNode,
  type PlannedRun,
  seedOf,
} from './planned.ts';
import type { Problem } from './problem.ts';
import { saves } from './steps.ts';

export function planStudy(study: Study, asked: Asked): Plan {
  const problems: Problem[] = [];
  const seeds = asked.seeds ?? (asked.quick ? study.quick?.seeds : undefined) ?? study.seeds;
  if (asked.quick && !study.quick) {
    problems.push({
      path: [],
      message: 'has no quick form.',
      wayOut: 'Give it a `quick:` part, or run it in full.',
    });
  }
  checkCommonSettings(study, problems);
  const runs = withBaseSteps(study, planRuns(study, asked.quick, seeds, problems));
  const byId = new Map(runs.map((run) => [run.id, run]));
  const ordered = inOrder(runs, byId, problems);
  // A graph that does not hold together has no nodes.
  if (problems.length > 0) return { runs, nodes: [], seeds, problems };
  const trained = new Map<string, PlannedNode>();
  for (const run of ordered) {
    const declaration = study.runs.find(({ id }) => id === run.declared)!;
    for (const seed of run.seeds) {
      const node = trainNode(study, run, declaration, seed, byId, problems);
      if (node) trained.set(node.id, node);
    }
  }
  if (problems.length > 0) return { runs, nodes: [], seeds, problems };
  const evaluated = study.evaluations.flatMap((evaluation, at) =>
    evaluationNodes(study, evaluation, ['evaluations', at], asked.quick, ordered, trained, problems),
  );
  const nodes = bySeed(ordered, [...trained.values()], evaluated);
  return { runs, nodes: problems.length > 0 ? [] : nodes, seeds, problems };
}

function trainNode(
  study: Study,
  run: PlannedRun,
  declaration: RunDeclaration,
  seed: number,
  byId: ReadonlyMap<string, PlannedRun>,
  problems: Problem[],
): PlannedNode | null {
  const path = ['runs', study.runs.indexOf(declaration)];
  const base = baseNode(study, run, seed, byId, [...path, 'base'], problems);
  if (base === undefined) return null;
  return {
    id: nodeId.train(run.id, seed),
    kind: 'train',
    subject: run.id,
    label: run.label,
    stage: run.stage,
    seed,
    evaluation: null,
    step: null,
    settings: { ...run.settings, seed },
    ...corporaOf(study, run.stage, declaration),
    base,
    tiers: null,
  };
}

/** The corpora a run names, else those called `documents` and `questions` where its stage reads such. */
export function corporaOf(
  study: Study,
  stage: StageName,
  declared: Pick<RunDeclaration, 'documents' | 'questions'>,
): { documents: string | null; questions: string | null } {
  const needs = stageDeclarations[stage].needs.corpus;
  const usual = (name: 'documents' | 'questions'): string | null =>
    needs === name && Object.hasOwn(study.corpora, name) ? name : null;
  return {
    documents: declared.documents ?? usual('documents'),
    questions: declared.questions ?? usual('questions'),
  };
}

/** undefined after a problem */
function baseNode(
  study: Study,
  run: PlannedRun,
  seed: number,
  byId: ReadonlyMap<string, PlannedRun>,
  path: readonly PropertyKey[],
  problems: Problem[],
): NodeBase | null | undefined {
  if (run.base === null) return null;
  if (Object.hasOwn(study.checkpoints, run.base)) return { kind: 'checkpoint', name: run.base };
  const base = byId.get(run.base);
  if (!base) {
    problems.push({
      path,
      message: `names “${run.base}”, which is neither a run nor a checkpoint of this study.`,
      wayOut: `Use one of ${[...Object.keys(study.checkpoints), ...byId.keys()].join(', ')}.`,
    });
    return undefined;
  }
  const from = seedOf(base, seed);
  if (from === null) {
    problems.push({
      path,
      message: `has no seed ${seed} of “${base.id}” to start from.`,
      wayOut: 'Give the base the same seeds, or a single one.',
    });
    return undefined;
  }
  const step = run.baseStep !== null && isLast(base, run.baseStep) ? null : run.baseStep;
  if (step !== null && !saves(base.settings, step)) {
    problems.push({
      path,
      message: `wants step ${step} of “${base.id}”, which saves none then.`,
      wayOut: `Set its saveSteps to a divisor of ${step}, or take another step.`,
    });
    return undefined;
  }
  return { kind: 'node', id: nodeId.train(base.id, from), step };
}

const isLast = (run: PlannedRun, step: number): boolean => step === run.settings.maxSteps;

/** What early seeds give is seen early: every node of a run's first seed stands before any of its second. */
function bySeed(
  runs: readonly PlannedRun[],
  trained: readonly PlannedNode[],
  evaluated: readonly PlannedNode[],
): PlannedNode[] {
  const rounds = Math.max(1, ...runs.map(({ seeds }) => seeds.length));
  const nodes = evaluated.filter(({ seed }) => seed === null);
  for (let round = 0; round < rounds; round++) {
    for (const run of runs) {
      const seed = run.seeds[round];
      if (seed === undefined) continue;
      const isHere = (node: PlannedNode): boolean => node.subject === run.id && node.seed === seed;
      nodes.push(...trained.filter(isHere), ...evaluated.filter(isHere));
    }
  }
  return afterTheirNeeds(nodes);
}

function afterTheirNeeds(nodes: readonly PlannedNode[]): PlannedNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const placed = new Set<PlannedNode>();
  const place = (node: PlannedNode): void => {
    if (placed.has(node)) return;
    for (const id of needsOf(node)) place(byId.get(id)!);
    placed.add(node);
  };
  for (const node of nodes) place(node);
  return [...placed];
}
