import { describe, expect, it } from 'vitest';
import { scriptedTrainer, smallCorpus, testWorkspace } from '../support.ts';

const idle = { runsJobs: false, trainer: { entry: scriptedTrainer } } as const;

async function sweepable() {
  const workspace = await testWorkspace(undefined, idle);
  const corpusId = await smallCorpus(workspace);
  const plan = (values: readonly number[], more: object = {}) => ({
    axes: { kind: 'grid' as const, axes: [{ setting: 'learningRate', values: [...values] }] },
    shared: { stage: 'pretrain' as const, corpusId, settings: { maxSteps: 7 } },
    ...more,
  });
  return { workspace, plan };
}

describe('a sweep', () => {
  it('is previewed, then queued whole, and its runs stand together in the table', async () => {
    const { workspace, plan } = await sweepable();
    const asked = plan([1e-4, 1e-3], { seeds: [1, 2, 3] });
    const preview = await workspace.call('sweeps.preview', asked);
    expect(preview).toMatchObject({ count: 6, invalid: [], queueRoom: 100 });
    expect(preview.runs[1]).toEqual({
      name: 'learningRate=0.0001, seed=2',
      settings: { learningRate: 1e-4, seed: 2 },
    });
    expect(preview.durationS.high).toBeGreaterThan(preview.durationS.low);
    expect(await workspace.call('runs.list', {})).toEqual([]);

    const { sweep, runs } = await workspace.call('sweeps.create', { name: 'Rates', plan: asked });
    expect(runs.map(({ name, seed, queuePosition }) => [name, seed, queuePosition])).toEqual([
      ['Rates: learningRate=0.0001, seed=1', 1, 1],
      ['Rates: learningRate=0.0001, seed=2', 2, 2],
      ['Rates: learningRate=0.0001, seed=3', 3, 3],
      ['Rates: learningRate=0.001, seed=1', 1, 4],
      ['Rates: learningRate=0.001, seed=2', 2, 5],
      ['Rates: learningRate=0.001, seed=3', 3, 6],
    ]);
    expect(runs.map((run) => run.sweep)).toEqual(runs.map(() => ({ id: sweep.id, name: 'Rates' })));
    expect(sweep.runIds).toEqual(runs.map(({ id }) => id));
    const table = await workspace.call('runs.query', {
      query: 'sweep:Rates is:swept',
      groupBy: 'configuration',
      columns: ['settings.learningRate', 'settings.maxSteps'],
    });
    expect(table.groups.map(({ runIds, aggregates }) => [runIds.length, aggregates[0]?.mean])).toEqual([
      [3, 1e-3],
      [3, 1e-4],
    ]);
  });

  it('that does not fit into the queue is refused by name, and nothing is queued', async () => {
    const { workspace, plan } = await sweepable();
    const many = plan(
      Array.from({ length: 60 }, (_, i) => 1e-4 * (i + 1)),
      { seeds: [1, 2] },
    );
    await expect(workspace.call('sweeps.create', { name: 'Many', plan: many })).rejects.toMatchObject({
      name: 'QueueFull',
      message: expect.stringContaining('120 runs do not fit'),
      wayOut: expect.stringContaining('raise the limit'),
    });
    const endless = plan([1], {
      axes: {
        kind: 'grid',
        axes: ['learningRate', 'weightDecay', 'warmupSteps'].map((setting) => ({
          setting,
          values: Array.from({ length: 1000 }, (_, i) => (i + 1) * 1e-6),
        })),
      },
    });
    await expect(workspace.call('sweeps.create', { name: 'Endless', plan: endless })).rejects.toMatchObject({
      name: 'QueueFull',
    });
    expect((await workspace.call('sweeps.preview', endless)).count).toBe(1e9);
    expect(await workspace.call('runs.list', {})).toEqual([]);
  });

  it('names combinations that cannot run, and leaves them out where asked to', async () => {
    const { workspace, plan } = await sweepable();
    const asked = plan([1e-4, -1]);
    const preview = await workspace.call('sweeps.preview', asked);
    expect(preview).toMatchObject({ count: 1, invalid: [{ settings: { learningRate: -1 } }] });
    await expect(workspace.call('sweeps.create', { name: 'x', plan: asked })).rejects.toMatchObject({
      name: 'InvalidSettings',
      message: expect.stringMatching(/1 of the combinations cannot run: learningRate=-1/),
    });
    const { runs } = await workspace.call('sweeps.create', {
      name: 'x',
      plan: { ...asked, skipInvalid: true },
    });
    expect(runs).toHaveLength(1);
    const without = { ...asked, shared: { ...asked.shared, corpusId: null } };
    await expect(workspace.call('sweeps.preview', without)).rejects.toMatchObject({ name: 'MissingCorpus' });
  });
});

it('views are saved under a name, changed and removed', async () => {
  const workspace = await testWorkspace(undefined, idle);
  const view = await workspace.call('views.save', { name: ' Good ones ', path: '/runs?q=reward%3E0.5' });
  expect(view).toMatchObject({ name: 'Good ones', path: '/runs?q=reward%3E0.5' });
  const renamed = await workspace.call('views.save', { viewId: view.id, name: 'Best', path: '/runs?q=x' });
  expect(await workspace.call('views.list', {})).toEqual([renamed]);
  await workspace.call('views.remove', { viewId: view.id });
  expect(await workspace.call('views.list', {})).toEqual([]);
  await expect(workspace.call('views.remove', { viewId: view.id })).rejects.toMatchObject({
    name: 'NotFound',
  });
});
