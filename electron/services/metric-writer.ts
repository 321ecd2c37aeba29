/**
 * Gathers a run's points in memory and writes them as chunks. The newest, unfinished chunk of each series is
 * rewritten at every flush; full chunks are written once.
 */
import type { MetricReads, MetricWrites, SeriesTotals } from '../db/metrics.ts';
import type { StoredChunk } from '../series/chunk.ts';
import { CHUNK_POINTS, decodeChunks, encodeChunk } from '../series/chunk.ts';

interface Tail {
  /** null until the first committed write. */
  seriesId: number | null;
  /** The series begun by a write that is not known to be committed. */
  newSeriesId: number | null;
  chunk: number;
  /** Points in the unfinished chunk. */
  length: number;
  readonly steps: Float64Array;
  readonly values: Float64Array;
  points: number;
  nonFinite: number;
  /** Extremes of the finite values before the newest one, which may still be replaced; NaN without any. */
  low: number;
  high: number;
  /** Full chunks not yet written. */
  full: { readonly chunk: number; readonly data: StoredChunk; readonly summary: StoredChunk }[];
  changed: boolean;
}

export interface MetricWriter {
  /**
   * Adds values of one step. A second value of the newest step replaces the first.
   * @throws if a metric's step is below its newest one
   */
  append(step: number, values: Readonly<Record<string, number>>): void;
  /** Points that wait for a write. */
  pending(): number;
  /** Writes what waits; call it inside a transaction, and `written` once that is committed. */
  write(): void;
  written(): void;
  /** Drops every point above `step`; call it inside a transaction, with nothing waiting. */
  truncate(step: number): void;
}

export function metricWriter(reads: MetricReads, writes: MetricWrites, runKey: number): MetricWriter {
  const tails = new Map<string, Tail>();
  let waiting = 0;

  const stored = new Map(reads.seriesOfRun(runKey).map((series) => [series.name, series]));

  function emptyTail(seriesId: number | null): Tail {
    return {
      seriesId,
      newSeriesId: null,
      chunk: 0,
      length: 0,
      steps: new Float64Array(CHUNK_POINTS),
      values: new Float64Array(CHUNK_POINTS),
      points: 0,
      nonFinite: 0,
      low: Number.NaN,
      high: Number.NaN,
      full: [],
      changed: false,
    };
  }

  function tailOf(name: string): Tail {
    const known = tails.get(name);
    if (known) return known;
    const series = stored.get(name);
    const tail = emptyTail(series?.id ?? null);
    if (series) {
      tail.points = series.points;
      tail.nonFinite = series.nonFinite;
      tail.low = series.low ?? Number.NaN;
      tail.high = series.high ?? Number.NaN;
      // A full last chunk is loaded as it is: the next point begins a new one.
      tail.chunk = Math.max(0, Math.ceil(series.points / CHUNK_POINTS) - 1);
      const chunk = reads.chunk(series.id, tail.chunk);
      if (chunk) loadChunk(tail, chunk);
    }
    tails.set(name, tail);
    return tail;
  }

  function loadChunk(tail: Tail, chunk: StoredChunk): void {
    const points = decodeChunks([chunk]);
    tail.steps.set(points.steps);
    tail.values.set(points.values);
    tail.length = points.values.length;
  }

  function add(name: string, step: number, value: number): void {
    const tail = tailOf(name);
    const newest = tail.length > 0 ? tail.steps[tail.length - 1]! : Number.NEGATIVE_INFINITY;
    if (step < newest) throw new Error(`${name}: step ${step} came after step ${newest}`);
    if (step === newest) {
      const before = tail.values[tail.length - 1]!;
      tail.nonFinite += Number(!Number.isFinite(value)) - Number(!Number.isFinite(before));
      tail.values[tail.length - 1] = value;
      tail.changed = true;
      return;
    }
    if (tail.length > 0) {
      const settled = tail.values[tail.length - 1]!;
      tail.low = lower(tail.low, settled);
      tail.high = higher(tail.high, settled);
    }
    if (tail.length === CHUNK_POINTS) {
      if (tail.changed) tail.full.push({ chunk: tail.chunk, ...encode(tail) });
      tail.chunk++;
      tail.length = 0;
    }
    tail.steps[tail.length] = step;
    tail.values[tail.length] = value;
    tail.length++;
    tail.points++;
    if (!Number.isFinite(value)) tail.nonFinite++;
    tail.changed = true;
    waiting++;
  }

  const encode = (tail: Tail): { data: StoredChunk; summary: StoredChunk } => {
    const points = {
      steps: tail.steps.subarray(0, tail.length),
      values: tail.values.subarray(0, tail.length),
    };
    const { chunk, summary } = encodeChunk(points);
    return { data: chunk, summary };
  };

  return {
    append(step, values) {
      for (const name in values) add(name, step, values[name]!);
    },
    pending: () => waiting,
    write() {
      for (const [name, tail] of tails) {
        if (!tail.changed) continue;
        tail.newSeriesId = tail.seriesId ?? writes.addSeries(runKey, name);
        const seriesId = tail.newSeriesId;
        for (const { chunk, data, summary } of tail.full) writes.putChunk(seriesId, chunk, data, summary);
        const { data, summary } = encode(tail);
        writes.putChunk(seriesId, tail.chunk, data, summary);
        writes.updateSeries(seriesId, totalsOf(tail));
      }
    },
    written() {
      for (const tail of tails.values()) {
        if (!tail.changed) continue;
        tail.seriesId = tail.newSeriesId;
        tail.full = [];
        tail.changed = false;
      }
      waiting = 0;
    },
    truncate(step) {
      tails.clear();
      for (const series of reads.seriesOfRun(runKey)) truncateSeries(series, step);
      stored.clear();
      for (const series of reads.seriesOfRun(runKey)) stored.set(series.name, series);
    },
  };

  function truncateSeries(series: { readonly id: number }, step: number): void {
    const cut = reads.chunksFrom(series.id, step + 1)[0];
    if (!cut) return;
    const points = decodeChunks([cut]);
    const kept = points.steps.findIndex((s) => s > step);
    if (cut.chunk === 0 && kept === 0) {
      writes.removeSeries(series.id);
      return;
    }
    writes.removeChunksFrom(series.id, cut.chunk);
    if (kept > 0) {
      const steps = points.steps.subarray(0, kept);
      const values = points.values.subarray(0, kept);
      const { chunk, summary } = encodeChunk({ steps, values });
      writes.putChunk(series.id, cut.chunk, chunk, summary);
    }
    writes.updateSeries(series.id, totalsIn(decodeChunks(reads.chunks(series.id)).values));
  }
}

/** The lower of two values, or the one that is finite; NaN if none is. */
function lower(a: number, b: number): number {
  return Number.isFinite(b) && !(b >= a) ? b : a;
}

function higher(a: number, b: number): number {
  return Number.isFinite(b) && !(b <= a) ? b : a;
}

const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

function totalsOf({ points, nonFinite, low, high, length, values }: Tail): SeriesTotals {
  const last = values[length - 1]!;
  return {
    points,
    nonFinite,
    last: orNull(last),
    low: orNull(lower(low, last)),
    high: orNull(higher(high, last)),
  };
}

/** Totals of a whole series. @param values at least one */
export function totalsIn(values: Float64Array): SeriesTotals {
  return {
    points: values.length,
    nonFinite: values.reduce((sum, value) => sum + Number(!Number.isFinite(value)), 0),
    last: orNull(values[values.length - 1]!),
    low: orNull(values.reduce(lower, Number.NaN)),
    high: orNull(values.reduce(higher, Number.NaN)),
  };
}
