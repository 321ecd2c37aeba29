import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runIn, scriptedRun, smallCorpus, temporaryFolder, testWorkspace, until } from './support.ts';

const idle = () => testWorkspace(temporaryFolder(), { runsJobs: false });

describe('notes on runs', () => {
  it('are kept, told and counted', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder, { runsJobs: false });
    const corpusId = await smallCorpus(workspace);
    const a = await scriptedRun(workspace, corpusId, {});
    const b = await scriptedRun(workspace, corpusId, {});
    expect(a).toMatchObject({ tags: [], notes: '', starred: false, archived: false, origin: 'trained' });
    await workspace.call('runs.edit', { runId: a.id, notes: 'why', starred: true, tags: ['z', 'b'] });
    await workspace.call('runs.edit', { runId: b.id, archived: true, tags: ['b'] });
    expect(workspace.events.at(-1)).toMatchObject({ kind: 'run', run: { id: b.id, archived: true } });
    expect(await workspace.call('runs.tags', {})).toEqual([
      { tag: 'b', runs: 2 },
      { tag: 'z', runs: 1 },
    ]);
    await expect(workspace.call('runs.edit', { runId: a.id, tags: ['two words'] })).rejects.toMatchObject({
      name: 'InvalidInput',
    });
    await workspace.close();
    const again = await testWorkspace(folder, { runsJobs: false });
    expect((await again.call('runs.get', { runId: a.id })).run).toMatchObject({
      tags: ['b', 'z'],
      notes: 'why',
      starred: true,
    });
  });
});

describe('bulk actions', () => {
  it('do what can be done, say what cannot, and are taken back whole', async () => {
    const workspace = await idle();
    const corpusId = await smallCorpus(workspace);
    const ids: string[] = [];
    for (let i = 0; i < 4; i++) ids.push((await scriptedRun(workspace, corpusId, {})).id);
    await workspace.call('runs.edit', { runId: ids[0]!, tags: ['old', 'x'] });
    const tagged = await workspace.call('runs.bulk', {
      runIds: [...ids, 'none'],
      action: { kind: 'tag', add: ['x', 'y'], remove: ['old'] },
    });
    expect(tagged.done.toSorted()).toEqual(ids.toSorted());
    expect(tagged.refused).toMatchObject([{ runId: 'none', error: { name: 'NotFound' } }]);
    const tagsOf = async (id: string) => (await workspace.call('runs.get', { runId: id })).run.tags;
    expect(await tagsOf(ids[0]!)).toEqual(['x', 'y']);
    await workspace.call('runs.undo', { undoId: tagged.undoId! });
    expect(await tagsOf(ids[0]!)).toEqual(['old', 'x']);
    expect(await tagsOf(ids[1]!)).toEqual([]);
    await expect(workspace.call('runs.undo', { undoId: tagged.undoId! })).rejects.toMatchObject({
      name: 'NotFound',
    });
    const starred = await workspace.call('runs.bulk', {
      runIds: ids,
      action: { kind: 'star', starred: true },
    });
    expect((await workspace.call('runs.list', {})).every((run) => run.starred)).toBe(true);
    await workspace.call('runs.undo', { undoId: starred.undoId! });
    expect((await workspace.call('runs.list', {})).some((run) => run.starred)).toBe(false);
    const stopped = await workspace.call('runs.bulk', { runIds: ids, action: { kind: 'stop' } });
    expect(stopped).toMatchObject({ refused: [], undoId: null });
    const resumed = await workspace.call('runs.bulk', { runIds: ids, action: { kind: 'resume' } });
    expect(resumed.done).toEqual(ids);
    expect((await workspace.call('runs.list', {})).map((run) => run.queuePosition)).toEqual([4, 3, 2, 1]);
  });

  it('remove runs with those that start from them; undo and restore bring all back', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const base = await scriptedRun(workspace, corpusId, { steps: 3, checkpointEvery: 1 });
    const stuck = await scriptedRun(
      workspace,
      corpusId,
      { steps: 2, failAt: 1 },
      { stage: 'sft', base: { kind: 'run', runId: base.id } },
    );
    await runIn(workspace, stuck.id, 'failed');
    await expect(workspace.call('runs.remove', { runId: base.id })).rejects.toMatchObject({
      name: 'CheckpointInUse',
    });
    const { done, undoId } = await workspace.call('runs.bulk', {
      runIds: [base.id, stuck.id],
      action: { kind: 'remove' },
    });
    expect(done).toEqual([stuck.id, base.id]);
    expect(await workspace.call('runs.list', {})).toEqual([]);
    expect(await workspace.call('checkpoints.list', {})).toEqual([]);
    await expect(workspace.call('runs.get', { runId: base.id })).rejects.toMatchObject({ name: 'NotFound' });
    expect((await workspace.call('trash.list', {})).map((row) => row.id).toSorted()).toEqual(
      [base.id, stuck.id].toSorted(),
    );
    await workspace.call('runs.undo', { undoId: undoId! });
    expect((await workspace.call('runs.list', {})).map(({ id }) => id)).toEqual([stuck.id, base.id]);
    expect((await workspace.call('checkpoints.list', {})).length).toBe(3);

    await workspace.call('runs.remove', { runId: stuck.id });
    await workspace.close();
    const again = await testWorkspace(folder, { runsJobs: false });
    await again.call('trash.restore', { items: [{ what: 'run', id: stuck.id }] });
    expect((await again.call('runs.get', { runId: stuck.id })).run).toMatchObject({
      state: 'failed',
      base: { kind: 'run', runId: base.id },
    });
  });

  it('end what was removed for good, with its files, when its time is over', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 2, metrics: 2 });
    await runIn(workspace, id, 'finished');
    await workspace.call('runs.remove', { runId: id });
    await workspace.call('corpora.remove', { corpusId });
    await workspace.close();
    const kept = await testWorkspace(folder, { runsJobs: false });
    expect((await kept.call('trash.list', {})).map(({ what }) => what).toSorted()).toEqual(['corpus', 'run']);
    expect(existsSync(join(folder, 'runs', id))).toBe(true);
    expect(existsSync(join(folder, 'corpora', corpusId))).toBe(true);
    await kept.call('trash.setKeepDays', { keepDays: 0 });
    await kept.close();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const purged = await testWorkspace(folder, { runsJobs: false });
    expect(await purged.call('trash.list', {})).toEqual([]);
    expect(existsSync(join(folder, 'runs', id))).toBe(false);
    expect(existsSync(join(folder, 'corpora', corpusId))).toBe(false);
  });
});

