import SQLite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { contract, type Output } from '../../../electron/contract.ts';
import { migrate, readMigrations } from '../../../electron/db/migrate.ts';
import { openQueries } from '../../../electron/db/queries.ts';
import { programPaths } from '../../../electron/paths.ts';
import { metricWriter } from '../../../electron/services/metric-writer.ts';
import { readBandsJson, readSeriesJson, seriesCache } from '../../../electron/services/series.ts';

function recorded(steps: number, valueAt: (step: number) => number) {
  const db = new SQLite(':memory:');
  migrate(db, readMigrations(programPaths.migrations), 0);
  db.exec(
    "INSERT INTO runs (id, name, stage, state, created_at_ms, settings, seed) VALUES ('r', '', 'sft', '', 0, '', 0)",
  );
  const queries = openQueries(db);
  const writer = metricWriter(queries.metrics, queries.metrics, 1);
  let from = 1;
  const add = (to: number): void => {
    for (; from <= to; from++) {
      writer.append(from, { loss: valueAt(from), wall_time: from / 10 });
      // Recorded now and then, as validation is.
      if (from % 50 === 0) writer.append(from, { validation_loss: valueAt(from) });
    }
    db.transaction(() => writer.write())();
    writer.written();
  };
  add(steps);
  const cache = seriesCache(10_000_000);
  const source = {
    metrics: queries.metrics,
    runs: queries.runs,
    cache,
  };
  const read = (asked: Partial<Parameters<typeof readSeriesJson>[1]> = {}): Output<'runs.metrics'> => {
    const input = contract['runs.metrics'].input.parse({ runIds: ['r'], names: ['loss'], ...asked });
    return contract['runs.metrics'].output.parse(JSON.parse(readSeriesJson(source, input)));
  };
  return { read, add };
}

/** Runs of one configuration, and one with another learning rate, of four steps each. */
function seeds(all: readonly number[], valueAt: (seed: number, step: number) => number) {
  const db = new SQLite(':memory:');
  migrate(db, readMigrations(programPaths.migrations), 0);
  const add = db.prepare(
    "INSERT INTO runs (id, name, stage, state, created_at_ms, settings, seed) VALUES (?, '', 'sft', '', 0, ?, 0)",
  );
  const queries = openQueries(db);
  const write = (id: string, settings: object, seed: number): void => {
    add.run(id, JSON.stringify(settings));
    const writer = metricWriter(queries.metrics, queries.metrics, queries.runs.byId(id)!.key);
    for (let step = 1; step <= 4; step++) writer.append(step, { loss: valueAt(seed, step) });
    db.transaction(() => writer.write())();
  };
  for (const seed of all) write(`seed${seed}`, { learningRate: 1, seed }, seed);
  write('other', { learningRate: 2, seed: 0 }, 0);
  const source = { metrics: queries.metrics, runs: queries.runs, cache: seriesCache(10_000) };
  const bands = (): Output<'runs.bands'> => {
    const runIds = [...all.map((seed) => `seed${seed}`), 'other'];
    const input = contract['runs.bands'].input.parse({ runIds, names: ['loss'] });
    return contract['runs.bands'].output.parse(JSON.parse(readBandsJson(source, input)));
  };
  return { bands };
}

