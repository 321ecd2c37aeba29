import { expect, it } from 'vitest';
import { entryPath } from '../../electron/paths.ts';
import { importCorpus, runIn, type TestWorkspace, testWorkspace, until, writeFiles } from './support.ts';

const SETTINGS = {
  maxSteps: 60,
  saveSteps: 7,
  hiddenSize: 16,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  numKeyValueHeads: 1,
  headDim: 8,
  intermediateSize: 32,
  vocabSize: 300,
  documentsPerStep: 4,
  warmupSteps: 5,
};

const lossesOf = async (workspace: TestWorkspace, runId: string): Promise<[number, number | null][]> => {
  const [series] = await workspace.call('runs.metrics', { runIds: [runId], names: ['loss'] });
  return series!.x.map((step, i) => [step, series!.y[i]!]);
};

it('the real trainer, killed in mid-run, goes on as if nothing had happened', async () => {
  const workspace = await testWorkspace(undefined, { trainer: { entry: entryPath('trainer') } });
  await workspace.call('app.setEngine', { engineRequest: 'kernels-wasm', threads: 1 });
  const lines = Array.from({ length: 80 }, (_, i) =>
    JSON.stringify({ text: `The number ${i} comes before ${i + 1}.` }),
  );
  const { id: corpusId } = await importCorpus(workspace, {
    paths: [writeFiles({ 'a.jsonl': lines.join('\n') })],
  });
  const create = () => workspace.call('runs.create', { stage: 'pretrain', corpusId, settings: SETTINGS });

  const whole = await create();
  await runIn(workspace, whole.id, 'finished');
  const killed = await create();
  await until(
    async () =>
      workspace.events.some((event) => event.kind === 'metrics' && event.runId === killed.id) ||
      workspace.events.some((event) => event.kind === 'checkpoint' && event.checkpoint.runId === killed.id),
  );
  workspace.killTrainer('Killed by the test.');
  const interrupted = await runIn(workspace, killed.id, 'interrupted', 'finished');
  expect(interrupted).toMatchObject({ state: 'interrupted', reason: 'Killed by the test.' });
  await workspace.call('runs.resume', { runId: killed.id });
  expect(await runIn(workspace, killed.id, 'finished', 'failed')).toMatchObject({
    state: 'finished',
    step: 60,
  });

  const [expected, actual] = [await lossesOf(workspace, whole.id), await lossesOf(workspace, killed.id)];
  expect(actual.map(([step]) => step)).toEqual(expected.map(([step]) => step));
  actual.forEach(([step, loss], i) => {
    expect(Math.abs(loss! - expected[i]![1]!), `loss of step ${step}`).toBeLessThan(1e-5);
  });
});
