import { describe, expect, it } from 'vitest';
import { runIn, testWorkspace } from './support.ts';

describe('the sample project', () => {
  it('installs once and leads to checkpoints that can be compared', async () => {
    const workspace = await testWorkspace();
    expect(await workspace.call('sample.get', {})).toMatchObject({
      installed: false,
      runIds: [],
      checkpointIds: [],
    });
    await expect(workspace.call('sample.start', {})).rejects.toMatchObject({ name: 'SampleMissing' });

    const [installed, again] = await Promise.all([
      workspace.call('sample.install', {}),
      workspace.call('sample.install', {}),
    ]);
    expect(installed).toEqual(again);
    expect(installed.installed).toBe(true);
    const corpora = await workspace.call('corpora.list', {});
    const shown = corpora.map(({ name, kind, state, origin }) => [name, kind, state, origin]);
    expect(new Set(shown)).toEqual(
      new Set([
        ['Ledger questions', 'questions', 'ready', 'sample'],
        ['Ledger questions, held out, 1000 drawn, seed 1000', 'questions', 'ready', 'sample'],
        ['Ledger questions, other family, held out, 1000 drawn, seed 1000', 'questions', 'ready', 'sample'],
        ['Ledgers', 'documents', 'ready', 'sample'],
        ['Ledgers, held out, 2000 drawn, seed 1000', 'documents', 'ready', 'sample'],
        ['Ledgers, other family, held out, 2000 drawn, seed 1000', 'documents', 'ready', 'sample'],
      ]),
    );
    expect(shown).toHaveLength(6);
    for (const { name, trainDocuments, validationDocuments } of corpora) {
      expect(validationDocuments).toBeGreaterThan(0);
      // What is held out cannot be trained on.
      expect(trainDocuments === 0, name).toBe(name.includes('held out'));
    }
    const [base] = await workspace.call('checkpoints.list', {});
    expect(base).toMatchObject({
      id: installed.baseCheckpointId,
      name: 'Base',
      origin: 'sample',
      final: true,
    });
    expect(base?.parameters).toBeGreaterThan(100_000);
    const preview = await workspace.call('corpora.tokens', {
      corpusId: installed.corpusId!,
      checkpointId: base!.id,
    });
    expect(preview.unit).toBe('tokens of Base');

    const started = await workspace.call('sample.start', {});
    expect(await workspace.call('sample.start', {})).toMatchObject({ runIds: started.runIds });
    const last = started.runIds.at(-1)!;
    await runIn(workspace, last, 'finished', 'failed');
    const runs = await workspace.call('runs.list', {});
    const walk = started.runIds.map((id) => runs.find((run) => run.id === id)!);
    expect(walk.map(({ name, stage, state }) => [name, stage, state])).toEqual([
      ['Evaluate Base', 'evaluate', 'finished'],
      ['SFT', 'sft', 'finished'],
      ['Evaluate SFT', 'evaluate', 'finished'],
      ['RMT', 'rmt', 'finished'],
      ['Evaluate RMT', 'evaluate', 'finished'],
      ['RLM', 'rlm', 'finished'],
      ['Evaluate RLM', 'evaluate', 'finished'],
    ]);
    expect(walk.every((run) => run.corpusId === installed.corpusId)).toBe(true);
    const { checkpointIds } = await workspace.call('sample.get', {});
    const finals = await workspace.call('checkpoints.list', { finalOnly: true });
    const stages = checkpointIds.map((id) => finals.find((one) => one.id === id)?.stage);
    expect(stages).toEqual(['pretrain', 'sft', 'rmt', 'rlm']);
  });
});
