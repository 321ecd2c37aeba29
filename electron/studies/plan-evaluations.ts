/** A node for every checkpoint and step that an evaluation of a study looks at. Pure. */
import type { EvaluationDeclaration, Study } from './declaration.ts';
import { mergeSettings, resolveFor } from './plan-settings.ts';
import { type NodeBase, nodeId, type PlannedNode, type PlannedRun, seedOf } from './planned.ts';
import type { Problem } from './problem.ts';
import { resolveSteps } from './steps.ts';

export function evaluationNodes(
  study: Study,
  evaluation: EvaluationDeclaration,
  path: readonly PropertyKey[],
  quick: boolean,
  runs: readonly PlannedRun[],
  trained: ReadonlyMap<string, PlannedNode>,
  problems: Problem[],
): PlannedNode[] {
  const settings = resolveFor(
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
