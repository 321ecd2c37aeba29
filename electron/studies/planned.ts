/** What a study's file comes to: runs, and the nodes of their graph. */
import type { StageName } from '../../trainer/config/stages.ts';
import type { SettingInput } from './declaration.ts';
import type { Problem } from './problem.ts';

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

/** Nodes that a node needs. */
export function needsOf({ base, tiers }: PlannedNode): string[] {
  return [base, tiers].flatMap((need) => (need?.kind === 'node' ? [need.id] : []));
}

/** The seed of `base` that a run of this seed builds on: the same, or the only one there is. */
export function seedOf(base: PlannedRun, seed: number): number | null {
  if (base.seeds.includes(seed)) return seed;
  return base.seeds.length === 1 ? base.seeds[0]! : null;
}
