import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  importCorpus,
  runIn,
  scriptedRun,
  smallCorpus,
  temporaryFolder,
  testWorkspace,
  until,
  writeFiles,
} from './support.ts';

const losses = async (workspace: Awaited<ReturnType<typeof testWorkspace>>, runId: string) => {
  const [series] = await workspace.call('runs.metrics', { runIds: [runId], names: ['loss'] });
  return series;
};

describe('an estimate', () => {
  it('tells memory and the largest model that fits; of another engine, that it is not its own', async () => {
    const workspace = await testWorkspace();
    const asked = { stage: 'pretrain' as const, corpusId: await smallCorpus(workspace) };
    const estimate = await workspace.call('runs.estimate', asked);
    expect(estimate.memoryBytes).toBeGreaterThan(100e6);
    expect(estimate.largestModel!.parameters).toBeGreaterThan(estimate.parameters);
    expect(estimate.memoryNote).toBeNull();
    await workspace.call('app.setEngine', { engineRequest: 'tensorflow-cpu', threads: 1 });
    const other = await workspace.call('runs.estimate', asked);
    expect(other.memoryNote).toContain('tensorflow-cpu');
  });
});

describe('a run', () => {
  it('goes from the queue to its end, everything recorded', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const created = await scriptedRun(workspace, corpusId, { steps: 30, checkpointEvery: 10 });
    const run = await runIn(workspace, created.id, 'finished');
    expect(run).toMatchObject({
      step: 30,
      totalSteps: 30,
      reason: null,
      parameters: 1000,
      engine: { name: 'scripted' },
      queuePosition: null,
      corpusName: 'test',
      latest: { loss: 1 / 30, wall_time: 30 },
    });
    const series = await losses(workspace, run.id);
    expect(series).toMatchObject({ total: 30, low: null, x: Array.from({ length: 30 }, (_, i) => i + 1) });
    expect(series?.y).toEqual(series?.x.map((step) => 1 / step));
    expect(await workspace.call('runs.get', { runId: run.id })).toMatchObject({
      record: { node: process.versions.node, corpusSha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
    });
    const { samples, steps } = await workspace.call('runs.samples', { runId: run.id, step: 7 });
    expect(steps.length).toBe(30);
    expect(samples).toMatchObject([{ promptText: 'prompt 7', tier: 'hard', rewards: { match: 1 } }]);
    const checkpoints = await workspace.call('checkpoints.list', {});
    expect(checkpoints.map(({ step, final }) => [step, final])).toEqual([
      [30, true],
      [20, false],
      [10, false],
    ]);
    const { events } = await workspace.call('runs.get', { runId: run.id });
    expect(events.map((event) => event.kind)).toEqual(['queued', 'running', 'finished']);
    const states = workspace.events.flatMap((event) => (event.kind === 'run' ? [event.run.state] : []));
    expect([...new Set(states)]).toEqual(['queued', 'running', 'finished']);
  });

  it('pauses, goes on, stops with a checkpoint and can be resumed', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 400, stepMs: 4 });
    await runIn(workspace, id, 'running');
    expect((await workspace.call('runs.pause', { runId: id })).state).toBe('pausing');
    const paused = await runIn(workspace, id, 'paused');
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect((await runIn(workspace, id, 'paused')).step).toBeLessThanOrEqual(paused.step + 1);
    await workspace.call('runs.resume', { runId: id });
    await runIn(workspace, id, 'running');
    await workspace.call('runs.stop', { runId: id });
    const stopped = await runIn(workspace, id, 'stopped');
    expect(stopped.reason).toBe('Stopped by the user.');
    expect(stopped.step).toBeLessThan(400);
    const [checkpoint] = await workspace.call('checkpoints.list', {});
    expect(checkpoint).toMatchObject({ step: stopped.step, final: false });
    await workspace.call('runs.resume', { runId: id });
    await workspace.call('runs.stop', { runId: id });
  });

  it('killed from outside is interrupted within a second and goes on from its last checkpoint', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, {
      steps: 60,
      checkpointEvery: 10,
      crash: { step: 37, code: 9 },
    });
    const run = await runIn(workspace, id, 'interrupted');
    expect(run.reason).toContain('exit code 9');
    expect((await workspace.call('runs.get', { runId: id })).lastOutput).toContain('about to crash');
    expect((await losses(workspace, id))?.total).toBe(37);

    const queued = await workspace.call('runs.resume', { runId: id });
    expect(['queued', 'running']).toContain(queued.state);
    await runIn(workspace, id, 'finished');
    const series = await losses(workspace, id);
    expect(series?.x).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
    const { steps } = await workspace.call('runs.samples', { runId: id });
    expect(steps).toEqual(series?.x);
    const { events } = await workspace.call('runs.get', { runId: id });
    expect(events.map((event) => event.text)).toContain(
      'Back to the checkpoint of step 30. What steps 31 to 37 recorded is dropped.',
    );
  });

  it('without any checkpoint starts over, and says so', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 8, crash: { step: 5, code: 1 } });
    await runIn(workspace, id, 'interrupted');
    // The fixture crashes again as long as it starts afresh.
    await workspace.call('runs.resume', { runId: id });
    await until(async () => {
      const { events } = await workspace.call('runs.get', { runId: id });
      return events.filter((event) => event.kind === 'interrupted').length === 2;
    });
    expect((await losses(workspace, id))?.total).toBe(5);
    const { events } = await workspace.call('runs.get', { runId: id });
    expect(events.map((event) => event.text)).toContain(
      'Starts over. What steps 1 to 5 recorded is dropped.',
    );
  });

  it('falls back to an earlier checkpoint if the last one’s folder is gone', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, {
      steps: 40,
      checkpointEvery: 10,
      crash: { step: 25, code: 1 },
    });
    await runIn(workspace, id, 'interrupted');
    rmSync(join(folder, 'runs', id, 'checkpoints', 'step-20'), { recursive: true });
    await workspace.call('runs.resume', { runId: id });
    await runIn(workspace, id, 'finished');
    const list = await workspace.call('checkpoints.list', {});
    expect(list.map(({ step }) => step)).toEqual([40, 30, 20, 10]);
    expect((await losses(workspace, id))?.total).toBe(40);
  });

  it('that fails keeps the reason and the output; the next one runs all the same', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const bad = await scriptedRun(workspace, corpusId, { failAt: 2 });
    const good = await scriptedRun(workspace, corpusId, { steps: 3 });
    expect(await runIn(workspace, bad.id, 'failed')).toMatchObject({
      reason: 'It failed as told. Do not tell it to.',
    });
    expect(await runIn(workspace, good.id, 'finished')).toMatchObject({ step: 3 });
  });

  it('whose results cannot be written is interrupted, and says so', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 100_000, stepMs: 2 });
    await until(async () => workspace.events.some((event) => event.kind === 'metrics'));
    const { default: SQLite } = await import('better-sqlite3');
    const saboteur = new SQLite(join(folder, 'midtrain.db'));
    saboteur.exec('DROP TABLE metric_chunks');
    saboteur.close();
    expect(await runIn(workspace, id, 'interrupted')).toMatchObject({
      reason: expect.stringMatching(/results could not be written down: no such table/),
    });
  });

  it('is interrupted when the process that ran it is gone', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 3 });
    await runIn(workspace, id, 'finished');
    await workspace.close();
    // As a power cut leaves it.
    const { default: SQLite } = await import('better-sqlite3');
    const db = new SQLite(join(folder, 'midtrain.db'));
    db.prepare("UPDATE runs SET state = 'running'").run();
    db.prepare("UPDATE corpora SET state = 'importing'").run();
    db.close();
    const again = await testWorkspace(folder);
    expect(await runIn(again, id, 'interrupted')).toMatchObject({
      reason: expect.stringContaining('Resume it'),
    });
    expect((await again.call('corpora.get', { corpusId })).corpus.state).toBe('failed');
    expect(existsSync(join(folder, 'corpora', corpusId))).toBe(false);
  });

  it('under way when the workspace closes is stopped at a step, with a reason', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 10_000, stepMs: 5 });
    const waiting = await scriptedRun(workspace, corpusId, { steps: 1 });
    await runIn(workspace, id, 'running');
    await workspace.close();
    const again = await testWorkspace(folder, { runsJobs: false });
    expect(await runIn(again, id, 'stopped')).toMatchObject({ reason: expect.stringContaining('closed') });
    expect(await runIn(again, waiting.id, 'queued')).toMatchObject({ queuePosition: 1 });
  });
});

