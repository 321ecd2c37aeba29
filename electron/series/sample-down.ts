/** Samples a series down to what a chart can show, keeping its endpoints and its extremes. Pure. */
import type { Cells, Points } from './chunk.ts';

/** A drawn line. `low` and `high` bound the points each drawn point stands for; null where each stands for itself. */
export interface Line {
  readonly steps: Float64Array;
  readonly values: Float64Array;
  readonly low: Float64Array | null;
  readonly high: Float64Array | null;
}

/** How the points of a line share its width: alike in number, or, for logarithmic axes, alike in the ratio of their steps. */
export type Spacing = 'even' | 'log';

export interface Endpoint {
  readonly step: number;
  readonly value: number;
}

/**
 * At most `maxPoints` (≥ 3) points: the first and the last as they are, and between them one for each of equally many
 * neighbours, whose y is their mean and whose band holds their lowest and highest value.
 */
export function sampleDown(points: Points, maxPoints: number, spacing: Spacing = 'even'): Line {
  const { steps, values } = points;
  const count = values.length;
  if (count <= maxPoints) return { steps, values, low: null, high: null };
  const finite = values.map((value) => (Number.isFinite(value) ? value : Number.NaN));
  const inner = finite.subarray(1, count - 1);
  const cells: Cells = {
    steps: steps.subarray(1, count - 1),
    low: inner,
    high: inner,
    mean: inner,
    weights: new Float64Array(inner.length).fill(1),
  };
  const first = { step: steps[0]!, value: values[0]! };
  const last = { step: steps[count - 1]!, value: values[count - 1]! };
  return joinCells(cells, first, last, maxPoints, spacing);
}

/**
 * The same from summaries: `first` and `last` are the series' endpoints, which the cells contain too. Cells that are
 * nothing but an endpoint are left to it.
 */
export function sampleDownCells(
  cells: Cells,
  first: Endpoint,
  last: Endpoint,
  maxPoints: number,
  spacing: Spacing = 'even',
): Line {
  let from = 0;
  let to = cells.steps.length;
  while (from < to && cells.steps[from]! <= first.step) from++;
  while (to > from && cells.steps[to - 1]! >= last.step) to--;
  const inner: Cells = {
    steps: cells.steps.subarray(from, to),
    low: cells.low.subarray(from, to),
    high: cells.high.subarray(from, to),
    mean: cells.mean.subarray(from, to),
    weights: cells.weights.subarray(from, to),
  };
  return joinCells(inner, first, last, maxPoints, spacing);
}

/** Where each bucket begins, and the count at the end; rising, so that no bucket is empty. */
function bucketStarts(steps: Float64Array, most: number, spacing: Spacing): number[] {
  const count = steps.length;
  const buckets = Math.min(count, most);
  if (count === 0) return [0];
  if (spacing === 'even') {
    return Array.from({ length: buckets + 1 }, (_, bucket) => Math.floor((bucket * count) / buckets));
  }
  const low = Math.max(1, steps[0] ?? 1);
  const ratio = Math.max(low, steps[count - 1] ?? low) / low;
  const starts = [0];
  let at = 0;
  for (let bucket = 1; bucket < buckets; bucket++) {
    const edge = low * ratio ** (bucket / buckets);
    while (at < count && steps[at]! < edge) at++;
    if (at > starts[starts.length - 1]! && at < count) starts.push(at);
  }
  return [...starts, count];
}

function joinCells(cells: Cells, first: Endpoint, last: Endpoint, maxPoints: number, spacing: Spacing): Line {
  const starts = bucketStarts(cells.steps, maxPoints - 2, spacing);
  const buckets = starts.length - 1;
  const line = {
    steps: new Float64Array(buckets + 2),
    values: new Float64Array(buckets + 2),
    low: new Float64Array(buckets + 2),
    high: new Float64Array(buckets + 2),
  };
  const put = (at: number, step: number, value: number, low: number, high: number): void => {
    line.steps[at] = step;
    line.values[at] = value;
    line.low[at] = low;
    line.high[at] = high;
  };
  put(0, first.step, first.value, first.value, first.value);
  for (let bucket = 0; bucket < buckets; bucket++) {
    const from = starts[bucket]!;
    const to = starts[bucket + 1]!;
    let low = Number.NaN;
    let high = Number.NaN;
    let mean = Number.NaN;
    let weight = 0;
    for (let i = from; i < to; i++) {
      const cellMean = cells.mean[i]!;
      if (Number.isNaN(cellMean)) continue;
      if (!(cells.low[i]! >= low)) low = cells.low[i]!;
      if (!(cells.high[i]! <= high)) high = cells.high[i]!;
      const cellWeight = cells.weights[i]!;
      weight += cellWeight;
      // A running mean, in a form that cannot overflow.
      const share = cellWeight / weight;
      mean = share === 1 ? cellMean : mean * (1 - share) + cellMean * share;
    }
    put(bucket + 1, cells.steps[from + Math.floor((to - from - 1) / 2)]!, mean, low, high);
  }
  put(buckets + 1, last.step, last.value, last.value, last.value);
  return line;
}

/**
 * Values of another series at these steps, by straight lines between its points and its first or last value outside:
 * how wall time, tokens and FLOPs become x axes. NaN where that series is empty.
 */
export function valuesAt(axis: Points, steps: Float64Array): Float64Array {
  const result = new Float64Array(steps.length).fill(Number.NaN);
  const count = axis.steps.length;
  if (count === 0) return result;
  let at = 0;
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!;
    while (at < count && axis.steps[at]! < step) at++;
    if (at === 0) result[i] = axis.values[0]!;
    else if (at === count) result[i] = axis.values[count - 1]!;
    else if (axis.steps[at] === step) result[i] = axis.values[at]!;
    else {
      const share = (step - axis.steps[at - 1]!) / (axis.steps[at]! - axis.steps[at - 1]!);
      result[i] = axis.values[at - 1]! + (axis.values[at]! - axis.values[at - 1]!) * share;
    }
  }
  return result;
}
