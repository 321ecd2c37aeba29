/** `runs.metrics`: lines to draw, sampled down, as JSON text. */
import type { ResolvedInput } from '../contract.ts';
import type { MetricReads, SeriesRow } from '../db/metrics.ts';
import type { Points } from '../series/chunk.ts';
import { decodeChunks, decodeSummaries, GROUP_POINTS } from '../series/chunk.ts';
import { type Line, sampleDown, sampleDownCells, valuesAt } from '../series/sample-down.ts';

/** Runs are named by id outside and by key in the metric tables. */
export interface SeriesSource {
  readonly metrics: MetricReads;
  readonly runKey: (runId: string) => number | null;
  readonly cache: SeriesCache;
}

/** JSON of drawn series, for charts that are drawn again: by what they show and its version. */
export interface SeriesCache {
  get(key: string): string | undefined;
  set(key: string, json: string): void;
}

/** Keeps the most recently used texts, up to `maxCharacters` of them. */
export function seriesCache(maxCharacters: number): SeriesCache {
  const texts = new Map<string, string>();
  let characters = 0;
  return {
    get(key) {
      const text = texts.get(key);
      if (text === undefined) return undefined;
      texts.delete(key);
      texts.set(key, text);
      return text;
    },
    set(key, json) {
      texts.set(key, json);
      characters += json.length;
      for (const [oldest, text] of texts) {
        if (characters <= maxCharacters) break;
        texts.delete(oldest);
        characters -= text.length;
      }
    },
  };
}

/**
 * A run without a metric has no series for it; a run that does not exist has none at all, so that one broken or
 * removed run fails no chart.
 */
export function readSeriesJson(source: SeriesSource, input: ResolvedInput<'runs.metrics'>): string {
  const { metrics } = source;
  const texts: string[] = [];
  for (const runId of input.runIds) {
    const runKey = source.runKey(runId);
    if (runKey === null) continue;
    const ofRun = new Map(metrics.seriesOfRun(runKey).map((series) => [series.name, series]));
    const axisSeries = input.x === 'step' ? undefined : ofRun.get(input.x);
    // Without its axis a run has no place in the chart.
    if (input.x !== 'step' && !axisSeries) continue;
    let axis: Points | null = null;
    for (const name of input.names) {
      const series = ofRun.get(name);
      if (!series || series.points === 0) continue;
      const key = [series.id, series.version, axisSeries?.version, input.x, input.maxPoints].join(' ');
      let text = source.cache.get(key);
      if (text === undefined) {
        const line = readLine(metrics, series, input.maxPoints);
        if (axisSeries) axis ??= finitePoints(decodeChunks(metrics.chunks(axisSeries.id)));
        if (axis?.steps.length === 0) continue;
        text = seriesJson(runId, name, series, line, axis ? valuesAt(axis, line.steps) : line.steps);
        source.cache.set(key, text);
      }
      texts.push(text);
    }
  }
  return `[${texts.join(',')}]`;
}

function finitePoints({ steps, values }: Points): Points {
  return {
    steps: steps.filter((_, i) => Number.isFinite(values[i])),
    values: values.filter(Number.isFinite),
  };
}

/** From points where there are few, from summaries where these are enough for the chart. */
function readLine(metrics: MetricReads, series: SeriesRow, maxPoints: number): Line {
  const groups = series.points / GROUP_POINTS;
  if (groups < maxPoints / 2) return sampleDown(decodeChunks(metrics.chunks(series.id)), maxPoints);
  const ends = metrics.ends(series.id).map((chunk) => decodeChunks([chunk]));
  const first = ends[0]!;
  const last = ends[1]!;
  const at = last.steps.length - 1;
  return sampleDownCells(
    decodeSummaries(metrics.summaries(series.id)),
    { step: first.steps[0]!, value: first.values[0]! },
    { step: last.steps[at]!, value: last.values[at]! },
    maxPoints,
  );
}

function seriesJson(runId: string, name: string, series: SeriesRow, line: Line, x: Float64Array): string {
  const sampled = line.low !== null && line.high !== null;
  const write = sampled ? shortNumbers : exactNumbers;
  const band = sampled
    ? `"low":${shortNumbers(line.low)},"high":${shortNumbers(line.high)}`
    : '"low":null,"high":null';
  return (
    `{"runId":${JSON.stringify(runId)},"name":${JSON.stringify(name)},"x":${exactNumbers(x)},` +
    `"y":${write(line.values)},${band},"total":${series.points},"nonFinite":${series.nonFinite}}`
  );
}

const exactNumbers = (values: Float64Array): string => JSON.stringify(Array.from(values));

/** Seven digits: more than any screen can show, in half the bytes. Infinite and missing values become null. */
function shortNumbers(values: Float64Array): string {
  return JSON.stringify(Array.from(values, (value) => Number(value.toPrecision(7))));
}
