/** `runs.metrics` and `runs.bands`: lines to draw, sampled down, as JSON text. */
import { z } from 'zod';
import type { ResolvedInput } from '../contract.ts';
import type { MetricReads, SeriesRow } from '../db/metrics.ts';
import type { RunQueries } from '../db/runs.ts';
import { type Drawn, type SeedBand, seedBand } from '../series/bands.ts';
import type { Line } from '../series/sample-down.ts';
import { sevenDigits } from '../series/seven-digits.ts';
import { configurationOf } from './configuration.ts';
import { type RunLines, runLines } from './series-lines.ts';

const storedSettings = z.record(z.string(), z.unknown());

export interface SeriesSource {
  readonly metrics: MetricReads;
  readonly runs: Pick<RunQueries, 'keyOf' | 'byId'>;
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

/** What any of these runs recorded. */
export function metricNames({ metrics, runs }: SeriesSource, runIds: readonly string[]): string[] {
  const keys = runIds.flatMap((id) => runs.keyOf(id) ?? []);
  return [...new Set(keys.flatMap((key) => metrics.namesOfRun(key)))].sort();
}

/**
 * A run without a metric has no series for it; a run that does not exist has none at all, so that one broken or
 * removed run fails no chart.
 */
export function readSeriesJson(source: SeriesSource, input: ResolvedInput<'runs.metrics'>): string {
  const texts: string[] = [];
  const textOfX = exactNumbersOnce();
  for (const runId of input.runIds) {
    const runKey = source.runs.keyOf(runId);
    const lines = runKey === null ? null : runLines(source.metrics, runKey, input);
    if (!lines) continue;
    for (const name of input.names) {
      const series = lines.series(name);
      if (!series) continue;
      const key = `${lines.version(series)}${input.ranges ? '' : ' without ranges'}`;
      const text = cached(source, key, () => {
        const placed = lines.line(series);
        return placed && seriesJson(runId, name, series, placed.line, textOfX(placed.x), input.ranges);
      });
      if (text) texts.push(text);
    }
  }
  return `[${texts.join(',')}]`;
}

/** Nothing is worth remembering of a line that is not there. */
function cached({ cache }: SeriesSource, key: string, make: () => string | null): string | null {
  const known = cache.get(key);
  if (known !== undefined) return known;
  const text = make();
  if (text !== null) cache.set(key, text);
  return text;
}

interface Member {
  readonly runId: string;
  readonly lines: RunLines;
}

/** Runs are drawn together where all but their seed is equal. */
export function readBandsJson(source: SeriesSource, input: ResolvedInput<'runs.bands'>): string {
  const groups = new Map<string, Member[]>();
  for (const runId of input.runIds) {
    const run = source.runs.byId(runId);
    const lines = run && runLines(source.metrics, run.key, input);
    if (!lines) continue;
    const key = configurationOf(run, storedSettings.parse(JSON.parse(run.settings)));
    groups.set(key, [...(groups.get(key) ?? []), { runId, lines }]);
  }
  const texts: string[] = [];
  for (const name of input.names) {
    for (const members of groups.values()) {
      const present = members.flatMap(({ runId, lines }) => {
        const series = lines.series(name);
        return series ? [{ runId, lines, series }] : [];
      });
      if (present.length === 0) continue;
      const key = `band ${present.map(({ lines, series }) => lines.version(series)).join(', ')}`;
      const text = cached(source, key, () => {
        const drawn = present.flatMap(({ lines, series }): Drawn[] => {
          const placed = lines.line(series);
          return placed ? [{ x: placed.x, y: placed.line.values }] : [];
        });
        if (drawn.length === 0) return null;
        const runIds = present.map(({ runId }) => runId);
        return bandJson(name, runIds, seedBand(drawn, input.maxPoints));
      });
      if (text) texts.push(text);
    }
  }
  return `[${texts.join(',')}]`;
}

function bandJson(name: string, runIds: readonly string[], band: SeedBand): string {
  const numbers = [
    ['mean', band.mean],
    ['low', band.low],
    ['high', band.high],
    ['intervalLow', band.intervalLow],
    ['intervalHigh', band.intervalHigh],
  ] as const;
  const fields = numbers.map(([field, values]) => `"${field}":${shortNumbers(values)}`);
  return (
    `{"name":${JSON.stringify(name)},"runIds":${JSON.stringify(runIds)},"x":${exactNumbers(band.x)},` +
    `${fields.join(',')},"n":${exactNumbers(band.n)}}`
  );
}

function seriesJson(
  runId: string,
  name: string,
  series: SeriesRow,
  { values, low, high }: Line,
  x: string,
  ranges: boolean,
): string {
  const write = low === null ? exactNumbers : shortNumbers;
  const band =
    ranges && low !== null && high !== null
      ? `"low":${shortNumbers(low)},"high":${shortNumbers(high)}`
      : '"low":null,"high":null';
  return (
    `{"runId":${JSON.stringify(runId)},"name":${JSON.stringify(name)},"x":${x},` +
    `"y":${write(values)},${band},"total":${series.points},"nonFinite":${series.nonFinite}}`
  );
}

const exactNumbers = (values: Float64Array): string => JSON.stringify(Array.from(values));

/** Runs of one length lie at the same places: their text is written once. */
function exactNumbersOnce(): (values: Float64Array) => string {
  let last: Float64Array = new Float64Array();
  let text = exactNumbers(last);
  return (values) => {
    if (values.length !== last.length || values.some((value, i) => value !== last[i])) {
      last = values;
      text = exactNumbers(values);
    }
    return text;
  };
}

/** Infinite and missing values become null. */
const shortNumbers = (values: Float64Array): string => JSON.stringify(Array.from(values, sevenDigits));
