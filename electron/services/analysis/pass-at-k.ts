/** pass@k from several samples of each item. */
import type { Output, ResolvedInput } from '../../contract.ts';
import { meanInterval } from '../../statistics/clustered.ts';
import { passAtK } from '../../statistics/pass-at-k.ts';
import { type Answers, placesOf } from './answers.ts';
import { type AnalysisSource, chooseEvaluations } from './chosen.ts';

/** 1, 2, 4 … and the number of samples itself. */
const stepsTo = (samples: number): number[] => [
  ...Array.from({ length: Math.ceil(Math.log2(samples)) }, (_, i) => 2 ** i),
  samples,
];

export function comparePassAtK(
  source: AnalysisSource,
  { checkpointIds, protocolHash, tier }: ResolvedInput<'compare.passAtK'>,
): Output<'compare.passAtK'> {
  const { chosen, refused, protocol } = chooseEvaluations(source, checkpointIds, protocolHash);
  const samplesPerItem = protocol?.samplesPerItem ?? 1;
  const curves = chosen.flatMap(({ checkpointId, answers }) => {
    const items = countRight(answers, placesOf(answers, tier)).filter(({ n }) => n === samplesPerItem);
    if (items.length === 0) return [];
    const documents = items.map(({ documentKey }) => documentKey);
    const points = stepsTo(samplesPerItem).map((k) => ({
      k,
      share: meanInterval(
        items.map(({ n, right }) => passAtK(n, right, k)),
        documents,
      ),
    }));
    return [{ checkpointId, points }];
  });
  return { samplesPerItem, curves, refused };
}

function countRight(answers: Answers, places: readonly number[]) {
  const items = new Map<string, { documentKey: string; n: number; right: number }>();
  for (const i of places) {
    const key = answers.itemKeys[i]!;
    const item = items.get(key) ?? { documentKey: answers.documentKeys[i]!, n: 0, right: 0 };
    item.n++;
    if (answers.scores[i] === 1) item.right++;
    items.set(key, item);
  }
  return [...items.values()];
}
