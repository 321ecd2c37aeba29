/** The trainer process as its owner sees it: forked for real, its messages parsed. */
import { type ChildProcess, fork } from 'node:child_process';
import { type FromTrainer, fromTrainer, type Job, type ToTrainer } from '../../trainer/protocol.ts';

const ENTRY = new URL('../../trainer/main.ts', import.meta.url);

/** Less than a test has, so that what is known is told. */
const PATIENCE_MS = 150_000;

export interface TrainerUnderTest {
  readonly child: ChildProcess;
  readonly messages: FromTrainer[];
  send(message: ToTrainer): void;
  /** The first message, past or coming, for which `test` holds. Fails if the process ends before it. */
  until<T extends FromTrainer>(test: (message: FromTrainer) => message is T): Promise<T>;
  end(): Promise<void>;
}

export function startTrainer(): TrainerUnderTest {
  const child = fork(ENTRY, { serialization: 'advanced', stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  const messages: FromTrainer[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const check of [...waiting]) check();
  };
  child.on('message', (raw) => {
    messages.push(fromTrainer.parse(raw));
    wake();
  });
  /** Heartbeats after the last other message say whether its thread still turns. */
  const told = (): string => {
    const lastWord = messages.findLastIndex(({ kind }) => kind !== 'heartbeat');
    const beats = messages.length - 1 - lastWord;
    return `its last message was ${JSON.stringify(messages[lastWord])}, ${beats} heartbeats ago; it wrote:\n${output}`;
  };
  let exited = false;
  child.on('exit', () => {
    exited = true;
    wake();
  });
  return {
    child,
    messages,
    send: (message) => child.send(message),
    until<T extends FromTrainer>(test: (message: FromTrainer) => message is T) {
      return new Promise<T>((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(check);
          reject(new Error(`the trainer is still at it; ${told()}`));
        }, PATIENCE_MS);
        const check = (): void => {
          const found = messages.find(test);
          if (found) resolve(found);
          else if (exited) reject(new Error(`the trainer ended first; ${told()}`));
          else return;
          clearTimeout(late);
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      });
    },
    async end() {
      if (exited) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await gone;
    },
  };
}

export function is<K extends FromTrainer['kind']>(
  ...kinds: K[]
): (message: FromTrainer) => message is Extract<FromTrainer, { kind: K }> {
  return (message): message is Extract<FromTrainer, { kind: K }> =>
    (kinds as string[]).includes(message.kind);
}

/** A job with the fields every test shares. */
export function jobFor(folder: string, job: Partial<Job> & Pick<Job, 'stage' | 'settings'>): Job {
  return {
    runId: 'run',
    runName: 'test',
    folder,
    documents: null,
    questions: null,
    base: null,
    tierReference: null,
    resume: null,
    entropyFolder: `${folder}/entropy`,
    engine: { request: 'kernels-wasm', threads: 1, cacheFolder: `${folder}/cache` },
    ...job,
  };
}
