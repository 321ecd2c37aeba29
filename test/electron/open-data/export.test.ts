import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { unzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { writeRows } from '../../../electron/export/rows.ts';
import { readEventFiles } from '../../../electron/import-runs/read-log.ts';
import { runIn, scriptedRun, smallCorpus, temporaryFolder, testWorkspace } from '../support.ts';

describe('rows', () => {
  const fields = [
    { name: 'text', kind: 'text' },
    { name: 'n', kind: 'whole' },
    { name: 'x', kind: 'number' },
    { name: 'yes', kind: 'yes-no' },
  ] as const;
  const rows = [
    ['a "quoted",\nline', 1, 0.1, true],
    ['', -5, Number.NaN, false],
    [null, null, null, null],
  ];

  it('are the same in every format', async () => {
    const folder = temporaryFolder();
    const write = (format: 'csv' | 'jsonl' | 'parquet'): Buffer => {
      const path = join(folder, `x.${format}`);
      expect(writeRows(path, { fields, rows }, format)).toBe(3);
      return readFileSync(path);
    };
    expect(parse(write('csv'), { columns: true })).toEqual([
      { text: 'a "quoted",\nline', n: '1', x: '0.1', yes: 'true' },
      { text: '', n: '-5', x: 'NaN', yes: 'false' },
      { text: '', n: '', x: '', yes: '' },
    ]);
    const lines = write('jsonl').toString().trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { text: 'a "quoted",\nline', n: 1, x: 0.1, yes: true },
      { text: '', n: -5, x: 'NaN', yes: false },
      { text: null, n: null, x: null, yes: null },
    ]);
    const parquet = write('parquet');
    const file = parquet.buffer.slice(
      parquet.byteOffset,
      parquet.byteOffset + parquet.byteLength,
    ) as ArrayBuffer;
    expect(await parquetReadObjects({ file })).toEqual([
      { text: 'a "quoted",\nline', n: 1, x: 0.1, yes: true },
      { text: '', n: -5, x: Number.NaN, yes: false },
      { text: null, n: null, x: null, yes: null },
    ]);
  });

  it('are written in parts, however many there are', async () => {
    const path = join(temporaryFolder(), 'many.parquet');
    function* many(): Generator<[string, number, number, boolean]> {
      for (let i = 0; i < 120_000; i++) yield [`row ${i % 7}`, i, i / 2, i % 2 === 0];
    }
    expect(writeRows(path, { fields, rows: many() }, 'parquet')).toBe(120_000);
    const content = readFileSync(path);
    const file = content.buffer.slice(
      content.byteOffset,
      content.byteOffset + content.byteLength,
    ) as ArrayBuffer;
    const read = await parquetReadObjects({ file, rowStart: 119_998, rowEnd: 120_000 });
    expect(read.map(({ n, text }) => [n, text])).toEqual([
      [119_998, 'row 4'],
      [119_999, 'row 5'],
    ]);
  });
});

describe('exports', () => {
  it('hold what was recorded: points, runs, and event files that read back', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const run = await scriptedRun(workspace, corpusId, { steps: 4, metrics: 1 });
    await runIn(workspace, run.id, 'finished');
    await workspace.call('runs.edit', { runId: run.id, tags: ['kept'] });
    const exported = async (what: object, format: 'csv' | 'jsonl' | 'tensorboard'): Promise<Buffer> => {
      const { exportId, name, bytes, rows } = await workspace.call('exports.create', {
        what: { runIds: [run.id], ...what } as never,
        format,
      });
      expect(rows).toBeGreaterThan(0);
      const content = readFileSync(join(folder, 'exports', exportId, name));
      expect(content.length).toBe(bytes);
      return content;
    };
    const points = parse(await exported({ kind: 'metrics', names: ['loss'] }, 'csv'), { columns: true });
    expect(points).toEqual(
      [1, 2, 3, 4].map((step) => ({
        run_id: run.id,
        run: run.name,
        metric: 'loss',
        step: String(step),
        value: String(1 / step),
      })),
    );
    const [row] = (await exported({ kind: 'runs' }, 'jsonl'))
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(row).toMatchObject({
      id: run.id,
      stage: 'pretrain',
      tag: 'kept',
      'metrics.loss': 0.25,
      'settings.maxSteps': 500,
    });
    const files = Object.entries(unzipSync(await exported({ kind: 'metrics' }, 'tensorboard')));
    expect(files).toHaveLength(1);
    const log = readEventFiles(files.map(([path, bytes]) => ({ path, bytes })));
    expect(log.problems).toEqual([]);
    expect(log.steps.get(2)).toMatchObject({ loss: 0.5, 'restore/m0': 2 });
    await expect(
      workspace.call('exports.create', {
        what: { kind: 'samples', runIds: [run.id] },
        format: 'tensorboard',
      }),
    ).rejects.toMatchObject({ name: 'ExportUnsuitable' });
    await expect(
      workspace.call('exports.create', { what: { kind: 'metrics', runIds: ['nobody'] }, format: 'csv' }),
    ).rejects.toMatchObject({ name: 'NotFound' });
  });
});
