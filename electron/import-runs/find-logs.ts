/** Logs below the given files and folders, gathered into runs. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';

export type LogFormat = 'tensorboard' | 'trainer_state' | 'jsonl';

export interface FoundLog {
  readonly format: LogFormat;
  readonly name: string;
  /** One, or the event files of a folder. */
  readonly paths: readonly string[];
}

export interface Found {
  readonly logs: readonly FoundLog[];
  /** Files given by name that are no log. */
  readonly unknown: readonly string[];
}

function formatOf(path: string): LogFormat | null {
  const name = basename(path);
  if (name.includes('.tfevents.')) return 'tensorboard';
  if (name.endsWith('.jsonl')) return 'jsonl';
  return name === 'trainer_state.json' || (name.endsWith('.json') && name.includes('trainer_state'))
    ? 'trainer_state'
    : null;
}

interface Listed {
  readonly path: string;
  /** What was given, which it lies in. */
  readonly root: string;
  readonly isGiven: boolean;
}

async function filesIn(root: string): Promise<Listed[]> {
  if ((await stat(root)).isFile()) return [{ path: root, root: dirname(root), isGiven: true }];
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => ({ path: join(entry.parentPath, entry.name), root, isGiven: false }))
    .sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

/** Of the checkpoints of one training, each of which repeats the log so far, the last one’s. */
function lastOfCheckpoints(states: readonly Listed[]): Listed[] {
  const training = (path: string): string =>
    /^checkpoint-\d+$/.test(basename(dirname(path))) ? dirname(dirname(path)) : dirname(path);
  const step = (path: string): number =>
    Number(/^checkpoint-(\d+)$/.exec(basename(dirname(path)))?.[1] ?? Number.POSITIVE_INFINITY);
  return [...Map.groupBy(states, ({ path }) => `${training(path)}\n${basename(path)}`).values()].map((list) =>
    list.reduce((last, one) => (step(one.path) >= step(last.path) ? one : last)),
  );
}

/** @throws where a path cannot be read */
export async function findLogs(paths: readonly string[]): Promise<Found> {
  const files = (await Promise.all(paths.map(filesIn))).flat();
  const of = (format: LogFormat) => files.filter(({ path }) => formatOf(path) === format);
  const events = [...Map.groupBy(of('tensorboard'), ({ path }) => dirname(path))].map(
    ([folder, list]): FoundLog => ({
      format: 'tensorboard',
      name: relative(list[0]!.root, folder) || basename(folder),
      paths: list.map(({ path }) => path),
    }),
  );
  const states = lastOfCheckpoints(of('trainer_state')).map(({ path }): FoundLog => {
    const folder = dirname(path);
    const isCheckpoint = /^checkpoint-\d+$/.test(basename(folder));
    return {
      format: 'trainer_state',
      name: basename(isCheckpoint ? dirname(folder) : folder),
      paths: [path],
    };
  });
  const lines = of('jsonl').map(
    ({ path }): FoundLog => ({ format: 'jsonl', name: basename(path, '.jsonl'), paths: [path] }),
  );
  return {
    logs: [...events, ...states, ...lines],
    unknown: files.filter(({ path, isGiven }) => isGiven && formatOf(path) === null).map(({ path }) => path),
  };
}