describe('the queue', () => {
  it('runs one at a time in order, and a run waits for the run it starts from', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const first = await scriptedRun(workspace, corpusId, { steps: 40, stepMs: 2 });
    const second = await scriptedRun(
      workspace,
      corpusId,
      { steps: 2 },
      { stage: 'sft', base: { kind: 'run', runId: first.id } },
    );
    const third = await scriptedRun(
      workspace,
      corpusId,
      { steps: 2 },
      { stage: 'evaluate', base: { kind: 'run', runId: second.id } },
    );
    const listed = await workspace.call('runs.list', {});
    expect(listed.map(({ queuePosition }) => queuePosition)).toEqual([2, 1, null]);
    await runIn(workspace, third.id, 'finished', 'failed');
    const startedAt = await Promise.all(
      [first, second, third].map(
        async ({ id }) => (await runIn(workspace, id, 'finished', 'failed')).startedAtMs,
      ),
    );
    expect(startedAt).toEqual([...startedAt].sort());
    const finals = await workspace.call('checkpoints.list', { finalOnly: true });
    const of = (runId: string) => finals.find((checkpoint) => checkpoint.runId === runId);
    expect(of(second.id)).toMatchObject({ parentId: of(first.id)?.id, rootId: of(first.id)?.id });
  });

  it('fails a run whose base failed, with the reason', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const first = await scriptedRun(workspace, corpusId, { failAt: 3, stepMs: 10 });
    const second = await scriptedRun(
      workspace,
      corpusId,
      {},
      { stage: 'sft', base: { kind: 'run', runId: first.id } },
    );
    expect(await runIn(workspace, second.id, 'failed')).toMatchObject({
      reason: expect.stringContaining('which failed: It failed as told.'),
    });
  });

  it('lets a run wait, with words, for one that was interrupted', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const first = await scriptedRun(workspace, corpusId, {
      steps: 20,
      checkpointEvery: 5,
      crash: { step: 12, code: 1 },
    });
    const second = await scriptedRun(
      workspace,
      corpusId,
      { steps: 2 },
      { stage: 'sft', base: { kind: 'run', runId: first.id } },
    );
    await runIn(workspace, first.id, 'interrupted');
    const waiting = await until(async () => {
      const run = await runIn(workspace, second.id, 'queued');
      return run.reason?.includes('interrupted') && run;
    });
    expect(waiting.reason).toContain('resume or remove that run');
    await workspace.call('runs.resume', { runId: first.id });
    expect(await runIn(workspace, second.id, 'finished')).toMatchObject({ reason: null });
  });

  it('is refused when full', async () => {
    const workspace = await testWorkspace(temporaryFolder(), { runsJobs: false });
    const corpusId = await smallCorpus(workspace);
    expect(await workspace.call('app.info', {})).toMatchObject({ queueLimit: 100 });
    await workspace.call('app.setQueueLimit', { queueLimit: 3 });
    for (let i = 0; i < 3; i++) await scriptedRun(workspace, corpusId, {});
    await expect(scriptedRun(workspace, corpusId, {})).rejects.toMatchObject({
      name: 'QueueFull',
      wayOut: expect.stringContaining('remove queued runs'),
    });
  });

  it('lets a queued run be taken out; the others move up', async () => {
    const workspace = await testWorkspace(temporaryFolder(), { runsJobs: false });
    const corpusId = await smallCorpus(workspace);
    const [a, b, c] = [
      await scriptedRun(workspace, corpusId, {}),
      await scriptedRun(workspace, corpusId, {}),
      await scriptedRun(workspace, corpusId, {}),
    ];
    await workspace.call('runs.stop', { runId: b.id });
    const places = await Promise.all(
      [a, b, c].map(async ({ id }) => (await workspace.call('runs.get', { runId: id })).run.queuePosition),
    );
    expect(places).toEqual([1, null, 2]);
    expect(await workspace.call('runs.resume', { runId: b.id })).toMatchObject({
      state: 'queued',
      queuePosition: 3,
    });
  });
});

