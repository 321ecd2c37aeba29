/**
 * The trainer process: takes one job at a time from its owner, runs it on an engine, and tells what happens. It reads
 * and writes only the paths in the job.
 */

import { resolveStage } from './config/stages.ts';
import type { Engine } from './engine/engine.ts';
import { selectEngine } from './engine/select.ts';
import { evaluate } from './evaluation/evaluate.ts';
import { pretrain, sft } from './methods/documents.ts';
import { posttrain } from './methods/posttrain.ts';
import { rlm } from './methods/rlm.ts';
import { rmt } from './methods/rmt.ts';
import type { Control, Surroundings } from './methods/run.ts';
import {
  type FromTrainer,
  HEARTBEAT_INTERVAL_MS,
  type Job,
  PROTOCOL_VERSION,
  toTrainer,
  type UserErrorMessage,
} from './protocol.ts';

/** Pause and stop as asked for by messages. */
function createControl(emit: (message: FromTrainer) => void): Control & {
  pause(): void;
  resume(): void;
  stop(): void;
} {
  let paused = false;
  let stopped = false;
  let wake: (() => void) | null = null;
  const wakeUp = (): void => {
    wake?.();
    wake = null;
  };
  return {
    pause() {
      paused = true;
    },
    resume() {
      paused = false;
      wakeUp();
    },
    stop() {
      stopped = true;
      wakeUp();
    },
    async proceed() {
      // Messages that arrived during the step are delivered first.
      await new Promise((resolve) => setImmediate(resolve));
      if (!paused || stopped) return !stopped;
      emit({ kind: 'paused' });
      while (paused && !stopped) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      if (!stopped) emit({ kind: 'resumed' });
      return !stopped;
    },
  };
}

async function runStage(around: Surroundings): Promise<'finished' | 'stopped'> {
  const { job } = around;
  const { values, problems } = resolveStage(job.stage, job.settings);
  const problem = problems[0];
  if (problem)
    throw Object.assign(new Error(problem.message), { name: 'BadSettings', wayOut: problem.wayOut });
  // The stage's name decides the type of its values; the compiler cannot follow that through resolveStage.
  const settings = values as never;
  switch (job.stage) {
    case 'pretrain':
      return pretrain(around, settings);
    case 'sft':
      return sft(around, settings);
    case 'rmt':
    case 'rpt':
      return rmt(around, settings);
    case 'rlm':
      return rlm(around, settings);
    case 'posttrain':
      return posttrain(around, settings);
    case 'evaluate':
      return evaluate(around, settings);
    default:
      return job.stage satisfies never;
  }
}

/** Expected errors carry a way out; anything else is a bug and says so. */
function describeError(error: unknown): UserErrorMessage {
  if (error instanceof Error && 'wayOut' in error && typeof error.wayOut === 'string') {
    return { name: error.name, message: error.message, wayOut: error.wayOut };
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    name: 'TrainerBug',
    message: `The trainer failed unexpectedly: ${detail}`,
    wayOut:
      'This is a fault of Midtrain: please report it with the text above. The run can be resumed from its last checkpoint.',
  };
}

export function main(): void {
  const send = process.send?.bind(process);
  if (!send) throw new Error('the trainer is started by the application, not by hand');
  const emit = (message: FromTrainer): void => {
    send(message);
  };
  let engine: { readonly engine: Engine; readonly key: string; readonly report: FromTrainer } | null = null;
  let control: ReturnType<typeof createControl> | null = null;

  const engineFor = async (job: Job): Promise<Engine> => {
    const { request, threads, cacheFolder } = job.engine;
    const key = JSON.stringify(job.engine);
    if (engine?.key !== key) {
      engine?.engine.dispose();
      engine = null;
      const selected = await selectEngine(request, {
        threads,
        cacheFolder,
        onNotice: (text) => emit({ kind: 'notice', text }),
      });
      engine = {
        engine: selected.engine,
        key,
        report: { kind: 'engine', report: { ...selected.report, rejected: [...selected.report.rejected] } },
      };
    }
    emit(engine.report);
    return engine.engine;
  };

  const run = async (job: Job): Promise<void> => {
    control = createControl(emit);
    try {
      const outcome = await runStage({ job, engine: await engineFor(job), control, emit });
      emit({ kind: 'finished', outcome });
    } catch (error) {
      emit({ kind: 'failed', error: describeError(error) });
    } finally {
      control = null;
    }
  };

  process.on('message', (raw) => {
    const message = toTrainer.parse(raw);
    switch (message.kind) {
      case 'job':
        if (control) throw new Error('a job arrived while another one runs');
        void run(message.job);
        return;
      case 'pause':
        control?.pause();
        return;
      case 'resume':
        control?.resume();
        return;
      case 'stop':
        control?.stop();
        return;
      case 'shutdown':
        engine?.engine.dispose();
        process.exit(0);
        return;
      default:
        message satisfies never;
    }
  });
  // The owner is gone: nobody would record what happens from here.
  process.on('disconnect', () => process.exit(1));
  setInterval(() => {
    emit({
      kind: 'heartbeat',
      rssBytes: process.memoryUsage.rss(),
      engineBytes: engine?.engine.memory().engineBytes ?? null,
    });
  }, HEARTBEAT_INTERVAL_MS);
  emit({ kind: 'hello', version: PROTOCOL_VERSION, pid: process.pid, node: process.version });
}

main();
