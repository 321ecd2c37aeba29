/** What the page does with runs, from a terminal: each command in a process of its own, on real short runs. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeFiles } from './support.ts';
import { midtrain } from './terminal.ts';

const TINY = [
  ...['hiddenSize=16', 'numHiddenLayers=1', 'numAttentionHeads=2', 'numKeyValueHeads=1', 'headDim=8'],
  ...['intermediateSize=32', 'vocabSize=300', 'documentsPerStep=2', 'maxSteps=6', 'saveSteps=3'],
].flatMap((setting) => ['--set', setting]);
const TEXTS = Object.fromEntries(
  Array.from({ length: 30 }, (_, i) => [`${i}.txt`, `Text number ${i} says that ${i} plus one is ${i + 1}.`]),
);

describe('from a terminal, runs', () => {
  let workspace = '';
  const json = async (...args: string[]) => {
    const { out, err } = await midtrain(workspace, ...args, '--json');
    expect(out, err).not.toBe('');
    return JSON.parse(out);
  };

  beforeAll(async () => {
    workspace = mkdtempSync(join(tmpdir(), 'midtrain-acts-'));
    await midtrain(workspace, 'import', writeFiles(TEXTS), '--name', 'texts');
    await midtrain(workspace, 'run', 'pretrain', '--corpus', 'texts', ...TINY, '--name', 'first');
  }, 60_000);

  afterAll(() => rmSync(workspace, { recursive: true, force: true }));

  it('are run again exactly, and branch off from a checkpoint with other settings', async () => {
    const first = await json('runs', 'show', 'first');
    const again = await json('runs', 'again', 'first', '--name', 'second');
    expect(again).toMatchObject({
      state: 'finished',
      name: 'second',
      latest: { loss: first.run.latest.loss },
    });
    const halfway = (await json('checkpoints')).find(
      (one: { runName: string; step: number }) => one.runName === 'first' && one.step === 3,
    );
    const forked = await json('runs', 'fork', halfway.id, '--set', 'learningRate=0.05', '--name', 'third');
    expect(forked).toMatchObject({ state: 'finished', step: 6, name: 'third' });
    const wrong = await midtrain(workspace, 'runs', 'fork', halfway.id, '--set', 'learningRate=many');
    expect(wrong).toMatchObject({ code: 1, err: expect.stringContaining('“many” is not a number') });

    const differences = await midtrain(workspace, 'runs', 'diff', 'first', 'third');
    expect(differences.out).toMatch(/Learning rate +\S+ +0\.05/);
    expect(differences.out).not.toContain('Hidden size');
    expect((await midtrain(workspace, 'runs', 'diff', 'first', 'third', '--all')).out).toContain(
      'Hidden size',
    );
  }, 60_000);

  it('are marked, pinned, removed and taken back', async () => {
    const marked = await json(
      'runs',
      'mark',
      'first',
      'second',
      '--tag',
      'slow',
      '--star',
      '--notes',
      'Why?',
    );
    expect(marked).toMatchObject([
      { name: 'first', tags: ['slow'], starred: true, notes: 'Why?' },
      { name: 'second', tags: ['slow'], starred: true },
    ]);
    expect(await json('runs', 'mark', 'first', '--untag', 'slow', '--no-star', '--archive')).toMatchObject([
      { tags: [], starred: false, archived: true, notes: 'Why?' },
    ]);
    expect((await midtrain(workspace, 'runs', 'mark', 'first')).err).toContain('Nothing was asked');
    expect(await json('runs', 'baseline', 'second')).toMatchObject({ baselineId: marked[1].id });
    expect(await json('runs', 'baseline')).toEqual({ baselineId: null });

    await midtrain(workspace, 'runs', 'remove', 'third');
    expect((await midtrain(workspace, 'trash')).out).toMatch(/third +run/);
    await midtrain(workspace, 'trash', 'restore', 'third');
    expect((await midtrain(workspace, 'trash')).out).toContain('Nothing was removed.');
    expect((await midtrain(workspace, 'trash', 'restore', 'third')).err).toMatch(/^NotFound/);
    expect(await json('runs', 'show', 'third')).toMatchObject({ run: { state: 'finished' } });
  }, 60_000);

  it('wait in an order that can be changed', async () => {
    for (const name of ['a', 'b', 'c']) {
      await midtrain(workspace, 'run', 'pretrain', '--corpus', 'texts', ...TINY, '--name', name, '--no-wait');
    }
    const queue: { name: string }[] = await json('runs', 'move', '1', 'c');
    expect(queue.map(({ name }) => name)).toEqual(['c', 'a', 'b']);
    expect((await midtrain(workspace, 'runs', 'move', '0', 'c')).err).toContain('Use a place from 1');
    for (const name of ['a', 'b', 'c']) await midtrain(workspace, 'runs', 'stop', name);
  }, 60_000);

  it('are asked what the others were asked before they are compared', async () => {
    const few = ['--items-per-tier', '3', '--restoration', 'false', '--max-thinking-tokens', '4'];
    await midtrain(workspace, 'eval', 'second', '--corpus', 'texts', '--temperatures', '0', ...few);
    const ids = (await json('checkpoints'))
      .filter((one: { final: boolean }) => one.final)
      .map((one: { id: string }) => one.id);
    const missing = await json('compare', ...ids);
    expect(missing.groups.every((group: { missing: string[] }) => group.missing.length > 0)).toBe(true);
    const compared = await json('compare', ...ids, '--run-missing');
    for (const group of compared.groups) expect(group).toMatchObject({ missing: [] });
    expect((await midtrain(workspace, 'compare', ...ids, '--run-missing')).err).toContain(
      'Nothing is missing',
    );
  }, 60_000);

  it('are held against thresholds of the workspace’s own', async () => {
    const set = await json('settings', '--threshold', 'truncatedShare=0.5', '--keep-days', '7');
    expect(set).toMatchObject({ keepDays: 7, thresholds: { truncatedShare: 0.5, entropyFloor: 0.1 } });
    expect((await midtrain(workspace, 'settings')).out).toMatch(/truncatedShare +0\.5/);
    for (const [given, why] of [
      ['truncatedShare=2', 'truncatedShare: use from 0 to 1'],
      ['minSteps=2.5', 'minSteps: use a whole number from 2 to 10000'],
      ['truncated=1', 'use NAME=VALUE with one of windowShare'],
    ] as const) {
      const refused = await midtrain(workspace, 'settings', '--threshold', given);
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(why) });
    }
    expect(await json('settings', '--default-thresholds')).toMatchObject({
      thresholds: { truncatedShare: 0.3 },
    });
  }, 60_000);
});
