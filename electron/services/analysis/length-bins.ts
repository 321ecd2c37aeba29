/** Accuracy by how long was thought, with what was cut at the cap apart. */
import type { LengthBins } from '../../contract/analysis.ts';
import type { ResolvedInput } from '../../contract.ts';
import { binOf, binsFrom, equalBins } from '../../statistics/length-bins.ts';
import { type Answers, accuracyOf, placesOf } from './answers.ts';
import { type AnalysisSource, chooseEvaluations } from './chosen.ts';

export function lengthBins(
  source: AnalysisSource,
  { checkpointIds, protocolHash, tier, count, edges }: ResolvedInput<'compare.lengthBins'>,
): LengthBins {
  const { chosen, refused } = chooseEvaluations(source, checkpointIds, protocolHash);
  const split = chosen.map(({ checkpointId, answers }) => {
    const places = placesOf(answers, tier);
    return {
      checkpointId,
      answers,
      all: places.length,
      finished: places.filter((i) => answers.truncated[i] === 0),
      truncated: places.filter((i) => answers.truncated[i] === 1),
    };
  });
  const lengths = Float64Array.from(
    split.flatMap(({ answers, finished }) => finished.map((i) => answers.lengths[i]!)),
  ).sort();
  const bins =
    lengths.length === 0
      ? []
      : edges.length > 0
        ? binsFrom(edges, lengths[0]!, lengths.at(-1)!)
        : equalBins(lengths, count);
  const cell = (answers: Answers, places: readonly number[], all: number) => ({
    n: places.length,
    share: all === 0 ? 0 : places.length / all,
    accuracy: accuracyOf(answers, places),
  });
  return {
    bins,
    checkpoints: split.map(({ checkpointId, answers, all, finished, truncated }) => {
      const byBin = bins.map((): number[] => []);
      for (const i of finished) byBin[binOf(bins, answers.lengths[i]!)]?.push(i);
      return {
        checkpointId,
        cells: byBin.map((places) => cell(answers, places, all)),
        truncated: cell(answers, truncated, all),
      };
    }),
    refused,
  };
}
