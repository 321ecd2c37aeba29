/**
 * How metric points lie in the database: chunks of up to 480 points (one database page each), and beside each chunk a
 * summary of every 16 points, from which long series are drawn without reading their points.
 *
 * Chunk: float64 values; then, only where steps are not evenly spaced, float64 steps.
 * Summary: for each group of 16 float64 low, high and mean of its finite values (NaN where none is); then, only where
 * steps are not evenly spaced, the step of each group's middle point. Numbers are little-endian, as on every
 * processor Node supports but s390x. NaN and infinities survive.
 */

export const CHUNK_POINTS = 480;
export const GROUP_POINTS = 16;

/** A series: strictly rising steps and their values, arrays of one length. */
export interface Points {
  readonly steps: Float64Array;
  readonly values: Float64Array;
}

/** Groups of points: what a drawn line is made of. Arrays of one length. */
export interface Cells {
  /** Step of the group's middle point. */
  readonly steps: Float64Array;
  readonly low: Float64Array;
  readonly high: Float64Array;
  readonly mean: Float64Array;
  /** Points in the group. */
  readonly weights: Float64Array;
}

export interface StoredChunk {
  readonly points: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly data: Uint8Array;
}

/** Where the step of each point is, or of each group's middle point. */
const middleOf = (size: number): number => Math.floor((size - 1) / 2);

function isEven(steps: Float64Array): boolean {
  const stride = steps[1]! - steps[0]!;
  for (let i = 2; i < steps.length; i++) if (steps[i]! - steps[i - 1]! !== stride) return false;
  return true;
}

const bytesOf = (array: Float64Array): Uint8Array =>
  new Uint8Array(array.buffer, array.byteOffset, array.byteLength);

/** @param points 1 to 480 of them */
export function encodeChunk(points: Points): { chunk: StoredChunk; summary: StoredChunk } {
  const { steps, values } = points;
  const even = isEven(steps);
  const data = new Float64Array(values.length * (even ? 1 : 2));
  data.set(values);
  if (!even) data.set(steps, values.length);

  const cells = groupsOf(points);
  const groups = cells.low.length;
  const summary = new Float64Array(groups * (even ? 3 : 4));
  summary.set(cells.low);
  summary.set(cells.high, groups);
  summary.set(cells.mean, groups * 2);
  if (!even) summary.set(cells.steps, groups * 3);

  const shape = { points: values.length, firstStep: steps[0]!, lastStep: steps[steps.length - 1]! };
  return { chunk: { ...shape, data: bytesOf(data) }, summary: { ...shape, data: bytesOf(summary) } };
}

/** Summarises every 16 points. */
export function groupsOf({ steps, values }: Points): Cells {
  const groups = Math.ceil(values.length / GROUP_POINTS);
  const cells = emptyCells(groups);
  for (let group = 0; group < groups; group++) {
    const from = group * GROUP_POINTS;
    const size = Math.min(GROUP_POINTS, values.length - from);
    let low = Number.NaN;
    let high = Number.NaN;
    let sum = 0;
    let finite = 0;
    for (let i = from; i < from + size; i++) {
      const value = values[i]!;
      if (!Number.isFinite(value)) continue;
      if (!(value >= low)) low = value;
      if (!(value <= high)) high = value;
      sum += value;
      finite++;
    }
    cells.steps[group] = steps[from + middleOf(size)]!;
    cells.low[group] = low;
    cells.high[group] = high;
    // The sum may overflow where the mean does not; halves of the extremes cannot.
    const mean = finite === 0 ? Number.NaN : sum / finite;
    cells.mean[group] = finite > 0 && !Number.isFinite(mean) ? low / 2 + high / 2 : mean;
    cells.weights[group] = size;
  }
  return cells;
}

export function emptyCells(length: number): Cells {
  return {
    steps: new Float64Array(length),
    low: new Float64Array(length),
    high: new Float64Array(length),
    mean: new Float64Array(length),
    weights: new Float64Array(length),
  };
}

/** @throws if a chunk's bytes do not fit its number of points */
export function decodeChunks(chunks: readonly StoredChunk[]): Points {
  const total = chunks.reduce((sum, chunk) => sum + chunk.points, 0);
  const steps = new Float64Array(total);
  const values = new Float64Array(total);
  let at = 0;
  for (const chunk of chunks) {
    const { points, data } = chunk;
    const even = data.byteLength === points * 8;
    if (!even && data.byteLength !== points * 16) throw new Error('a metric chunk is damaged');
    bytesOf(values.subarray(at, at + points)).set(data.subarray(0, points * 8));
    if (even) fillSteps(steps, at, chunk);
    else bytesOf(steps.subarray(at, at + points)).set(data.subarray(points * 8));
    at += points;
  }
  return { steps, values };
}

function fillSteps(steps: Float64Array, at: number, chunk: StoredChunk): void {
  const stride = chunk.points > 1 ? (chunk.lastStep - chunk.firstStep) / (chunk.points - 1) : 0;
  for (let i = 0; i < chunk.points; i++) steps[at + i] = chunk.firstStep + i * stride;
}

/** @throws if a summary's bytes do not fit its number of points */
export function decodeSummaries(summaries: readonly StoredChunk[]): Cells {
  const groupsIn = (chunk: StoredChunk): number => Math.ceil(chunk.points / GROUP_POINTS);
  const cells = emptyCells(summaries.reduce((sum, chunk) => sum + groupsIn(chunk), 0));
  let at = 0;
  for (const chunk of summaries) {
    const groups = groupsIn(chunk);
    const { data } = chunk;
    const even = data.byteLength === groups * 24;
    if (!even && data.byteLength !== groups * 32) throw new Error('a metric summary is damaged');
    const part = (array: Float64Array, index: number): void =>
      bytesOf(array.subarray(at, at + groups)).set(
        data.subarray(index * groups * 8, (index + 1) * groups * 8),
      );
    part(cells.low, 0);
    part(cells.high, 1);
    part(cells.mean, 2);
    if (!even) part(cells.steps, 3);
    const stride = chunk.points > 1 ? (chunk.lastStep - chunk.firstStep) / (chunk.points - 1) : 0;
    for (let group = 0; group < groups; group++) {
      const size = Math.min(GROUP_POINTS, chunk.points - group * GROUP_POINTS);
      cells.weights[at + group] = size;
      if (even) {
        cells.steps[at + group] = chunk.firstStep + (group * GROUP_POINTS + middleOf(size)) * stride;
      }
    }
    at += groups;
  }
  return cells;
}
