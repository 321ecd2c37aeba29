/** In-task reward against the logarithm of compute, with a straight line: RLM's claim that it grows linearly. */
import type { Output, ResolvedInput } from '../../contract.ts';
import type { CheckpointQueries } from '../../db/checkpoints.ts';
import type { MetricReads } from '../../db/metrics.ts';
import type { RunQueries, RunRow } from '../../db/runs.ts';
import { decodeChunks, type Points } from '../../series/chunk.ts';
import { valuesAt } from '../../series/sample-down.ts';
import { linearFit, lineBand } from '../../statistics/linear-fit.ts';

export interface ScalingSource {
  readonly runs: Pick<RunQueries, 'byId'>;
  readonly metrics: MetricReads;
  readonly checkpointsOfRun: CheckpointQueries['ofRun'];
}

type ScalingRun = Output<'compare.scaling'>[number];

/** One value of the metric with the compute spent up to its step. */
interface Measured {
  readonly step: number;
  readonly log10Flops: number;
  readonly value: number;
}

/** A checkpoint stands at the mean over this share of the steps around its own: single steps are noise. */
const NEIGHBOURHOOD = 0.05;

export function scaling(
  source: ScalingSource,
  { runIds, metric, warmUpShare, bins }: ResolvedInput<'compare.scaling'>,
): Output<'compare.scaling'> {
  return [...new Set(runIds)].flatMap((runId) => {
    const run = source.runs.byId(runId);
    return run ? [scalingOf(source, run, metric, warmUpShare, bins)] : [];
  });
}

function scalingOf(
  { metrics, checkpointsOfRun }: ScalingSource,
  run: RunRow,
  metric: string,
  warmUpShare: number,
  bins: number,
): ScalingRun {
  const series = new Map(metrics.seriesOfRun(run.key).map((one) => [one.name, one]));
  const read = (name: string): Points | null => {
    const own = series.get(name);
    return own ? decodeChunks(metrics.chunks(own.id)) : null;
  };
  const values = read(metric);
  const flops = read('flops');
  const nothing = (note: string): ScalingRun => ({
    runId: run.id,
    name: run.name,
    points: [],
    fit: null,
    checkpoints: [],
    note,
  });
  if (!values) return nothing(`It recorded no “${metric}”.`);
  if (!flops) return nothing('It recorded no FLOPs, so its compute is not known.');
  const measured = measure(values, flops);
  if (measured.length === 0) return nothing(`Its “${metric}” holds no number that could be drawn.`);
  const firstStep = measured[0]!.step + warmUpShare * (measured.at(-1)!.step - measured[0]!.step);
  const counted = measured.filter(({ step }) => step >= firstStep);
  const points = equalStretches(counted, bins);
  const fit = points.length < 3 ? null : fitOf(points);
  const reach = Math.max(1, (NEIGHBOURHOOD * (measured.at(-1)!.step - measured[0]!.step)) / 2);
  return {
    runId: run.id,
    name: run.name,
    points,
    fit,
    checkpoints: checkpointsOfRun(run.id)
      .toReversed()
      .flatMap(({ id, step }) => {
        const near = measured.filter((one) => Math.abs(one.step - step) <= reach);
        const own = near.reduce<Measured | null>(
          (best, one) => (best && Math.abs(best.step - step) <= Math.abs(one.step - step) ? best : one),
          null,
        );
        return own ? [{ checkpointId: id, step, log10Flops: own.log10Flops, value: meanOf(near) }] : [];
      }),
    note: fit ? null : 'Fewer than three stretches of compute: too little for a line.',
  };
}

/** Places at which the line's interval is told. */
const BAND_PLACES = 20;

function fitOf(points: ScalingRun['points']): NonNullable<ScalingRun['fit']> {
  const x = points.map(({ log10Flops }) => log10Flops);
  const y = points.map(({ value }) => value);
  const { slope, slopeLow, slopeHigh, intercept, r2, n } = linearFit(x, y);
  const [from, to] = [x[0]!, x.at(-1)!];
  const at = Array.from({ length: BAND_PLACES + 1 }, (_, i) => from + ((to - from) * i) / BAND_PLACES);
  return {
    slope: { mean: slope, low: slopeLow ?? slope, high: slopeHigh ?? slope, n },
    intercept,
    r2,
    fromLog10Flops: from,
    toLog10Flops: to,
    band: lineBand(x, y, at).map(({ at: log10Flops, low, high }) => ({ log10Flops, low, high })),
  };
}

const meanOf = (values: readonly Measured[]): number =>
  values.reduce((sum, { value }) => sum + value, 0) / values.length;

function measure(values: Points, flops: Points): Measured[] {
  const spent = valuesAt(flops, values.steps);
  return Array.from(values.steps, (step, i) => ({
    step,
    log10Flops: Math.log10(spent[i]!),
    value: values.values[i]!,
  })).filter(({ log10Flops, value }) => Number.isFinite(log10Flops) && Number.isFinite(value));
}

/** Means over stretches of equal length on the axis of log10 compute; empty ones are left out. */
function equalStretches(measured: readonly Measured[], bins: number): ScalingRun['points'] {
  if (measured.length === 0) return [];
  const low = measured[0]!.log10Flops;
  const width = (measured.at(-1)!.log10Flops - low) / bins;
  const placeOf = ({ log10Flops }: Measured): number =>
    width === 0 ? 0 : Math.min(bins - 1, Math.floor((log10Flops - low) / width));
  return [...Map.groupBy(measured, placeOf)]
    .sort(([a], [b]) => a - b)
    .map(([, own]) => ({
      log10Flops: own.reduce((sum, one) => sum + one.log10Flops, 0) / own.length,
      value: meanOf(own),
      step: own.at(-1)!.step,
      n: own.length,
    }));
}
