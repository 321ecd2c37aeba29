/**
 * From a declared study to the graph of its runs: grids are spread out, seeds multiplied, settings resolved, and every
 * evaluation of every checkpoint becomes a node of its own. Pure: the same file gives the same graph.
 */
import {
  resolveStage,
  type StageName,
  stageDeclarations,
  stageSettings,
} from '../../trainer/config/stages.ts';
import type { EvaluationDeclaration, RunDeclaration, SettingInput, Study } from './declaration.ts';
import type { Problem } from './problem.ts';
import { resolveSteps, saves } from './steps.ts';

/** How a study was asked for. */
export interface Asked {
  /** The short form: fewer steps, items and seeds. */
  readonly quick: boolean;
  /** In place of the file's. */
  readonly seeds: readonly number[] | null;
}

/** Where weights come from: a checkpoint of the study's inputs, or another node's at a step (null: its last). */
export type NodeBase =
  | { readonly kind: 'checkpoint'; readonly name: string }
  | { readonly kind: 'node'; readonly id: string; readonly step: number | null };

/** A run of the study, of which there is one node a seed. */
export interface PlannedRun {
  readonly id: string;
  /** Its id in the file, which a grid spreads out. */
  readonly declared: string;
  readonly label: string;
  readonly stage: StageName;
  /** The run or checkpoint it starts from; null for a new model. */
  readonly base: string | null;
  readonly baseStep: number | null;
  readonly seeds: readonly number[];
  /** The values of its grid. */
  readonly values: Readonly<Record<string, SettingInput>>;
  readonly settings: Readonly<Record<string, unknown>>;
}

export interface PlannedNode {
  /** `rmt/0`, `rmt/0@60/test`, `base/test`. */
  readonly id: string;
  readonly kind: 'train' | 'evaluate';
  /** Id of its run, or name of the checkpoint that is evaluated. */
  readonly subject: string;
  readonly label: string;
  readonly stage: StageName;
  /** Of the trained run; null where a given checkpoint is evaluated. */
  readonly seed: number | null;
  readonly evaluation: string | null;
  /** The evaluated step; null for the last. */
  readonly step: number | null;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Names of the study's corpora. */
  readonly documents: string | null;
  readonly questions: string | null;
  readonly base: NodeBase | null;
  /** For evaluations: whose entropies set the tiers. */
  readonly tiers: NodeBase | null;
}

export interface Plan {
  readonly runs: readonly PlannedRun[];
  /** Every node after those it needs; the first seed of everything before the second of anything. */
  readonly nodes: readonly PlannedNode[];
  readonly seeds: readonly number[];
  readonly problems: readonly Problem[];
}

export const nodeId = {
  train: (run: string, seed: number): string => `${run}/${seed}`,
  evaluate: (subject: string, seed: number | null, step: number | null, evaluation: string): string =>
    [`${subject}${seed === null ? '' : `/${seed}`}${step === null ? '' : `@${step}`}`, evaluation].join('/'),
};

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

/** A setting for all stages that no stage of the study has is a misspelt one. */
function checkCommonSettings(study: Study, problems: Problem[]): void {
  const stages = new Set<StageName>([...study.runs.map((run) => run.stage), 'evaluate']);
  const known = new Set([...stages].flatMap((stage) => Object.keys(stageSettings[stage])));
  const parts = [
    { at: ['settings'], by: study.settings },
    { at: ['quick', 'settings'], by: study.quick?.settings ?? {} },
  ];
  for (const { at, by } of parts) {
    for (const [stage, given] of Object.entries(by)) {
      if (stage === 'common') {
        for (const name of Object.keys(given)) {
          if (known.has(name)) continue;
          problems.push({
            path: [...at, stage, name],
            message: 'is a setting that no stage of this study has.',
          });
        }
      } else if (!Object.hasOwn(stageSettings, stage)) {
        problems.push({
          path: [...at, stage],
          message: 'is no stage.',
          wayOut: `Use common, ${Object.keys(stageSettings).join(', ')}.`,
        });
      }
    }
  }
}

/** What holds for a stage: common settings it has, then the stage's own, then `own`, and over all the quick form's. */
function mergeSettings(
  study: Study,
  stage: StageName,
  own: Readonly<Record<string, SettingInput>>,
  quick: boolean,
): Record<string, SettingInput> {
  const layer = (by: Study['settings']): Record<string, SettingInput> => ({
    ...Object.fromEntries(
      Object.entries(by.common ?? {}).filter(([name]) => Object.hasOwn(stageSettings[stage], name)),
    ),
    ...by[stage],
  });
  return { ...layer(study.settings), ...own, ...(quick ? layer(study.quick?.settings ?? {}) : {}) };
}

