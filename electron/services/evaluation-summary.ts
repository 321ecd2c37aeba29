import type { EvaluationItem, EvaluationProtocol, Tier } from '../../trainer/protocol.ts';
import type { EvaluationSummary } from '../contract/comparisons.ts';
import type { Interval } from '../contract/shapes.ts';
import { meanInterval, proportionInterval } from '../statistics/clustered.ts';

export type StoredSummary = Pick<
  EvaluationSummary,
  'items' | 'documents' | 'accuracy' | 'scores' | 'thinkingLength' | 'truncatedShare'
>;

/** What is kept of one item to sum it up. */
export type SummedItem = Pick<
  EvaluationItem,
  'documentKey' | 'tier' | 'thinkingLength' | 'truncated' | 'score' | 'scores'
>;

/**
 * An evaluation in numbers; every interval is clustered by document. A right answer is a score of 1: the edit score
 * of a restored span is 1 exactly when the span is.
 * @param items at least one
 */
export function summarise(protocol: EvaluationProtocol, items: readonly SummedItem[]): StoredSummary {
  const accuracyOf = (chosen: readonly SummedItem[]): Interval =>
    proportionInterval(
      chosen.map((item) => Number(item.score === 1)),
      chosen.map((item) => item.documentKey),
    );
  const ofTier = (tier: Tier): Interval | null => {
    const chosen = items.filter((item) => item.tier === tier);
    return chosen.length === 0 ? null : accuracyOf(chosen);
  };
  const keys = items.map((item) => item.documentKey);
  const lengths = items.map((item) => item.thinkingLength);
  const names = new Set(items.flatMap((item) => Object.keys(item.scores)));
  return {
    items: items.length,
    documents: new Set(keys).size,
    accuracy: {
      easy: ofTier('easy'),
      medium: ofTier('medium'),
      hard: ofTier('hard'),
      all: accuracyOf(items),
    },
    scores: Object.fromEntries([...names].map((name) => [name, scoreOf(items, name)])),
    thinkingLength:
      protocol.mode === 'direct' ? null : { ...meanInterval(lengths, keys), median: median(lengths) },
    truncatedShare: items.filter((item) => item.truncated).length / items.length,
  };
}

/** Yes-or-no scores are shares, whose interval stays within 0 and 1. */
function scoreOf(items: readonly SummedItem[], name: string): Interval {
  const having = items.filter((item) => name in item.scores);
  const values = having.map((item) => item.scores[name]!);
  const isShare = values.every((value) => value === 0 || value === 1);
  return (isShare ? proportionInterval : meanInterval)(
    values,
    having.map((item) => item.documentKey),
  );
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
