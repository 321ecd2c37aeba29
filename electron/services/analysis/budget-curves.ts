/** Forced budgets: the same checkpoint, prompts and seeds held to several lengths, and the area under the curve. */
import type { EvaluationProtocol } from '../../../trainer/protocol.ts';
import type { BudgetFamily } from '../../contract/analysis.ts';
import type { Output, ResolvedInput } from '../../contract.ts';
import type { EvaluationRow } from '../../db/evaluations.ts';
import { type BudgetScale, budgetPlace, trapezoidWeights } from '../../statistics/area.ts';
import {
  affordableDraws,
  bootstrapMeans,
  bootstrapP,
  clusteredMean,
  clusterTable,
  differences,
  differenceTable,
  percentileInterval,
} from '../../statistics/bootstrap.ts';
import { holm } from '../../statistics/holm.ts';
import { accuracyOf, align, lengthOf, placesOf } from './answers.ts';
import { type AnalysisSource, newestEvaluations, protocolOf } from './chosen.ts';
import { SIGNIFICANCE } from './paired-tests.ts';

const TASKS = { 'next-token': 'Next token', restoration: 'Restoration', question: 'Questions' } as const;

interface Forced {
  readonly row: EvaluationRow;
  readonly protocol: EvaluationProtocol;
  readonly budget: number;
}

/** Equal for evaluations that differ in nothing but the length they were held to. */
function familyKey({
  forcedBudget: _f,
  promptBudget: _p,
  maxThinkingTokens: _m,
  ...rest
}: EvaluationProtocol): string {
  return JSON.stringify(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function budgetCurves(
  source: AnalysisSource,
  input: ResolvedInput<'compare.budgetCurves'>,
): Output<'compare.budgetCurves'> {
  const forced = newestEvaluations(source, input.checkpointIds).flatMap((row): Forced[] => {
    const protocol = protocolOf(row);
    return protocol.forcedBudget === null ? [] : [{ row, protocol, budget: protocol.forcedBudget }];
  });
  return [...Map.groupBy(forced, ({ protocol }) => familyKey(protocol))]
    .map(([key, members]) => familyOf(source, key, members, input))
    .sort((a, b) => b.curves.length - a.curves.length || b.protocol.temperature - a.protocol.temperature);
}

function familyOf(
  source: AnalysisSource,
  key: string,
  members: readonly Forced[],
  { checkpointIds, tier, scale }: ResolvedInput<'compare.budgetCurves'>,
): BudgetFamily {
  const { protocol } = members[0]!;
  const budgets = [...new Set(members.map(({ budget }) => budget))].sort((a, b) => a - b);
  const byCheckpoint = [...Map.groupBy(members, ({ row }) => row.checkpointId)];
  const curves = byCheckpoint.map(([checkpointId, own]) => ({
    checkpointId,
    points: own
      .toSorted((a, b) => a.budget - b.budget)
      .flatMap(({ row, budget }) => {
        const answers = source.answers(row.key);
        const places = placesOf(answers, tier);
        const accuracy = accuracyOf(answers, places);
        const length = lengthOf(answers, places);
        return accuracy && length ? [{ budget, evaluationId: row.id, accuracy, length }] : [];
      }),
  }));
  const several = curves.filter(({ points }) => points.length > 1);
  const sharedBudgets = budgets.filter((budget) =>
    several.every(({ points }) => points.some((point) => point.budget === budget)),
  );
  const areas =
    sharedBudgets.length < 2
      ? null
      : areasOf(
          source,
          several.map(({ checkpointId }) => ({
            checkpointId,
            rows: sharedBudgets.map(
              (budget) =>
                members.find((one) => one.budget === budget && one.row.checkpointId === checkpointId)!.row,
            ),
          })),
          sharedBudgets,
          tier,
          scale,
        );
  const hashOf = (budget: number): string => members.find((one) => one.budget === budget)!.row.protocolHash;
  const decoding = protocol.temperature === 0 ? 'greedy' : `T = ${protocol.temperature}`;
  return {
    key,
    title: `${TASKS[protocol.task]}, ${decoding}`,
    protocol,
    budgets,
    sharedBudgets: areas ? sharedBudgets : [],
    curves: curves.map((curve) => ({ ...curve, auc: areas?.areas.get(curve.checkpointId) ?? null })),
    differences: areas?.differences ?? [],
    missing: [...new Set(checkpointIds)].flatMap((checkpointId) => {
      const own = byCheckpoint.find(([id]) => id === checkpointId)?.[1] ?? [];
      const lacked = budgets.filter((budget) => !own.some((one) => one.budget === budget));
      return lacked.length === 0
        ? []
        : [{ checkpointId, budgets: lacked, protocolHashes: lacked.map(hashOf) }];
    }),
  };
}

/**
 * The area is a weighted sum of accuracies, so it is the mean of one value an item, and the bootstrap over documents
 * draws it like any other mean.
 */
function areasOf(
  source: AnalysisSource,
  curves: readonly { readonly checkpointId: string; readonly rows: readonly EvaluationRow[] }[],
  budgets: readonly number[],
  tier: ResolvedInput<'compare.budgetCurves'>['tier'],
  scale: BudgetScale,
): {
  areas: Map<string, NonNullable<BudgetFamily['curves'][number]['auc']>>;
  differences: BudgetFamily['differences'];
} {
  const weights = trapezoidWeights(budgets.map((budget) => budgetPlace(budget, scale)));
  const aligned = align(
    curves.flatMap(({ rows }) =>
      rows.map((row) => ({ answers: source.answers(row.key), outcome: 'correct' as const })),
    ),
    tier,
  );
  const items = aligned.itemKeys.length;
  const columns = curves.map((_, c) =>
    Float64Array.from({ length: items }, (_, item) =>
      weights.reduce((sum, weight, b) => sum + weight * aligned.columns[c * budgets.length + b]![item]!, 0),
    ),
  );
  const table = clusterTable(columns, aligned.documentKeys);
  const draws = bootstrapMeans(table, affordableDraws(table));
  const means = columns.map((column) => column.reduce((sum, value) => sum + value, 0) / items);
  const others = curves.slice(1).map(({ checkpointId }, i) => {
    const drawn = differences(draws[i + 1]!, draws[0]!);
    const observed = clusteredMean(differenceTable(table, 0, i + 1), 0);
    return {
      a: curves[0]!.checkpointId,
      b: checkpointId,
      difference: percentileInterval(observed.mean, drawn, items),
      p: bootstrapP(drawn, observed),
    };
  });
  const corrected = holm(others.map(({ p }) => p));
  return {
    areas: new Map(
      curves.map(({ checkpointId }, i) => [checkpointId, percentileInterval(means[i]!, draws[i]!, items)]),
    ),
    differences: others.map((one, i) => ({
      ...one,
      pHolm: corrected[i]!,
      significant: corrected[i]! < SIGNIFICANCE,
    })),
  };
}
