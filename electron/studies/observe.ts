/** What a measure saw of a run: the answers, or the training metric, of every seed. Pure over the study's data. */
import { crossedMean } from '../statistics/crossed.ts';
import { type Answers, combine, meanOver, meanVector, type Summary } from './answers.ts';
import type { MeasureDeclaration, Study } from './declaration.ts';
import type { Plan, PlannedNode } from './planned.ts';

/** A recorded metric: finished steps, ascending, and its values. */
export interface MetricSeries {
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/** Where results come from: what the workspace recorded of a study's nodes. */
export interface StudyData {
  /** Answers of an evaluation's node under the measure's protocol; null where it is not done. */
  answers(nodeId: string, measure: MeasureDeclaration): Answers | null;
  /** A metric of a finished training run; null where it is not done or recorded none. */
  series(nodeId: string, metric: string): MetricSeries | null;
}

export interface Source {
  readonly study: Study;
  readonly plan: Plan;
  readonly data: StudyData;
}

/** A seed, or 'given' for a checkpoint that no seed of the study made. */
export type SeedKey = number | 'given';

/** Of every seed that is done: all items' scores, or one number. */
export type Observation =
  | { readonly kind: 'items'; readonly bySeed: ReadonlyMap<SeedKey, Answers> }
  | { readonly kind: 'numbers'; readonly bySeed: ReadonlyMap<SeedKey, number> };

export function measureOf({ study }: Source, name: string, mode?: 'thinking' | 'direct'): MeasureDeclaration {
  const measure = study.measures[name]!;
  return mode === undefined ? measure : { ...measure, mode };
}

/** The evaluated steps of a subject, ascending; the last step is its number, and a given checkpoint's is 0. */
export function stepsOf(
  { plan }: Source,
  subject: string,
  evaluation: string,
): { step: number; nodes: PlannedNode[] }[] {
  const last = Number(plan.runs.find(({ id }) => id === subject)?.settings.maxSteps ?? 0);
  const nodes = plan.nodes.filter((node) => node.subject === subject && node.evaluation === evaluation);
  const bySteps = Map.groupBy(nodes, ({ step }) => step ?? last);
  return [...bySteps].map(([step, own]) => ({ step, nodes: own })).sort((a, b) => a.step - b.step);
}

/** At the end of a run, or of a given checkpoint. */
export function observeEnd(source: Source, subject: string, measure: MeasureDeclaration): Observation {
  if (measure.metric !== undefined) return lastOfMetric(source, subject, measure);
  return observeNodes(
    source,
    source.plan.nodes.filter(
      (node) => node.subject === subject && node.evaluation === measure.evaluation && node.step === null,
    ),
    measure,
  );
}

export function observeNodes(
  { data }: Source,
  nodes: readonly PlannedNode[],
  measure: MeasureDeclaration,
): Observation {
  const bySeed = new Map<SeedKey, Answers>();
  for (const node of nodes) {
    const answers = data.answers(node.id, measure);
    if (answers) bySeed.set(node.seed ?? 'given', answers);
  }
  return { kind: 'items', bySeed };
}

function lastOfMetric({ plan, data }: Source, subject: string, measure: MeasureDeclaration): Observation {
  const bySeed = new Map<SeedKey, number>();
  for (const node of plan.nodes) {
    if (node.subject !== subject || node.kind !== 'train' || node.seed === null) continue;
    const values = data.series(node.id, measure.metric!)?.values.filter(Number.isFinite).slice(-measure.last);
    if (!values || values.length === 0) continue;
    bySeed.set(node.seed, values.reduce((sum, value) => sum + value, 0) / values.length);
  }
  return { kind: 'numbers', bySeed };
}

/** Several observations of the same seeds as their mean: of the steps of a curve, for example. */
export function averageOf(observations: readonly Observation[]): Observation {
  const [first] = observations;
  if (first?.kind === 'numbers') {
    const all = observations.flatMap((one) => (one.kind === 'numbers' ? [one.bySeed] : []));
    return {
      kind: 'numbers',
      bySeed: inAll(all, (values) => values.reduce((s, v) => s + v, 0) / values.length),
    };
  }
  const all = observations.flatMap((one) => (one.kind === 'items' ? [one.bySeed] : []));
  return {
    kind: 'items',
    bySeed: inAll(all, (answers) => {
      const { layout } = answers[0]!;
      if (answers.some((one) => one.layout.key !== layout.key)) return null;
      return { layout, values: meanVector(answers.map(({ values }) => values)) };
    }),
  };
}

function inAll<T>(
  maps: readonly ReadonlyMap<SeedKey, T>[],
  join: (values: readonly T[]) => T | null,
): Map<SeedKey, T> {
  const joined = new Map<SeedKey, T>();
  for (const seed of maps[0]?.keys() ?? []) {
    const values = maps.flatMap((map) => (map.has(seed) ? [map.get(seed)!] : []));
    const one = values.length === maps.length ? join(values) : null;
    if (one !== null) joined.set(seed, one);
  }
  return joined;
}

/** The mean of one subject; null where nothing is done. */
export function summariseObservation(
  observation: Observation,
  tier: MeasureDeclaration['tier'],
): Summary | null {
  if (observation.bySeed.size === 0) return null;
  if (observation.kind === 'numbers') return meanOfNumbers([...observation.bySeed.values()]);
  const answers = [...observation.bySeed.values()];
  const { layout } = answers[0]!;
  if (answers.some((one) => one.layout.key !== layout.key)) return null;
  return meanOver(
    layout,
    tier,
    answers.map(({ values }) => values),
  );
}

function meanOfNumbers(values: readonly number[]): Summary {
  return {
    ...crossedMean(values.map((value) => [value])),
    items: 0,
    documents: 0,
    seeds: values.length,
  };
}

/** Why two observations cannot be held against each other. */
export type Unpaired = 'nothing is done yet' | 'their seeds differ' | 'they answered different items';

/**
 * Two subjects seed by seed on the same items. A checkpoint without seeds, or with one, stands beside each of the
 * other's seeds.
 */
function pairs<T>(a: ReadonlyMap<SeedKey, T>, b: ReadonlyMap<SeedKey, T>): [T, T][] {
  if (b.size === 1 && a.size > 1) return [...a.values()].map((one) => [one, [...b.values()][0]!]);
  if (a.size === 1) return [...b.values()].map((one) => [[...a.values()][0]!, one]);
  return [...a].flatMap(([seed, one]): [T, T][] => (b.has(seed) ? [[one, b.get(seed)!]] : []));
}

export function paired(
  a: Observation,
  b: Observation,
  tier: MeasureDeclaration['tier'],
  with_: (x: number, y: number) => number,
): Summary | Unpaired {
  if (a.bySeed.size === 0 || b.bySeed.size === 0) return 'nothing is done yet';
  if (a.kind === 'numbers' || b.kind === 'numbers') {
    if (a.kind !== 'numbers' || b.kind !== 'numbers') return 'they answered different items';
    const both = pairs(a.bySeed, b.bySeed);
    return both.length === 0 ? 'their seeds differ' : meanOfNumbers(both.map(([x, y]) => with_(x, y)));
  }
  const both = pairs(a.bySeed, b.bySeed);
  if (both.length === 0) return 'their seeds differ';
  const { layout } = both[0]![0];
  if (both.some((pair) => pair.some((one) => one.layout.key !== layout.key))) {
    return 'they answered different items';
  }
  const vectors = both.map(([x, y]) => combine(x.values, y.values, with_));
  return meanOver(layout, tier, vectors) ?? 'nothing is done yet';
}
