import { describe, expect, it } from 'vitest';
import { runIn, scriptedRun, smallCorpus, temporaryFolder, testWorkspace, until } from '../support.ts';

describe('the table of runs', () => {
  it('knows every metric’s newest value and extremes, and what happened since it was asked', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const first = await scriptedRun(workspace, corpusId, { steps: 4, metrics: 1 });
    await runIn(workspace, first.id, 'finished');
    const ask = (query: string) =>
      workspace.call('runs.query', {
        query,
        columns: ['restore/m0', 'restore/m0.min', 'restore/m0.max', 'loss', 'settings.maxSteps'],
      });
    const [row] = (await ask('')).rows;
    expect(row?.cells).toEqual([4, 1, 4, 0.25, 500]);
    const second = await scriptedRun(workspace, corpusId, { steps: 2, metrics: 1 });
    await runIn(workspace, second.id, 'finished');
    expect((await ask('loss>0.3')).runIds).toEqual([second.id]);
    await workspace.call('runs.edit', { runId: first.id, tags: ['kept'] });
    await workspace.call('runs.setBaseline', { runId: first.id });
    const tagged = await ask('tag:kept OR is:baseline');
    expect(tagged).toMatchObject({ total: 1, baselineId: first.id, protocol: null });
    const [other] = (await ask(`id:${second.id}`)).rows;
    expect(other?.deltas).toEqual([-2, 0, -2, 0.25, 0]);
    const names = (await workspace.call('runs.fields', {})).map((field) => field.name);
    expect(names).toContain('metrics.restore/m0');
    await workspace.call('runs.remove', { runId: second.id });
    expect((await ask('')).runIds).toEqual([first.id]);
    await expect(ask('nothing>1')).rejects.toMatchObject({ name: 'InvalidQuery' });
  });

  it('shows how far the run under way is', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 3000, stepMs: 3 });
    await runIn(workspace, id, 'running');
    await until(async () => {
      const { rows } = await workspace.call('runs.query', { query: 'is:active' });
      return rows[0]?.run.id === id && typeof rows[0].run.remainingMs === 'number';
    });
    await workspace.call('runs.stop', { runId: id });
    await runIn(workspace, id, 'stopped');
  });

  it('fills in totals of series that an earlier version wrote', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 4 });
    await runIn(workspace, id, 'finished');
    await workspace.close();
    const { default: SQLite } = await import('better-sqlite3');
    const db = new SQLite(`${folder}/midtrain.db`);
    db.exec('UPDATE metric_series SET last = NULL, low = NULL, high = NULL');
    db.close();
    const again = await testWorkspace(folder, { runsJobs: false });
    const table = await again.call('runs.query', { columns: ['loss', 'loss.max'] });
    expect(table.rows[0]?.cells).toEqual([0.25, 1]);
  });
});
