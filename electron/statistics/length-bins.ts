import { quantile } from './bootstrap.ts';

export interface LengthBin {
  /** Inclusive, in tokens. */
  readonly from: number;
  readonly to: number;
}

/**
 * Bins of whole lengths that hold about equally many each; fewer than asked for where many lengths are equal.
 * @param lengths whole numbers in ascending order, at least one
 */
export function equalBins(lengths: ArrayLike<number>, count: number): LengthBin[] {
  const starts = Array.from({ length: count - 1 }, (_, i) => Math.ceil(quantile(lengths, (i + 1) / count)));
  return binsFrom(starts, lengths[0]!, lengths[lengths.length - 1]!);
}

/** Bins that begin at `starts`, from the shortest to the longest length. @param starts in any order */
export function binsFrom(starts: readonly number[], shortest: number, longest: number): LengthBin[] {
  const inner = starts.filter((start) => start > shortest && start <= longest);
  const from = [...new Set([shortest, ...inner])].sort((a, b) => a - b);
  return from.map((start, i) => ({ from: start, to: (from[i + 1] ?? longest + 1) - 1 }));
}

/** The place of the bin that holds this length, or −1. */
export function binOf(bins: readonly LengthBin[], length: number): number {
  return bins.findIndex(({ from, to }) => from <= length && length <= to);
}