/** Resolved settings of a run or evaluation; what is wrong with one is told where it stands. */
function resolve(
  study: Study,
  stage: StageName,
  given: Readonly<Record<string, SettingInput>>,
  path: readonly PropertyKey[],
  problems: Problem[],
): Readonly<Record<string, unknown>> {
  const resolved = resolveStage(stage, given);
  for (const { message, wayOut, settings } of resolved.problems) {
    const name = settings.find((setting) => Object.hasOwn(given, setting)) ?? settings[0]!;
    const place = placeOf(study, stage, name, path);
    const isKnown = problems.some((one) => one.message === message && String(one.path) === String(place));
    if (!isKnown) problems.push({ path: place, message, wayOut });
  }
  return resolved.values;
}

/** Where a setting was given: by the run or evaluation itself, for its stage, for all, or nowhere but there. */
function placeOf(
  study: Study,
  stage: StageName,
  name: string,
  path: readonly PropertyKey[],
): readonly PropertyKey[] {
  const [part, at] = path;
  const own = part === 'runs' ? study.runs[Number(at)] : study.evaluations[Number(at)];
  const has = (settings: object | undefined): boolean =>
    settings !== undefined && Object.hasOwn(settings, name);
  if (own && 'grid' in own && has(own.grid)) return [...path, 'grid', name];
  if (has(own?.settings)) return [...path, 'settings', name];
  if (has(study.settings[stage])) return ['settings', stage, name];
  if (has(study.settings.common)) return ['settings', 'common', name];
  if (has(study.quick?.settings[stage])) return ['quick', 'settings', stage, name];
  return path;
}

function planRuns(study: Study, quick: boolean, seeds: readonly number[], problems: Problem[]): PlannedRun[] {
  const runs = study.runs.flatMap((declaration, at) => {
    const { id, label, stage, grid = {} } = declaration;
    const names = Object.keys(grid);
    return combinations(grid).map((values): PlannedRun => {
      const unnamed = names.filter((name) => !id.includes(`{${name}}`));
      return {
        id: [fill(id, values, idText), ...unnamed.map((name) => idText(values[name]!))].join('-'),
        declared: id,
        label: fill(label, values, valueText),
        stage,
        base: typeof declaration.base === 'object' ? declaration.base.run : (declaration.base ?? null),
        baseStep: null,
        seeds: declaration.seeds ?? seeds,
        values,
        settings: resolve(
          study,
          stage,
          mergeSettings(study, stage, { ...declaration.settings, ...values }, quick),
          ['runs', at],
          problems,
        ),
      };
    });
  });
  const taken = new Map<string, number>();
  for (const { id } of runs) taken.set(id, (taken.get(id) ?? 0) + 1);
  for (const name of Object.keys(study.checkpoints)) taken.set(name, (taken.get(name) ?? 0) + 1);
  study.runs.forEach(({ id }, at) => {
    for (const run of runs.filter(({ declared }) => declared === id)) {
      if ((taken.get(run.id) ?? 0) < 2) continue;
      problems.push({
        path: ['runs', at, 'id'],
        message: `gives “${run.id}”, which stands for something else too.`,
        wayOut:
          'Every run and checkpoint needs a name of its own; {setting} in an id takes in a grid’s values.',
      });
      taken.delete(run.id);
    }
  });
  return runs;
}

/** At which step of its base each run starts; a share is of the steps that the base has in this form of the study. */
function withBaseSteps(study: Study, runs: readonly PlannedRun[]): PlannedRun[] {
  return runs.map((run) => {
    const { base } = study.runs.find(({ id }) => id === run.declared)!;
    if (typeof base !== 'object') return run;
    const steps = Number(runs.find(({ id }) => id === base.run)?.settings.maxSteps ?? 0);
    return { ...run, baseStep: 'step' in base ? base.step : Math.max(1, Math.round(base.share * steps)) };
  });
}

/** Every combination of a grid's values, the last setting's changing fastest; one empty one without a grid. */
function combinations(
  grid: Readonly<Record<string, readonly SettingInput[]>>,
): Readonly<Record<string, SettingInput>>[] {
  return Object.entries(grid).reduce<Record<string, SettingInput>[]>(
    (before, [name, values]) => before.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}

export const valueText = (value: SettingInput): string =>
  Array.isArray(value) ? value.join(' / ') : String(value);
const idText = (value: SettingInput): string =>
  (Array.isArray(value) ? value.join('-') : String(value)).replaceAll(/[^A-Za-z0-9_.-]/g, '-');

function fill(
  pattern: string,
  values: Readonly<Record<string, SettingInput>>,
  write: (value: SettingInput) => string,
): string {
  return pattern.replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : write(value);
  });
}

