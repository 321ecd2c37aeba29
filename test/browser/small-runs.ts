/** Real runs of seconds, so that pages have something to show. */
import { expect } from 'vitest';
import type { Run } from '../../electron/contract/run.ts';
import type { NewRun } from '../../electron/contract/runs.ts';
import type { Workspace } from '../../electron/workspace.ts';
import { writeTexts } from './texts.ts';

export const SHORT_DOCUMENTS = { maxDocumentTokens: 64, documentsPerStep: 8 };
export const SMALL_ROLLOUTS = {
  promptsPerStep: 4,
  numGenerations: 4,
  maxThinkingTokens: 12,
  sampleSteps: 2,
  maxSteps: 6,
};
const SMALL_MODEL = {
  hiddenSize: 32,
  numHiddenLayers: 1,
  numAttentionHeads: 2,
  numKeyValueHeads: 2,
  headDim: 16,
};

/** Queues a run and resolves to it once it is over. */
export function runToEnd(workspace: Workspace, input: NewRun): Promise<Run> {
  const { promise, resolve } = Promise.withResolvers<Run>();
  const created = workspace.call('runs.create', input);
  const end = workspace.subscribe((event) => {
    if (event.kind !== 'run' || !['finished', 'failed', 'interrupted'].includes(event.run.state)) return;
    void created.then(({ id }) => {
      if (event.run.id !== id) return;
      end();
      resolve(event.run);
    });
  });
  return promise;
}

export async function finalCheckpoint(workspace: Workspace, run: Run): Promise<string> {
  expect(run.reason).toBeNull();
  const checkpoints = await workspace.call('checkpoints.list', { finalOnly: true });
  const made = checkpoints.find(({ runId }) => runId === run.id);
  if (!made) throw new Error(`${run.name} left no checkpoint.`);
  return made.id;
}

/** @returns its id, once it is ready */
export async function importTexts(workspace: Workspace, scratch: string): Promise<string> {
  const { id } = await workspace.call('corpora.import', {
    name: 'Days',
    source: { kind: 'paths', paths: [writeTexts(scratch)] },
    splitOn: 'blank-line',
  });
  const ready = Promise.withResolvers<void>();
  const end = workspace.subscribe((event) => {
    if (event.kind === 'corpus' && event.corpus.state === 'ready') ready.resolve();
  });
  if ((await workspace.call('corpora.get', { corpusId: id })).corpus.state !== 'ready') await ready.promise;
  end();
  return id;
}

/** @returns the checkpoint of a small model that saw a little of the corpus */
export async function trainBase(workspace: Workspace, corpusId: string): Promise<string> {
  const run = await runToEnd(workspace, {
    stage: 'pretrain',
    corpusId,
    settings: { ...SMALL_MODEL, ...SHORT_DOCUMENTS, vocabSize: 300, maxSteps: 40 },
  });
  return finalCheckpoint(workspace, run);
}
