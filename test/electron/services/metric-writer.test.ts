import SQLite from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { migrate, readMigrations } from '../../../electron/db/migrate.ts';
import { openQueries } from '../../../electron/db/queries.ts';
import { programPaths } from '../../../electron/paths.ts';
import { decodeChunks, decodeSummaries, groupsOf } from '../../../electron/series/chunk.ts';
import { metricWriter } from '../../../electron/services/metric-writer.ts';

const migrations = readMigrations(programPaths.migrations);

function openRun() {
  const db = new SQLite(':memory:');
  db.pragma('foreign_keys = ON');
  migrate(db, migrations, 0);
  db.exec(
    "INSERT INTO runs (id, name, stage, state, created_at_ms, settings, seed) VALUES ('r', '', 'sft', '', 0, '', 0)",
  );
  const { metrics } = openQueries(db);
  const read = (name: string) => {
    const series = metrics.seriesOfRun(1).find((one) => one.name === name);
    if (!series) return null;
    const points = decodeChunks(metrics.chunks(series.id));
    expect(decodeSummaries(metrics.summaries(series.id))).toEqual(groupsOf(points));
    return { ...series, points, recorded: series.points };
  };
  const write = (writer: ReturnType<typeof metricWriter>): void => {
    db.transaction(() => writer.write())();
    writer.written();
  };
  return { db, metrics, read, write, writer: () => metricWriter(metrics, metrics, 1) };
}

type Act =
  | { readonly kind: 'add'; readonly values: readonly number[] }
  | { readonly kind: 'flush' | 'reopen' }
  | { readonly kind: 'rewind'; readonly share: number };

const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('add' as const),
        values: fc.array(fc.double(), { maxLength: 700 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('reopen' as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('rewind' as const),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
  ),
  { maxLength: 12 },
);

describe('the metric writer', () => {
  it('stores what a plain list would hold, through flushes, restarts and rewinds', () => {
    fc.assert(
      fc.property(acts, (list) => {
        const run = openRun();
        let writer = run.writer();
        let model: { step: number; value: number }[] = [];
        for (const act of list) {
          if (act.kind === 'add') {
            for (const value of act.values) {
              const step = (model.at(-1)?.step ?? 0) + 1;
              writer.append(step, { loss: value });
              model.push({ step, value });
            }
          } else {
            run.write(writer);
            if (act.kind === 'rewind') {
              const step = Math.floor(act.share * (model.at(-1)?.step ?? 0));
              run.db.transaction(() => writer.truncate(step))();
              model = model.filter((point) => point.step <= step);
            }
            if (act.kind === 'reopen') writer = run.writer();
          }
        }
        run.write(writer);
        const stored = run.read('loss');
        expect([...(stored?.points.steps ?? [])]).toEqual(model.map((point) => point.step));
        expect([...(stored?.points.values ?? [])]).toEqual(model.map((point) => point.value));
        expect(stored?.recorded ?? 0).toBe(model.length);
        expect(stored?.nonFinite ?? 0).toBe(model.filter((point) => !Number.isFinite(point.value)).length);
      }),
      { numRuns: 40 },
    );
  });

  it('keeps what could not be written and writes it the next time', () => {
    const run = openRun();
    const writer = run.writer();
    for (let step = 1; step <= 1000; step++) writer.append(step, { loss: step, reward: -step });
    expect(() =>
      run.db.transaction(() => {
        writer.write();
        throw new Error('the disk is full');
      })(),
    ).toThrow('the disk is full');
    expect(run.read('loss')).toBeNull();
    expect(writer.pending()).toBe(2000);
    run.write(writer);
    expect(run.read('loss')?.points.values.length).toBe(1000);
    expect(run.read('reward')?.points.values.at(-1)).toBe(-1000);
    expect(writer.pending()).toBe(0);
  });

  it('takes a second value of the newest step instead of the first, and no older step', () => {
    const run = openRun();
    const writer = run.writer();
    writer.append(1, { loss: 5 });
    writer.append(1, { loss: Number.NaN });
    expect(() => writer.append(0, { loss: 1 })).toThrow(/step 0 came after step 1/);
    run.write(writer);
    expect(run.read('loss')).toMatchObject({ recorded: 1, nonFinite: 1 });
  });

  it('forgets a series that a rewind leaves empty', () => {
    const run = openRun();
    const writer = run.writer();
    writer.append(10, { validation_loss: 1 });
    run.write(writer);
    run.db.transaction(() => writer.truncate(5))();
    expect(run.metrics.seriesOfRun(1)).toEqual([]);
    expect(run.db.prepare('SELECT count(*) FROM metric_chunks').pluck().get()).toBe(0);
  });

  it('gives every series a version that rises with each write', () => {
    const run = openRun();
    const writer = run.writer();
    const versions = [1, 2, 3].map((step) => {
      writer.append(step, { loss: step });
      run.write(writer);
      return run.read('loss')?.version ?? -1;
    });
    expect(versions).toEqual([...new Set(versions)].sort());
  });
});