describe('what cannot be', () => {
  it('is refused by name, with a way out', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const create = (input: Parameters<typeof workspace.call<'runs.create'>>[1]) =>
      workspace.call('runs.create', input);
    const refused = async (promise: Promise<unknown>, name: string) =>
      expect(promise).rejects.toMatchObject({ name, wayOut: expect.stringMatching(/\w{3}/) });

    await expect(
      create({ stage: 'pretrain', corpusId, settings: { maxSteps: 0, wrong: 1 } }),
    ).rejects.toMatchObject({
      name: 'InvalidSettings',
      settings: ['maxSteps', 'wrong'],
    });
    await expect(
      create({ stage: 'pretrain', corpusId, settings: { numAttentionHeads: 4, numKeyValueHeads: 3 } }),
    ).rejects.toMatchObject({ name: 'InvalidSettings', settings: ['numAttentionHeads', 'numKeyValueHeads'] });
    await refused(create({ stage: 'pretrain' }), 'MissingCorpus');
    await refused(create({ stage: 'pretrain', corpusId: 'nothere' }), 'NotFound');
    await refused(create({ stage: 'rmt', corpusId }), 'MissingBase');
    await refused(create({ stage: 'posttrain', questionsId: corpusId }), 'WrongCorpusKind');

    const paths = [
      writeFiles({ 'q.jsonl': '{"question":"1+1","answer":2}\n{"question":"1+2","answer":"3"}' }),
    ];
    const questions = await importCorpus(workspace, { paths, kind: 'questions' });
    await refused(create({ stage: 'pretrain', corpusId: questions.id }), 'WrongCorpusKind');
    const allTrain = await importCorpus(workspace, {
      paths: [writeFiles({ 'a.txt': 'x' })],
      validationShare: 0,
    });
    const { id } = await scriptedRun(workspace, corpusId, { steps: 1 });
    await runIn(workspace, id, 'finished');
    const base = { kind: 'run', runId: id } as const;
    await refused(create({ stage: 'evaluate', corpusId: allTrain.id, base }), 'NothingHeldOut');
    rmSync(join(folder, 'runs', id, 'checkpoints'), { recursive: true });
    await refused(create({ stage: 'sft', corpusId, base }), 'MissingCheckpoint');
    await refused(workspace.call('runs.pause', { runId: id }), 'WrongState');
    await refused(workspace.call('runs.resume', { runId: id }), 'WrongState');
    await refused(workspace.call('runs.get', { runId: 'none' }), 'NotFound');

    const failed = await scriptedRun(workspace, corpusId, { failAt: 1 });
    await runIn(workspace, failed.id, 'failed');
    await refused(create({ stage: 'sft', corpusId, base: { kind: 'run', runId: failed.id } }), 'BaseFailed');
    await refused(
      workspace.callJson('no.such', {}, { host: 'terminal', mayRead: () => true }),
      'UnknownCall',
    );
    await refused(
      workspace.callJson('runs.get', {}, { host: 'terminal', mayRead: () => true }),
      'InvalidInput',
    );
  });

  it('removing what others need is refused, and possible once they are gone', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    const corpusId = await smallCorpus(workspace);
    const long = await scriptedRun(workspace, corpusId, { steps: 5000, stepMs: 5 });
    await runIn(workspace, long.id, 'running');
    const refused = (promise: Promise<unknown>, name: string) =>
      expect(promise).rejects.toMatchObject({ name });
    await refused(workspace.call('runs.remove', { runId: long.id }), 'RunActive');
    await refused(workspace.call('corpora.remove', { corpusId }), 'CorpusInUse');
    await workspace.call('runs.stop', { runId: long.id });
    await runIn(workspace, long.id, 'stopped');

    const base = await scriptedRun(workspace, corpusId, { steps: 2, metrics: 3 });
    const child = await scriptedRun(
      workspace,
      corpusId,
      { steps: 2 },
      { stage: 'sft', base: { kind: 'run', runId: base.id } },
    );
    await runIn(workspace, child.id, 'finished');
    const finals = await workspace.call('checkpoints.list', { finalOnly: true });
    const root = finals.find(({ runId }) => runId === base.id)!;
    await refused(workspace.call('checkpoints.remove', { checkpointId: root.id }), 'CheckpointInUse');
    await refused(workspace.call('runs.remove', { runId: base.id }), 'CheckpointInUse');
    await workspace.call('runs.remove', { runId: child.id });
    await workspace.call('runs.remove', { runId: base.id });
    expect((await workspace.call('runs.list', {})).map(({ id }) => id)).toEqual([long.id]);
    await workspace.call('corpora.remove', { corpusId });
    expect(await workspace.call('runs.get', { runId: long.id })).toMatchObject({
      run: { corpusId: null, corpusName: 'test' },
    });
    expect(existsSync(join(folder, 'runs', base.id))).toBe(true);
    await workspace.call('trash.purge', {});
    expect(existsSync(join(folder, 'runs', base.id))).toBe(false);
    expect(await workspace.call('trash.list', {})).toEqual([]);
  });
});

