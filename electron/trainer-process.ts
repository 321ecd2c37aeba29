/**
 * The trainer child process: started when a job needs it, kept between jobs so that the engine starts once, watched
 * for signs of life, and replaced after it failed or died. Nothing it does can harm more than its own job.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { constants, totalmem } from 'node:os';
import type { FromTrainer, Job, ToTrainer, UserErrorMessage } from '../trainer/protocol.ts';
import { fromTrainer, PROTOCOL_VERSION } from '../trainer/protocol.ts';
import { lineRing } from './line-ring.ts';

export type JobEnd =
  | { readonly kind: 'finished'; readonly outcome: 'finished' | 'stopped' }
  | { readonly kind: 'failed'; readonly error: UserErrorMessage; readonly lastOutput: string }
  | { readonly kind: 'died'; readonly reason: string; readonly lastOutput: string };

export interface TrainerOptions {
  /** The child's program. */
  readonly entry: string;
  /** Without any message for this long, the child is killed. */
  readonly heartbeatTimeoutMs?: number;
  /** How long a new child may take to say hello. */
  readonly helloTimeoutMs?: number;
  /** How long an unused child is kept, with the memory its engine holds. */
  readonly idleTimeoutMs?: number;
}

export interface Trainer {
  /**
   * Runs one job; messages come in order, already validated, before the promise resolves. It never rejects.
   * @throws if a job is already running
   */
  run(job: Job, onMessage: (message: FromTrainer) => void): Promise<JobEnd>;
  /** To the running job; without one, nothing happens. */
  send(message: Control): void;
  /** Kills the child at once; its job ends as `died` with this reason. */
  kill(reason: string): void;
  /** Process id of the child, or null without one. */
  pid(): number | null;
  /** Its memory in use, as it last said; 0 before that. */
  rssBytes(): number;
  /** Ends the child: kindly, then by force. */
  close(): Promise<void>;
}

interface Child {
  readonly process: ChildProcess;
  readonly output: ReturnType<typeof lineRing>;
  greeted: boolean;
  lastSignMs: number;
  rssBytes: number;
  /** Why we killed it, if we did. */
  killReason: string | null;
  job: RunningJob | null;
  /** Said before the child could listen. */
  readonly unsent: Control[];
  readonly gone: Promise<void>;
}

type Control = Extract<ToTrainer, { kind: 'pause' | 'resume' | 'stop' }>;

interface RunningJob {
  readonly job: Job;
  readonly onMessage: (message: FromTrainer) => void;
  readonly end: (end: JobEnd) => void;
}

const WATCH_INTERVAL_MS = 1000;
/** If our own timer was this late, the machine slept or we were stopped: the child's silence says nothing. */
const OWN_PAUSE_MS = 5000;
const LAST_MESSAGES_MS = 250;
const CLOSE_GRACE_MS = 3000;