describe('the queue', () => {
  it('is put into another order', async () => {
    const workspace = await idle();
    const corpusId = await smallCorpus(workspace);
    const [a, b, c, d] = [
      await scriptedRun(workspace, corpusId, {}),
      await scriptedRun(workspace, corpusId, {}),
      await scriptedRun(workspace, corpusId, {}),
      await scriptedRun(workspace, corpusId, {}),
    ];
    const queue = await workspace.call('runs.move', { runIds: [d.id, b.id], position: 1 });
    expect(queue.map(({ id }) => id)).toEqual([d.id, b.id, a.id, c.id]);
    expect(queue.map(({ queuePosition }) => queuePosition)).toEqual([1, 2, 3, 4]);
    const last = await workspace.call('runs.move', { runIds: [d.id], position: 99 });
    expect(last.map(({ id }) => id)).toEqual([b.id, a.id, c.id, d.id]);
    await workspace.call('runs.stop', { runId: a.id });
    await expect(workspace.call('runs.move', { runIds: [a.id], position: 1 })).rejects.toMatchObject({
      name: 'WrongState',
    });
  });
});

describe('the baseline', () => {
  it('is pinned, told, and gone with its run', async () => {
    const workspace = await idle();
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, {});
    await workspace.call('runs.setBaseline', { runId: id });
    expect(workspace.events.at(-1)).toEqual({ kind: 'baseline', baselineId: id });
    expect(await workspace.call('runs.baseline', {})).toEqual({ baselineId: id });
    await workspace.call('runs.remove', { runId: id });
    expect(await workspace.call('runs.baseline', {})).toEqual({ baselineId: null });
  });
});