describe('a workspace', () => {
  it('has one owner; the next one is told who', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder);
    await expect(testWorkspace(folder)).rejects.toMatchObject({
      name: 'WorkspaceBusy',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await workspace.close();
    const again = await testWorkspace(folder);
    expect((await again.call('app.info', {})).workspace).toBe(folder);
  });

  it('that cannot be written is refused by name', async () => {
    const folder = join(writeFiles({ file: 'x' }), 'file', 'workspace');
    await expect(testWorkspace(folder)).rejects.toMatchObject({ name: 'WorkspaceUnwritable' });
  });

  it('renames runs with the checkpoints named after them', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 4, checkpointEvery: 2 });
    await runIn(workspace, id, 'finished');
    await workspace.call('runs.rename', { runId: id, name: 'Better' });
    const names = (await workspace.call('checkpoints.list', {})).map(({ name }) => name);
    expect(names).toEqual(['Better', 'Better, step 2']);
  });

  it('closes a run that cannot reach a step in time by force', async () => {
    const folder = temporaryFolder();
    const workspace = await testWorkspace(folder, { closeGraceMs: 200 });
    const corpusId = await smallCorpus(workspace);
    const { id } = await scriptedRun(workspace, corpusId, { steps: 2, stepMs: 60_000 });
    await runIn(workspace, id, 'running');
    await workspace.close();
    const again = await testWorkspace(folder, { runsJobs: false });
    expect(await runIn(again, id, 'interrupted')).toMatchObject({
      reason: expect.stringContaining('was closed'),
    });
  });
});
