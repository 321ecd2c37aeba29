/** Where values lie along an axis: what a chart's scale does, without asking it for every point. */

export type Ends = readonly [number, number];

/** Pixels = offset + factor · value, or · its logarithm. */
export interface Placing {
  readonly offset: number;
  readonly factor: number;
  readonly log: boolean;
}

/** @param scale linear, or logarithmic with `log`. @returns null where the axis has no length yet */
export function placingOf(
  scale: (value: number) => number | undefined,
  [low, high]: Ends,
  log: boolean,
): Placing | null {
  const [from, to] = [scale(low), scale(high)];
  if (from === undefined || to === undefined) return null;
  const [a, b] = log ? [Math.log(low), Math.log(high)] : [low, high];
  const factor = (to - from) / (b - a);
  if (!Number.isFinite(factor) || factor === 0) return null;
  return { offset: from - factor * a, factor, log };
}

export function placer({ offset, factor, log }: Placing): (value: number) => number {
  return log ? (value) => offset + factor * Math.log(value) : (value) => offset + factor * value;
}
