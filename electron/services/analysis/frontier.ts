/** Length against accuracy: where checkpoints stand, which of them nothing beats, and how sure that is. */
import type { FrontierPoint } from '../../contract/analysis.ts';
import type { Output, ResolvedInput } from '../../contract.ts';
import { holm } from '../../statistics/holm.ts';
import { dominates, paretoSet } from '../../statistics/pareto.ts';
import { accuracyOf, align, lengthOf, placesOf } from './answers.ts';
import { type AnalysisSource, chooseEvaluations } from './chosen.ts';
import { decidePair, drawColumns, SIGNIFICANCE } from './paired-tests.ts';

export function frontier(
  source: AnalysisSource,
  { checkpointIds, protocolHash, tier }: ResolvedInput<'compare.frontier'>,
): Output<'compare.frontier'> {
  const { chosen, refused } = chooseEvaluations(source, checkpointIds, protocolHash);
  const k = chosen.length;
  // Accuracies first, then lengths: one bootstrap for both keeps them paired.
  const aligned = align(
    (['correct', 'thinkingLength'] as const).flatMap((outcome) =>
      chosen.map(({ answers }) => ({ answers, outcome })),
    ),
    tier,
  );
  if (aligned.itemKeys.length === 0) return { points: [], refused };
  const drawn = drawColumns(aligned);
  const pairs = chosen.flatMap((_, b) => Array.from({ length: b }, (_, a) => ({ a, b })));
  const corrected = holm([
    ...pairs.map(({ a, b }) => decidePair(drawn, a, b).p),
    ...pairs.map(({ a, b }) => decidePair(drawn, k + a, k + b).p),
  ]);
  const significance = (i: number, j: number): FrontierPoint['dominatedBy'][number]['significant'] => {
    const at = pairs.findIndex(({ a, b }) => (a === i && b === j) || (a === j && b === i));
    const accuracy = corrected[at]! < SIGNIFICANCE;
    const length = corrected[pairs.length + at]! < SIGNIFICANCE;
    return accuracy && length ? 'both' : accuracy ? 'accuracy' : length ? 'length' : 'none';
  };
  const measured = chosen.map(({ answers }) => {
    const places = placesOf(answers, tier);
    const cut = places.reduce((sum, i) => sum + answers.truncated[i]!, 0);
    return {
      accuracy: accuracyOf(answers, places)!,
      length: lengthOf(answers, places)!,
      truncatedShare: cut / places.length,
    };
  });
  const places = measured.map(({ accuracy, length }) => ({ accuracy: accuracy.mean, length: length.mean }));
  const inSet = paretoSet(places);
  const shares = paretoShares(drawn.means, k);
  const points = chosen.map(
    ({ checkpointId }, i): FrontierPoint => ({
      checkpointId,
      ...measured[i]!,
      pareto: inSet[i]!,
      paretoShare: shares[i]!,
      dominatedBy: chosen.flatMap((other, j) =>
        dominates(places[j]!, places[i]!)
          ? [{ checkpointId: other.checkpointId, significant: significance(i, j) }]
          : [],
      ),
    }),
  );
  return { points, refused };
}

/** Share of draws in which each checkpoint is in the Pareto set. @param draws accuracies of k, then lengths of k */
function paretoShares(draws: readonly Float64Array[], k: number): number[] {
  const counts = new Array<number>(k).fill(0);
  const number = draws[0]!.length;
  for (let draw = 0; draw < number; draw++) {
    const kept = paretoSet(
      counts.map((_, i) => ({ accuracy: draws[i]![draw]!, length: draws[k + i]![draw]! })),
    );
    kept.forEach((inSet, i) => {
      if (inSet) counts[i]!++;
    });
  }
  return counts.map((count) => count / number);
}