describe('new runs from recorded ones', () => {
  it('clone with changes, and differ in nothing else', async () => {
    const workspace = await idle();
    const corpusId = await smallCorpus(workspace);
    const first = await scriptedRun(workspace, corpusId, {}, { settings: { maxSteps: 7, seed: 2 } });
    const clone = await workspace.call('runs.clone', {
      runId: first.id,
      name: 'other rate',
      settings: { learningRate: 0.01 },
    });
    expect(clone).toMatchObject({ name: 'other rate', state: 'queued', seed: 2, corpusId });
    const { rows, runs } = await workspace.call('runs.diff', { runIds: [first.id, clone.id] });
    expect(runs.map((run) => run.id)).toEqual([first.id, clone.id]);
    expect(rows).toEqual([
      {
        section: 'settings',
        name: 'learningRate',
        label: 'Learning rate',
        symbol: null,
        differs: true,
        values: [
          { kind: 'value', value: 0.003, text: '0.003', isDefault: true },
          { kind: 'value', value: 0.01, text: '0.01', isDefault: false },
        ],
      },
    ]);
    const all = await workspace.call('runs.diff', {
      runIds: [first.id, clone.id],
      differencesOnly: false,
    });
    expect(all.rows.find((row) => row.name === 'maxSteps')).toMatchObject({
      differs: false,
      values: [{ value: 7, isDefault: false }, { value: 7 }],
    });
  });

  it('fork from a checkpoint in the middle: its curve branches off and its lineage goes on', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const source = await scriptedRun(workspace, corpusId, { steps: 9, checkpointEvery: 3, metrics: 1 });
    await runIn(workspace, source.id, 'finished');
    const checkpoints = await workspace.call('checkpoints.list', {});
    const middle = checkpoints.find((one) => one.runId === source.id && one.step === 6)!;
    const fork = await workspace.call('runs.fork', {
      checkpointId: middle.id,
      name: '{"steps":12,"metrics":1}',
      settings: { maxSteps: 12 },
    });
    expect(fork).toMatchObject({ step: 6, forkedFrom: { checkpointId: middle.id, step: 6 } });
    const done = await runIn(workspace, fork.id, 'finished');
    expect(done).toMatchObject({ step: 12, state: 'finished' });
    const series = await workspace.call('runs.metrics', { runIds: [source.id, fork.id], names: ['loss'] });
    expect(series.map((one) => one.x)).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    ]);
    const { events } = await workspace.call('runs.get', { runId: fork.id });
    expect(events.map((event) => event.kind)).toContain('forked');
    const final = (await workspace.call('checkpoints.list', {})).find((one) => one.runId === fork.id)!;
    expect(final.rootId).toBe(middle.rootId);

    const restart = await workspace.call('runs.fork', {
      checkpointId: middle.id,
      how: 'restart',
      name: '{"steps":2}',
    });
    expect(restart).toMatchObject({ step: 0, forkedFrom: null, base: { checkpointId: middle.id } });
    await expect(
      workspace.call('runs.fork', { checkpointId: middle.id, settings: { maxSteps: 6 } }),
    ).rejects.toMatchObject({ name: 'InvalidSettings', settings: ['maxSteps'] });
    await expect(workspace.call('checkpoints.remove', { checkpointId: middle.id })).rejects.toMatchObject({
      name: 'CheckpointInUse',
    });
  });

  it('run again exactly, and only where everything is as it was', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const base = await scriptedRun(workspace, corpusId, { steps: 2 });
    await runIn(workspace, base.id, 'finished');
    const first = await scriptedRun(
      workspace,
      corpusId,
      { steps: 3 },
      { stage: 'sft', base: { kind: 'run', runId: base.id }, settings: { seed: 5 } },
    );
    await runIn(workspace, first.id, 'finished');
    const { record } = await workspace.call('runs.get', { runId: first.id });
    expect(record).toMatchObject({
      node: process.versions.node,
      corpusSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      baseSha256: `sha-${base.id}-2`,
      tokenizerSha256: 'tokenizer',
      packages: { 'better-sqlite3': expect.stringMatching(/^\d/) },
    });
    const { run, departures } = await workspace.call('runs.again', {
      runId: first.id,
      name: '{"steps":3}',
    });
    expect(departures.filter((one) => one.kind === 'other-data')).toEqual([]);
    expect(run).toMatchObject({ againOf: first.id, seed: 5, base: { kind: 'checkpoint' } });
    const { rows } = await workspace.call('runs.diff', { runIds: [first.id, run.id] });
    expect(rows.filter((row) => row.section !== 'circumstances')).toEqual([]);
    await until(async () => (await workspace.call('runs.get', { runId: run.id })).run.state === 'finished');

    await workspace.call('corpora.remove', { corpusId });
    const gone = await workspace.call('runs.departures', { runId: first.id });
    expect(gone).toContainEqual({
      name: 'Corpus',
      recorded: record.corpusSha256,
      now: 'not there any more',
      kind: 'other-data',
    });
    await expect(workspace.call('runs.again', { runId: first.id })).rejects.toMatchObject({
      name: 'RecordUnmatched',
      wayOut: expect.stringContaining('clone'),
    });
  });
});