export function createTrainer(options: TrainerOptions): Trainer {
  const heartbeatTimeoutMs = options.heartbeatTimeoutMs ?? 60_000;
  const helloTimeoutMs = options.helloTimeoutMs ?? 60_000;
  const idleTimeoutMs = options.idleTimeoutMs ?? 600_000;
  let child: Child | null = null;
  let idleTimer: NodeJS.Timeout | null = null;

  function start(): Child {
    const forked = fork(options.entry, [], {
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
      // A process group of its own: Ctrl-C in a terminal is for us, who then ask it to stop at a step boundary.
      detached: true,
      windowsHide: true,
    });
    const { promise: gone, resolve: setGone } = Promise.withResolvers<void>();
    const started: Child = {
      process: forked,
      output: lineRing(),
      greeted: false,
      lastSignMs: Date.now(),
      rssBytes: 0,
      killReason: null,
      job: null,
      unsent: [],
      gone,
    };
    forked.stdout?.on('data', started.output.push);
    forked.stderr?.on('data', started.output.push);
    forked.on('message', (raw) => receive(started, raw));
    const watch = watchdog(started);
    const ended = (reason: string): void => {
      clearInterval(watch);
      if (child === started) child = null;
      const running = started.job;
      started.job = null;
      running?.end({ kind: 'died', reason, lastOutput: started.output.text() });
      setGone();
    };
    forked.on('error', (error) => ended(`The trainer could not be started: ${error.message}`));
    forked.on('exit', (code, signal) => {
      const finish = (): void => ended(started.killReason ?? describeExit(started, code, signal));
      // What the child sent before it died may still be in the channel, which closes after it.
      if (!forked.connected) setImmediate(finish);
      else {
        const late = setTimeout(finish, LAST_MESSAGES_MS);
        forked.once('disconnect', () => {
          clearTimeout(late);
          setImmediate(finish);
        });
      }
    });
    return started;
  }

  function watchdog(watched: Child): NodeJS.Timeout {
    let lastTickMs = Date.now();
    const startedMs = lastTickMs;
    const timer = setInterval(() => {
      const nowMs = Date.now();
      if (nowMs - lastTickMs > OWN_PAUSE_MS) watched.lastSignMs = nowMs;
      lastTickMs = nowMs;
      if (!watched.greeted && nowMs - startedMs > helloTimeoutMs) {
        killChild(watched, `The trainer did not answer within ${helloTimeoutMs / 1000} s of its start.`);
      } else if (watched.job && nowMs - watched.lastSignMs > heartbeatTimeoutMs) {
        killChild(
          watched,
          `The trainer gave no sign of life for ${heartbeatTimeoutMs / 1000} s and was ended.`,
        );
      }
    }, WATCH_INTERVAL_MS);
    timer.unref();
    return timer;
  }

  function receive(from: Child, raw: unknown): void {
    from.lastSignMs = Date.now();
    if (from.killReason !== null) return;
    const parsed = fromTrainer.safeParse(raw);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      const where = issue ? `${issue.path.join('.')}: ${issue.message}` : '';
      killChild(from, `The trainer sent a message that does not fit the protocol (${where}) and was ended.`);
      return;
    }
    const message = parsed.data;
    switch (message.kind) {
      case 'hello':
        greet(from, message.version);
        return;
      case 'heartbeat':
        from.rssBytes = message.rssBytes;
        return;
      case 'finished':
        endJob(from, { kind: 'finished', outcome: message.outcome });
        return;
      case 'failed':
        endJob(from, { kind: 'failed', error: message.error, lastOutput: from.output.text() });
        // What made a job fail may have left the engine in any state.
        retire(from);
        return;
      default:
        from.job?.onMessage(message);
    }
  }

  function greet(from: Child, version: number): void {
    if (version !== PROTOCOL_VERSION) {
      killChild(
        from,
        `The trainer speaks protocol version ${version}, this program ${PROTOCOL_VERSION}. Run \`npm run build\` again.`,
      );
      return;
    }
    from.greeted = true;
    if (from.job) post(from, { kind: 'job', job: from.job.job });
    for (const control of from.unsent.splice(0)) post(from, control);
  }

  function endJob(from: Child, end: JobEnd): void {
    const running = from.job;
    from.job = null;
    running?.end(end);
    idleTimer = setTimeout(() => retire(from), idleTimeoutMs);
    idleTimer.unref();
  }

  /** Lets a child go that has no job. */
  function retire(old: Child): void {
    if (child === old) child = null;
    post(old, { kind: 'shutdown' });
    const force = setTimeout(() => old.process.kill('SIGKILL'), CLOSE_GRACE_MS);
    old.gone.then(() => clearTimeout(force));
  }

  /** A child that is gone cannot be told anything; its exit is reported where exits are. */
  function post(to: Child, message: ToTrainer): void {
    if (to.process.connected) to.process.send(message, () => undefined);
  }

  function killChild(target: Child, reason: string): void {
    target.killReason ??= reason;
    target.process.kill('SIGKILL');
  }

  return {
    run(job, onMessage) {
      if (child?.job) throw new Error('the trainer already has a job');
      if (idleTimer) clearTimeout(idleTimer);
      const { promise, resolve } = Promise.withResolvers<JobEnd>();
      child ??= start();
      child.job = { job, onMessage, end: resolve };
      child.lastSignMs = Date.now();
      if (child.greeted) post(child, { kind: 'job', job });
      return promise;
    },
    send(message) {
      if (!child?.job) return;
      if (child.greeted) post(child, message);
      else child.unsent.push(message);
    },
    kill(reason) {
      if (child) killChild(child, reason);
    },
    pid: () => child?.process.pid ?? null,
    rssBytes: () => child?.rssBytes ?? 0,
    async close() {
      if (idleTimer) clearTimeout(idleTimer);
      const last = child;
      if (!last) return;
      retire(last);
      await last.gone;
    },
  };
}

/** Why a child that we did not kill is gone, with what may have caused it. */
function describeExit(child: Child, code: number | null, signal: NodeJS.Signals | null): string {
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
  const memory =
    child.rssBytes > 0 ? ` It last used ${gib(child.rssBytes)} of ${gib(totalmem())} memory.` : '';
  const heapFull = child.output.text().includes('heap out of memory');
  if (heapFull) return `The trainer ${how}: it ran out of JavaScript memory.${memory}`;
  if (signal === 'SIGKILL' || code === 128 + constants.signals.SIGKILL) {
    return `The trainer ${how}: killed from outside, or by the system because memory ran out.${memory}`;
  }
  return `The trainer ${how}.${memory}`;
}

function gib(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`;
}