/** Bases before the runs that start from them. */
function inOrder(
  runs: readonly PlannedRun[],
  byId: ReadonlyMap<string, PlannedRun>,
  problems: Problem[],
): PlannedRun[] {
  const ordered: PlannedRun[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (run: PlannedRun): void => {
    if (state.get(run.id) === 'done') return;
    if (state.get(run.id) === 'open') {
      problems.push({ path: ['runs'], message: `“${run.id}” starts from itself, through other runs.` });
      return;
    }
    state.set(run.id, 'open');
    const base = run.base === null ? undefined : byId.get(run.base);
    if (base) visit(base);
    state.set(run.id, 'done');
    ordered.push(run);
  };
  for (const run of runs) visit(run);
  return ordered;
}

/** The seed of `base` that a run of this seed builds on: the same, or the only one there is. */
function seedOf(base: PlannedRun, seed: number): number | null {
  if (base.seeds.includes(seed)) return seed;
  return base.seeds.length === 1 ? base.seeds[0]! : null;
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

function evaluationNodes(
  study: Study,
  evaluation: EvaluationDeclaration,
  path: readonly PropertyKey[],
  quick: boolean,
  runs: readonly PlannedRun[],
  trained: ReadonlyMap<string, PlannedNode>,
  problems: Problem[],
): PlannedNode[] {
  const settings = resolve(
    study,
    'evaluate',
    mergeSettings(study, 'evaluate', evaluation.settings, quick),
    path,
    problems,
  );
  const wanted = evaluation.of && new Set(evaluation.of);
  const steps = (quick ? study.quick?.steps[evaluation.id] : undefined) ?? evaluation.steps;
  const shared = {
    kind: 'evaluate' as const,
    stage: 'evaluate' as const,
    evaluation: evaluation.id,
    settings,
    documents: evaluation.documents ?? null,
    questions: evaluation.questions ?? null,
  };
  const nodes: PlannedNode[] = [];
  for (const name of Object.keys(study.checkpoints)) {
    if (wanted && !wanted.has(name)) continue;
    const base: NodeBase = { kind: 'checkpoint', name };
    const tiers = tiersFor(study, evaluation, base, null, runs, trained);
    nodes.push({
      ...shared,
      id: nodeId.evaluate(name, null, null, evaluation.id),
      subject: name,
      label: name,
      seed: null,
      step: null,
      base,
      tiers,
    });
  }
  for (const run of runs) {
    if (wanted && !wanted.has(run.id) && !wanted.has(run.declared)) continue;
    for (const step of resolveSteps(steps, run, [...path, 'steps'], problems)) {
      for (const seed of run.seeds) {
        const node = trained.get(nodeId.train(run.id, seed))!;
        const base: NodeBase | null = step === 0 ? node.base : { kind: 'node', id: node.id, step };
        if (!base) {
          problems.push({
            path: [...path, 'steps'],
            message: `wants step 0 of “${run.id}”, which starts from nothing.`,
            wayOut: 'Leave step 0 out, or leave that run out with `of:`.',
          });
          continue;
        }
        nodes.push({
          ...shared,
          id: nodeId.evaluate(run.id, seed, step, evaluation.id),
          subject: run.id,
          label: run.label,
          seed,
          step,
          base,
          tiers: tiersFor(study, evaluation, base, seed, runs, trained),
        });
      }
    }
  }
  return nodes;
}

/** What `tiers:` names, else the first of the lineage: a checkpoint of the inputs, or a model made by the study. */
function tiersFor(
  study: Study,
  { tiers }: EvaluationDeclaration,
  base: NodeBase,
  seed: number | null,
  runs: readonly PlannedRun[],
  trained: ReadonlyMap<string, PlannedNode>,
): NodeBase {
  if (tiers !== undefined && Object.hasOwn(study.checkpoints, tiers))
    return { kind: 'checkpoint', name: tiers };
  const named = runs.find(({ id }) => id === tiers);
  if (named) {
    const from = (seed === null ? null : seedOf(named, seed)) ?? named.seeds[0]!;
    return { kind: 'node', id: nodeId.train(named.id, from), step: null };
  }
  let first = base;
  while (first.kind === 'node') {
    const before = trained.get(first.id)!.base;
    if (!before) return { kind: 'node', id: first.id, step: null };
    first = before;
  }
  return first;
}

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

/** Nodes that a node needs. */
export function needsOf({ base, tiers }: PlannedNode): string[] {
  return [base, tiers].flatMap((need) => (need?.kind === 'node' ? [need.id] : []));
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
