/** What the user named on the command line: by id, by the start of an id, or by name. */
import type { RunBase } from '../contract/run.ts';
import { AppError } from '../errors.ts';
import type { Application } from '../workspace.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

const MIN_PREFIX = 3;

/** Those that `text` may mean; an exact id or name goes before the start of an id. */
function matches<T extends Named>(all: readonly T[], text: string): T[] {
  const exact = all.filter(({ id, name }) => id === text || name === text);
  if (exact.length > 0 || text.length < MIN_PREFIX) return exact;
  return all.filter(({ id }) => id.startsWith(text));
}

/** @throws AppError NotFound, Ambiguous */
export function findNamed<T extends Named>(all: readonly T[], text: string, what: string, list: string): T {
  const found = matches(all, text);
  if (found.length === 1) return found[0]!;
  if (found.length === 0) {
    throw new AppError('NotFound', `There is no ${what} “${text}”.`, `\`${list}\` lists them.`);
  }
  throw new AppError(
    'Ambiguous',
    `“${text}” may mean ${found.map(({ id, name }) => `${name} (${id})`).join(', ')}.`,
    'Give its id.',
  );
}

export async function findCorpusId(application: Application, text: string): Promise<string> {
  return findNamed(await application.call('corpora.list', {}), text, 'corpus', 'midtrain corpora').id;
}

export async function findRunId(application: Application, text: string): Promise<string> {
  return findNamed(await application.call('runs.list', {}), text, 'run', 'midtrain runs').id;
}

export async function findCheckpointId(application: Application, text: string): Promise<string> {
  const all = await application.call('checkpoints.list', {});
  return findNamed(all, text, 'checkpoint', 'midtrain checkpoints').id;
}

/** A checkpoint, or a run whose final checkpoint will be taken. */
export async function findBase(application: Application, text: string): Promise<RunBase> {
  const checkpoints = await application.call('checkpoints.list', {});
  if (matches(checkpoints, text).length === 0) {
    const runs = await application.call('runs.list', { includeEvaluations: false });
    if (matches(runs, text).length > 0) {
      return { kind: 'run', runId: findNamed(runs, text, 'run', 'midtrain runs').id };
    }
  }
  const { id } = findNamed(checkpoints, text, 'checkpoint or run', 'midtrain checkpoints');
  return { kind: 'checkpoint', checkpointId: id };
}