describe('series to draw', () => {
  it('leave ranges out where nobody draws them, and are otherwise the same', () => {
    const { read } = recorded(5000, (step) => Math.sin(step));
    const [full] = read({ maxPoints: 100 });
    const [plain] = read({ maxPoints: 100, ranges: false });
    expect(full?.low).toHaveLength(100);
    expect(plain).toEqual({ ...full, low: null, high: null });
    expect(read({ maxPoints: 100 }), 'each is remembered for itself').toEqual([full]);
  });

  it('keep endpoints and extremes at any number of points', () => {
    const valueAt = (step: number): number =>
      step === 7777 ? 1e6 : step === 12_345 ? -1e6 : Math.sin(step / 100);
    const { read } = recorded(20_000, valueAt);
    for (const maxPoints of [3, 10, 300, 2000, 10_000]) {
      const [series] = read({ maxPoints });
      const { x, y, low, high, total } = series!;
      expect(total).toBe(20_000);
      expect(x.length).toBeLessThanOrEqual(maxPoints);
      expect(x.length).toBeGreaterThanOrEqual(Math.min(maxPoints / 2, 1000) - 2);
      expect([x[0], y[0], x.at(-1), y.at(-1)]).toEqual([
        1,
        Number(valueAt(1).toPrecision(7)),
        20_000,
        Number(valueAt(20_000).toPrecision(7)),
      ]);
      expect(Math.max(...high!.map(Number))).toBe(1e6);
      expect(Math.min(...low!.map(Number))).toBe(-1e6);
    }
  });

  it('are the same from summaries as from points', () => {
    const { read } = recorded(9600, (step) => Math.cos(step));
    // 600 groups of 16: at 1,200 points these are just enough; above, the points themselves are read.
    const [fromGroups] = read({ maxPoints: 602 });
    const [fromPoints] = read({ maxPoints: 1203 });
    expect(fromGroups?.x.length).toBe(602);
    expect(fromPoints?.x.length).toBe(1203);
    const mean = (values: (number | null)[]): number =>
      values.reduce<number>((sum, v) => sum + (v ?? 0), 0) / values.length;
    expect(mean(fromGroups!.y)).toBeCloseTo(mean(fromPoints!.y), 2);
  });

  it('have other axes: each run’s own', () => {
    const { read } = recorded(200, (step) => step);
    const [loss, validation] = read({ names: ['loss', 'validation_loss'], x: 'wall_time' });
    expect(loss?.x).toEqual(Array.from({ length: 200 }, (_, i) => (i + 1) / 10));
    expect(validation).toMatchObject({ x: [5, 10, 15, 20], y: [50, 100, 150, 200], total: 4 });
    expect(read({ x: 'flops' })).toEqual([]);
  });

  it('say what was not finite', () => {
    const { read } = recorded(4, (step) => [1, Number.NaN, Number.POSITIVE_INFINITY, 2][step - 1]!);
    expect(read()[0]).toMatchObject({ y: [1, null, null, 2], nonFinite: 2, total: 4 });
  });

  it('leave out runs and metrics that are not there', () => {
    const { read } = recorded(3, (step) => step);
    expect(
      read({ runIds: ['gone', 'r'], names: ['loss', 'none'] }).map(({ runId, name }) => [runId, name]),
    ).toEqual([['r', 'loss']]);
  });

  it('are new as soon as there is something new', () => {
    const { read, add } = recorded(100, (step) => step);
    expect(read()[0]?.total).toBe(100);
    expect(read()[0]?.total).toBe(100);
    add(150);
    expect(read()[0]?.total).toBe(150);
  });

  it('are sampled anew in a stretch, with the points next to it', () => {
    const { read } = recorded(20_000, (step) => (step === 5005 ? 50 : Math.sin(step)));
    const [close] = read({ range: { from: 5000.5, to: 5010.5 } });
    expect(close?.x).toEqual(Array.from({ length: 12 }, (_, i) => 5000 + i));
    expect(close?.low).toBeNull();
    for (const maxPoints of [5, 100, 900]) {
      const [wide] = read({ range: { from: 4000, to: 14_000 }, maxPoints });
      expect(wide!.x.length).toBeLessThanOrEqual(maxPoints);
      expect([wide!.x[0], wide!.x.at(-1)]).toEqual([4000, 14_000]);
      expect(Math.max(...wide!.high!.map(Number))).toBe(50);
      expect(wide!.total).toBe(20_000);
    }
    expect(read({ range: { from: 30_000, to: 40_000 } })).toEqual([]);
    expect(read({ range: { from: 30_000, to: 40_000 }, maxPoints: 10 })).toEqual([]);
    expect(read({ range: { from: -5, to: 0 }, maxPoints: 10 })).toEqual([]);
    const [timed] = read({ x: 'wall_time', range: { from: 100.05, to: 100.25 } });
    expect(timed?.x).toEqual([100, 100.1, 100.2, 100.3]);
  });

  it('keep every early point for a logarithmic axis', () => {
    const { read } = recorded(20_000, (step) => (step === 15_000 ? 9 : 1 / step));
    const [log] = read({ spacing: 'log', maxPoints: 200 });
    expect(log!.x.length).toBeLessThanOrEqual(200);
    expect(log!.x.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(log!.x.at(-1)).toBe(20_000);
    expect(Math.max(...log!.high!.map(Number))).toBe(9);
    const gaps = log!.x.slice(1).map((x, i) => Math.log(x / log!.x[i]!));
    expect(Math.max(...gaps)).toBeLessThan(0.75);
  });

  it('are drawn together where only the seed differs', () => {
    const { bands } = seeds([0, 1, 2], (seed, step) => step + seed);
    const both = bands();
    expect(both.map(({ runIds }) => runIds)).toEqual([['seed0', 'seed1', 'seed2'], ['other']]);
    const [band, single] = both;
    expect(band!.x).toEqual([1, 2, 3, 4]);
    expect(band!.mean).toEqual([2, 3, 4, 5]);
    expect(band!.low).toEqual([1, 2, 3, 4]);
    expect(band!.high).toEqual([3, 4, 5, 6]);
    expect(band!.n).toEqual([3, 3, 3, 3]);
    // s = 1, n = 3: half = 4.302653 / √3 (t with 2 degrees of freedom, from any table).
    expect(band!.intervalHigh[0]! - band!.mean[0]!).toBeCloseTo(4.302653 / Math.sqrt(3), 5);
    expect(single).toMatchObject({ n: [1, 1, 1, 1], intervalLow: [null, null, null, null] });
  });

  it('are forgotten, the oldest first, when they take too much', () => {
    const cache = seriesCache(10);
    cache.set('a', '12345');
    cache.set('b', '12345');
    expect(cache.get('a')).toBe('12345');
    cache.set('c', '12345');
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['12345', undefined, '12345']);
  });
});
