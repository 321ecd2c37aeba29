/** A study's nodes and the workspace's runs: what a node asks for, and which run already did it. */

import type { RunBase } from '../contract/run.ts';
import type { StudyInputs } from '../db/studies.ts';
import { AppError } from '../errors.ts';
import type { Study } from '../studies/declaration.ts';
import { contentHash, type WeightsKey } from '../studies/hash.ts';
import type { NodeBase, PlannedNode } from '../studies/planned.ts';
import { version } from '../version.ts';
import type { Context } from './context.ts';
import type { AskedRun } from './create-run.ts';
import type { RunHashes } from './study-hashes.ts';

/** What it takes to turn a node into a run, once those it needs are done. */
export interface Ground {
  readonly context: Context;
  readonly study: Study;
  readonly inputs: StudyInputs;
  readonly hashes: RunHashes;
  /** The run that did a node. */
  readonly runOf: (nodeId: string) => string;
}

export interface AskedNode {
  readonly asked: AskedRun;
  readonly hash: string;
}

/** @throws AppError MissingCheckpoint, MissingCorpus */
export function askFor(ground: Ground, node: PlannedNode): AskedNode {
  const { inputs } = ground;
  const corpusId = node.documents === null ? null : inputs.corpora[node.documents]!;
  const questionsId = node.questions === null ? null : inputs.corpora[node.questions]!;
  const base = node.base && weightsOf(ground, node.base);
  const tiers = node.tiers && weightsOf(ground, node.tiers);
  return {
    asked: {
      stage: node.stage,
      name: nameOf(ground.study, node),
      settings: { ...node.settings },
      corpusId,
      questionsId,
      base: base?.base ?? null,
      tierReference: tiers?.base ?? null,
    },
    hash: contentHash({
      midtrain: version,
      stage: node.stage,
      settings: node.settings,
      documents: shaOf(ground, corpusId),
      questions: shaOf(ground, questionsId),
      base: base?.key ?? null,
      tiers: tiers?.key ?? null,
    }),
  };
}

function nameOf(study: Study, node: PlannedNode): string {
  const parts = [
    node.label,
    ...(node.seed === null ? [] : [`seed ${node.seed}`]),
    ...(node.step === null ? [] : [`step ${node.step}`]),
  ].join(', ');
  const evaluation = study.evaluations.find(({ id }) => id === node.evaluation);
  return `${study.name}: ${parts}${evaluation ? ` — ${evaluation.label}` : ''}`.slice(0, 200);
}

function shaOf({ context }: Ground, corpusId: string | null): string | null {
  if (corpusId === null) return null;
  const sha = context.queries.corpora.byId(corpusId)?.sha256;
  if (sha) return sha;
  throw new AppError(
    'MissingCorpus',
    'A corpus of the study was removed while it ran.',
    'Start the study again: it draws or finds its corpora anew.',
  );
}

function weightsOf(
  { context, inputs, hashes, runOf }: Ground,
  from: NodeBase,
): { base: RunBase; key: WeightsKey } {
  if (from.kind === 'checkpoint') {
    const checkpointId = inputs.checkpoints[from.name]!;
    const key = hashes.ofCheckpoint(checkpointId);
    if (key) return { base: { kind: 'checkpoint', checkpointId }, key };
    throw gone(`The checkpoint “${from.name}” of the study`);
  }
  const runId = runOf(from.id);
  const run = hashes.ofRun(runId);
  if (run === null) throw gone(`What the run “${from.id}” of the study started from`);
  if (from.step === null) return { base: { kind: 'run', runId }, key: { run, step: 'final' } };
  const saved = context.queries.checkpoints.ofRun(runId).find(({ step }) => step === from.step);
  if (!saved) throw gone(`Step ${from.step} of the run “${from.id}” of the study`);
  return { base: { kind: 'checkpoint', checkpointId: saved.id }, key: { run, step: from.step } };
}

const gone = (what: string): AppError =>
  new AppError(
    'MissingCheckpoint',
    `${what} is not there any more.`,
    'Remove the run it belongs to and start the study again: it is then done anew.',
  );
