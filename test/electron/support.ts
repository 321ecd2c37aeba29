import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from 'vitest';
import type { Corpus } from '../../electron/contract/corpora.ts';
import type { Run, RunState } from '../../electron/contract/run.ts';
import {
  type ContractName,
  contract,
  type EventMessage,
  eventMessage,
  type Input,
} from '../../electron/contract.ts';
import { openWorkspace, type Workspace, type WorkspaceOptions } from '../../electron/workspace.ts';
import type { Script } from './fixtures/scripted-trainer.ts';

export const scriptedTrainer = join(import.meta.dirname, 'fixtures', 'scripted-trainer.ts');

const cleanUps: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});
export function onCleanUp(cleanUp: () => void | Promise<void>): void {
  cleanUps.push(cleanUp);
}

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'midtrain-test-'));
  onCleanUp(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files, named by relative path, and gives the folder. */
export function writeFiles(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export interface TestWorkspace extends Workspace {
  readonly events: EventMessage[];
}

/** A real workspace; its trainer is the scripted one unless told otherwise. Answers and events are checked by the contract. */
export async function testWorkspace(
  folder = temporaryFolder(),
  options: WorkspaceOptions = {},
): Promise<TestWorkspace> {
  const workspace = await openWorkspace(folder, {
    closeGraceMs: 2000,
    ...options,
    trainer: { entry: scriptedTrainer, ...options.trainer },
  });
  const events: EventMessage[] = [];
  workspace.subscribe((event) => events.push(eventMessage.parse(event)));
  let closed = false;
  const close = async (): Promise<void> => {
    if (closed) return;
    closed = true;
    await workspace.close();
  };
  onCleanUp(close);
  return {
    ...workspace,
    events,
    close,
    call: async <N extends ContractName>(name: N, input: Input<N>) => {
      const output = await workspace.call(name, input);
      contract[name].output.parse(output);
      return output;
    },
  };
}

/** Asks until the answer is given. */
export async function until<T>(
  ask: () => Promise<T | null | undefined | false>,
  withinMs = 20_000,
): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`it did not happen within ${withinMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function importCorpus(
  workspace: Workspace,
  asked: Omit<Input<'corpora.import'>, 'name' | 'source'> & { readonly paths: readonly string[] },
): Promise<Corpus> {
  const { paths, ...options } = asked;
  const { id } = await workspace.call('corpora.import', {
    name: 'test',
    source: { kind: 'paths', paths: [...paths] },
    ...options,
  });
  return until(async () => {
    const { corpus } = await workspace.call('corpora.get', { corpusId: id });
    return corpus.state !== 'importing' && corpus;
  });
}

/** A ready corpus of a few documents. */
export async function smallCorpus(workspace: Workspace): Promise<string> {
  const lines = Array.from({ length: 20 }, (_, i) => JSON.stringify({ text: `document ${i}` }));
  const folder = writeFiles({ 'a.jsonl': lines.join('\n') });
  return (await importCorpus(workspace, { paths: [folder] })).id;
}

/** Queues a run that does what its script says. */
export async function scriptedRun(
  workspace: Workspace,
  corpusId: string,
  script: Script,
  more: Partial<Input<'runs.create'>> = {},
): Promise<Run> {
  return workspace.call('runs.create', {
    stage: 'pretrain',
    corpusId,
    name: JSON.stringify(script),
    ...more,
  });
}

export async function runIn(workspace: Workspace, runId: string, ...states: RunState[]): Promise<Run> {
  return until(async () => {
    const { run } = await workspace.call('runs.get', { runId });
    return states.includes(run.state) && run;
  });
}
