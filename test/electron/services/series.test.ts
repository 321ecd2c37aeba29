import SQLite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { contract, type Output } from '../../../electron/contract.ts';
import { migrate, readMigrations } from '../../../electron/db/migrate.ts';
import { openQueries } from '../../../electron/db/queries.ts';
import { programPaths } from '../../../electron/paths.ts';
import { metricWriter } from '../../../electron/services/metric-writer.ts';
import { readSeriesJson, seriesCache } from '../../../electron/services/series.ts';

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
    runKey: (id: string) => queries.runs.byId(id)?.key ?? null,
    cache,
  };
  const read = (asked: Partial<Parameters<typeof readSeriesJson>[1]> = {}): Output<'runs.metrics'> => {
    const input = contract['runs.metrics'].input.parse({ runIds: ['r'], names: ['loss'], ...asked });
    return contract['runs.metrics'].output.parse(JSON.parse(readSeriesJson(source, input)));
  };
  return { read, add };
}

describe('series to draw', () => {
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

  it('are forgotten, the oldest first, when they take too much', () => {
    const cache = seriesCache(10);
    cache.set('a', '12345');
    cache.set('b', '12345');
    expect(cache.get('a')).toBe('12345');
    cache.set('c', '12345');
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['12345', undefined, '12345']);
  });
});
