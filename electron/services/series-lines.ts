/** One run's metrics as lines of a chart: along any x, over any stretch of it, sampled down. */
import type { X_AXES } from '../contract/x-axes.ts';
import type { MetricReads, SeriesRow, StepRange } from '../db/metrics.ts';
import type { Cells, Points } from '../series/chunk.ts';
import { decodeChunks, decodeSummaries, GROUP_POINTS } from '../series/chunk.ts';
import { type Line, type Spacing, sampleDown, sampleDownCells, valuesAt } from '../series/sample-down.ts';

export interface LineQuery {
  readonly x: (typeof X_AXES)[number];
  readonly range: { readonly from: number; readonly to: number } | null;
  readonly spacing: Spacing;
  readonly maxPoints: number;
}

/** A line and its place along the chart's x. */
export interface PlacedLine {
  readonly line: Line;
  readonly x: Float64Array;
}

export interface RunLines {
  /** The series of that name, or null without a point. */
  series(name: string): SeriesRow | null;
  /** Changes whenever the line would. */
  version(series: SeriesRow): string;
  /** Null where nothing lies in the range. */
  line(series: SeriesRow): PlacedLine | null;
}

/** @returns null for a run without the chart's axis: it has no place there */
export function runLines(metrics: MetricReads, runKey: number, query: LineQuery): RunLines | null {
  const axisSeries = query.x === 'step' ? null : metrics.series(runKey, query.x);
  if (query.x !== 'step' && !axisSeries) return null;
  let axis: Points | null = null;
  const axisPoints = (of: SeriesRow): Points => {
    axis ??= finitePoints(decodeChunks(metrics.chunks(of.id)));
    return axis;
  };
  const { x, range, spacing, maxPoints } = query;
  return {
    series(name) {
      const found = metrics.series(runKey, name);
      return found && found.points > 0 ? found : null;
    },
    version: (series) =>
      [series.id, series.version, axisSeries?.version, x, range?.from, range?.to, spacing, maxPoints].join(
        ' ',
      ),
    line(series) {
      const points = axisSeries && axisPoints(axisSeries);
      if (points?.steps.length === 0) return null;
      const steps = range && (points ? stepsBetween(points, range) : range);
      const line = steps
        ? readStretch(metrics, series, steps, maxPoints, spacing)
        : readWhole(metrics, series, maxPoints, spacing);
      return line && { line, x: points ? valuesAt(points, line.steps) : line.steps };
    },
  };
}

function finitePoints({ steps, values }: Points): Points {
  return {
    steps: steps.filter((_, i) => Number.isFinite(values[i])),
    values: values.filter(Number.isFinite),
  };
}

/** The steps between two values of a rising axis, with the one before and the one after. @param axis not empty */
function stepsBetween(axis: Points, { from, to }: StepRange): StepRange {
  const before = axis.values.findLastIndex((value) => value <= from);
  const after = axis.values.findIndex((value) => value >= to);
  return {
    from: axis.steps[Math.max(0, before)]!,
    to: axis.steps[after === -1 ? axis.steps.length - 1 : after]!,
  };
}

/** Whether summaries of so many points are fine enough: logarithmic axes want every early point. */
const summariesDo = (points: number, maxPoints: number, spacing: Spacing): boolean =>
  spacing === 'even' ? points / GROUP_POINTS >= maxPoints / 2 : points > LOG_POINTS;
/** As many points are read one by one for a logarithmic axis. */
const LOG_POINTS = 200_000;

/** From points where there are few, from summaries where these are enough for the chart. */
function readWhole(metrics: MetricReads, series: SeriesRow, maxPoints: number, spacing: Spacing): Line {
  if (!summariesDo(series.points, maxPoints, spacing)) {
    return sampleDown(decodeChunks(metrics.chunks(series.id)), maxPoints, spacing);
  }
  const ends = metrics.ends(series.id).map((chunk) => decodeChunks([chunk]));
  const first = ends[0]!;
  const last = ends[1]!;
  const at = last.steps.length - 1;
  return sampleDownCells(
    decodeSummaries(metrics.summaries(series.id)),
    { step: first.steps[0]!, value: first.values[0]! },
    { step: last.steps[at]!, value: last.values[at]! },
    maxPoints,
    spacing,
  );
}

function readStretch(
  metrics: MetricReads,
  series: SeriesRow,
  steps: StepRange,
  maxPoints: number,
  spacing: Spacing,
): Line | null {
  const summaries = metrics.summariesBetween(series.id, steps);
  const points = summaries.reduce((sum, summary) => sum + summary.points, 0);
  if (!summariesDo(points, maxPoints, spacing)) {
    const all = decodeChunks(metrics.chunksBetween(series.id, steps));
    const { from, to } = around(all.steps, steps);
    if (from > to) return null;
    const stretch = { steps: all.steps.slice(from, to + 1), values: all.values.slice(from, to + 1) };
    return sampleDown(stretch, maxPoints, spacing);
  }
  const firstStep = summaries[0]!.firstStep;
  const lastStep = summaries[summaries.length - 1]!.lastStep;
  if (steps.to < firstStep || steps.from > lastStep) return null;
  const first = pointNear(metrics, series, Math.max(firstStep, steps.from), 'before');
  const last = pointNear(metrics, series, Math.min(lastStep, steps.to), 'after');
  const cells = cellsWithin(decodeSummaries(summaries), first.step, last.step);
  return sampleDownCells(cells, first, last, maxPoints, spacing);
}

/** Indices of the points within, and of one more on either side. `from` > `to` where the range misses the series. */
function around(steps: Float64Array, range: StepRange): { from: number; to: number } {
  const last = steps.length - 1;
  if (last < 0 || range.to < steps[0]! || range.from > steps[last]!) return { from: 0, to: -1 };
  const after = steps.findIndex((step) => step >= range.to);
  return {
    from: Math.max(
      0,
      steps.findLastIndex((step) => step <= range.from),
    ),
    to: after === -1 ? last : after,
  };
}

/** @param step within the series */
function pointNear(metrics: MetricReads, series: SeriesRow, step: number, side: 'before' | 'after') {
  const { steps, values } = decodeChunks(metrics.chunksBetween(series.id, { from: step, to: step }));
  const at =
    side === 'before'
      ? Math.max(
          0,
          steps.findLastIndex((other) => other <= step),
        )
      : steps.findIndex((other) => other >= step);
  return { step: steps[at]!, value: values[at]! };
}

function cellsWithin(cells: Cells, from: number, to: number): Cells {
  const start = cells.steps.findIndex((step) => step >= from);
  const end = cells.steps.findLastIndex((step) => step <= to) + 1;
  const part = (array: Float64Array): Float64Array => array.subarray(Math.max(0, start), end);
  return {
    steps: part(cells.steps),
    low: part(cells.low),
    high: part(cells.high),
    mean: part(cells.mean),
    weights: part(cells.weights),
  };
}
