/** Lines of several runs in one chart. */
import type { Run } from '../../electron/contract/run.ts';
import type { Band, Series } from '../../electron/contract/runs.ts';
import { CHARTS } from '../../trainer/metrics.ts';
import { seriesColour, seriesDash } from './colours.ts';
import { formatPlural } from './format.ts';
import { metricFor } from './metric-text.ts';
import { isExact } from './panels.ts';
import { type LineData, lineOf } from './series.ts';

export const SEED_VIEWS = ['each', 'range', 'interval'] as const;
export type SeedView = (typeof SEED_VIEWS)[number];

export const SEED_VIEW_LABELS: Readonly<Record<SeedView, string>> = {
  each: 'Each run',
  range: 'Mean, lowest to highest',
  interval: 'Mean and 95% interval',
};

export interface OverlayLine {
  readonly data: LineData;
  readonly label: string;
  readonly colour: string;
  readonly dash: string | undefined;
  readonly faint: boolean;
  readonly rangeLabel?: string;
  readonly exact: boolean;
}

/** A run keeps its colour by its place in the list, whichever runs are hidden. */
export function runStyle(place: number): { readonly colour: string; readonly dash: string | undefined } {
  return { colour: seriesColour(place), dash: seriesDash(place) };
}

/** @param highlighted steps the others back; null highlights none */
export function overlayOfSeries(
  series: readonly Series[],
  runs: readonly Run[],
  highlighted: string | null,
): OverlayLine[] {
  const places = new Map(runs.map((run, place) => [run.id, place]));
  return series.flatMap((one): OverlayLine[] => {
    const place = places.get(one.runId);
    const run = runs[place ?? -1];
    if (!run || place === undefined) return [];
    const faint = highlighted !== null && highlighted !== run.id;
    const exact = isExact(one.name);
    return [{ data: lineOf(one, run.id), label: run.name, ...runStyle(place), faint, exact }];
  });
}

export function overlayOfBands(
  bands: readonly Band[],
  runs: readonly Run[],
  view: Exclude<SeedView, 'each'>,
  highlighted: string | null,
): OverlayLine[] {
  const places = new Map(runs.map((run, place) => [run.id, place]));
  return bands.flatMap((band): OverlayLine[] => {
    const first = band.runIds[0] ?? '';
    const place = places.get(first);
    const run = runs[place ?? -1];
    if (!run || place === undefined) return [];
    const seeds = band.runIds.length;
    const [low, high] = view === 'range' ? [band.low, band.high] : [band.intervalLow, band.intervalHigh];
    const most = Math.max(...band.n);
    return [
      {
        data: { key: first, x: band.x, y: band.mean, ...(seeds > 1 ? { low, high } : {}) },
        label: seeds > 1 ? `${run.name} and ${formatPlural(seeds - 1, 'other seed')}` : run.name,
        ...runStyle(place),
        faint: highlighted !== null && !band.runIds.includes(highlighted),
        exact: isExact(band.name),
        rangeLabel: view === 'range' ? `n = ${most}` : `95%, n = ${most}`,
      },
    ];
  });
}

/** Cumulative counts serve as x. */
const X_ONLY = new Set(['wall_time', 'num_tokens', 'flops']);

/** Metrics in the order of their charts, those that fit the words. */
export function overlayNames(names: readonly string[], words: string): string[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const order = Object.keys(CHARTS);
  const place = (name: string): number => order.indexOf(metricFor(name).chart);
  return names
    .filter((name) => !X_ONLY.has(name))
    .filter((name) => {
      const text = `${name} ${metricFor(name).label}`.toLowerCase();
      return wanted.every((word) => text.includes(word));
    })
    .sort((a, b) => place(a) - place(b));
}

/** Of more lines, what lies behind each would hide the others. */
export const MOST_WITH_RANGE = 12;

/** What a chart of one metric asks for. */
export function overlayQuestion<Q extends object>(query: Q, runIds: readonly string[], name: string) {
  return {
    ...query,
    runIds: [...runIds],
    names: [name],
    maxPoints: pointsPerLine(runIds.length),
    ranges: runIds.length <= MOST_WITH_RANGE,
  };
}

/** Of the runs in the address those that are not hidden; all of them where none would be left. */
export function shownRuns(runIds: readonly string[], hidden: readonly string[]): readonly string[] {
  const away = new Set(hidden);
  const left = runIds.filter((id) => !away.has(id));
  return left.length > 0 ? left : runIds;
}

/** About one point a pixel of a chart, and fewer where many lines share it. */
export function pointsPerLine(lines: number): number {
  return Math.max(200, Math.min(500, Math.floor(20_000 / Math.max(1, lines))));
}
