/** The walk from a base to a comparison, as queued runs: what the sample project and a corpus's own walk share. */
import type { StageName } from '../../trainer/config/stages.ts';
import type { Run, RunBase } from '../contract/run.ts';
import type { RunMaker } from './create-run.ts';

type Recipe = { readonly [S in 'sft' | 'rmt' | 'rlm' | 'evaluate']: Readonly<Record<string, unknown>> };
type PretrainRecipe = Recipe & { readonly pretrain: Readonly<Record<string, unknown>> };

export interface WalkPlan {
  readonly corpusId: string;
  /** Asked in evaluations too, where there are some. */
  readonly questionsId: string | null;
  readonly seed: number;
  /** A checkpoint, or none: then the base is trained on the corpus first. */
  readonly start:
    | { readonly kind: 'base'; readonly base: RunBase; readonly recipe: Recipe }
    | { readonly kind: 'pretrain'; readonly recipe: PretrainRecipe };
}

const BASE = 'Base';
const METHODS = [
  ['sft', 'SFT'],
  ['rmt', 'RMT'],
  ['rlm', 'RLM'],
] as const;

/**
 * Queues evaluation of the base, then each stage from the base with its evaluation: nothing if all don't fit.
 *
 * @returns ids of the runs in order. @throws AppError as `runs.create`
 */
export async function queueWalk(
  maker: RunMaker,
  { corpusId, questionsId, seed, start }: WalkPlan,
): Promise<string[]> {
  maker.nextPlace(Number(start.kind === 'pretrain') + 1 + 2 * METHODS.length);
  const runIds: string[] = [];
  const add = async (
    stage: StageName,
    name: string,
    settings: object,
    base: RunBase | null,
  ): Promise<Run> => {
    const asked = {
      stage,
      name,
      settings: { ...settings, seed },
      corpusId,
      questionsId: stage === 'evaluate' ? questionsId : null,
      base,
      tierReference: null,
    };
    const [run] = await maker.create([{ asked }]);
    runIds.push(run!.id);
    return run!;
  };
  const { recipe } = start;
  const base: RunBase =
    start.kind === 'base'
      ? start.base
      : { kind: 'run', runId: (await add('pretrain', BASE, start.recipe.pretrain, null)).id };
  await add('evaluate', `Evaluate ${BASE}`, recipe.evaluate, base);
  for (const [stage, name] of METHODS) {
    const trained = await add(stage, name, recipe[stage], base);
    await add('evaluate', `Evaluate ${name}`, recipe.evaluate, { kind: 'run', runId: trained.id });
  }
  return runIds;
}
