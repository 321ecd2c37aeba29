import { describe, expect, it } from 'vitest';
import { runIn, smallCorpus, temporaryFolder, testWorkspace } from './support.ts';

describe('the walk on a corpus', () => {
  it('trains a base, SFT, RMT and RLM, and evaluates each', async () => {
    const workspace = await testWorkspace();
    const corpusId = await smallCorpus(workspace);
    expect(await workspace.call('walks.get', { corpusId })).toBeNull();
    const [walk, again] = await Promise.all([
      workspace.call('walks.start', { corpusId }),
      workspace.call('walks.start', { corpusId }),
    ]);
    expect(again.runIds).toEqual(walk.runIds);
    await runIn(workspace, walk.runIds.at(-1)!, 'finished', 'failed');
    const runs = await workspace.call('runs.list', {});
    const own = walk.runIds.map((id) => runs.find((run) => run.id === id)!);
    expect(own.map(({ name, stage, state }) => [name, stage, state])).toEqual([
      ['Base', 'pretrain', 'finished'],
      ['Evaluate Base', 'evaluate', 'finished'],
      ['SFT', 'sft', 'finished'],
      ['Evaluate SFT', 'evaluate', 'finished'],
      ['RMT', 'rmt', 'finished'],
      ['Evaluate RMT', 'evaluate', 'finished'],
      ['RLM', 'rlm', 'finished'],
      ['Evaluate RLM', 'evaluate', 'finished'],
    ]);
    expect(own.every((run) => run.corpusId === corpusId)).toBe(true);
    const { checkpointIds } = (await workspace.call('walks.get', { corpusId }))!;
    const finals = await workspace.call('checkpoints.list', { finalOnly: true });
    const stages = checkpointIds.map((id) => finals.find((one) => one.id === id)?.stage);
    expect(stages).toEqual(['pretrain', 'sft', 'rmt', 'rlm']);
    expect(await workspace.call('walks.start', { corpusId })).toMatchObject({
      runIds: walk.runIds,
      checkpointIds,
    });
    const other = await workspace.call('walks.start', { corpusId, seed: 1 });
    expect(other.runIds.some((id) => walk.runIds.includes(id))).toBe(false);
  });

  it('is queued whole or not at all', async () => {
    const workspace = await testWorkspace(temporaryFolder(), { runsJobs: false });
    const corpusId = await smallCorpus(workspace);
    await workspace.call('app.setQueueLimit', { queueLimit: 7 });
    await expect(workspace.call('walks.start', { corpusId })).rejects.toMatchObject({ name: 'QueueFull' });
    expect(await workspace.call('runs.list', {})).toEqual([]);
    await expect(workspace.call('walks.start', { corpusId: 'nothing' })).rejects.toMatchObject({
      name: 'NotFound',
    });
  });
});
