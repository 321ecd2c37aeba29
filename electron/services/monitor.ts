/** What machine and trainer use, sampled every few seconds and kept for ten minutes. */
import { availableParallelism, freemem, totalmem } from 'node:os';
import type { Reading } from '../contract/monitor.ts';
import type { EventMessage } from '../contract.ts';
import { reportFault } from '../errors.ts';
import { machineCpu, processCpu } from '../monitor/cpu.ts';
import { type GpuLook, lookAtGpus } from '../monitor/gpu.ts';
import type { Handlers } from './context.ts';

const INTERVAL_MS = 2000;
const KEPT_MS = 10 * 60_000;

/** What only the owner of the trainer knows. */
export interface Worked {
  readonly pid: number;
  readonly rssBytes: number;
  readonly runId: string | null;
}

export interface Monitor {
  readonly handlers: Handlers<'monitor.get'>;
  /** The newest reading as metrics of the run under way; nothing until there is another reading. */
  metrics(): Readonly<Record<string, number>>;
  close(): void;
}

interface Options {
  readonly trainer: () => Worked | null;
  readonly emit: (event: EventMessage) => void;
  readonly intervalMs?: number;
  readonly gpus?: () => Promise<GpuLook>;
}

export function createMonitor(options: Options): Monitor {
  const { trainer, emit, intervalMs = INTERVAL_MS, gpus = lookAtGpus } = options;
  const machine = machineCpu();
  const process = processCpu();
  let readings: readonly Reading[] = [];
  let look: GpuLook | null = null;
  let recordedAtMs = 0;
  let looking: Promise<GpuLook> | null = null;

  /** Where nvidia-smi is not there it is not asked again. */
  async function lookAgain(): Promise<GpuLook> {
    if (look && look.absence !== null) return look;
    looking ??= gpus().finally(() => {
      looking = null;
    });
    look = await looking;
    return look;
  }

  async function take(): Promise<void> {
    const worked = trainer();
    const atMs = Date.now();
    const cpuPercent = machine();
    // A GPU that sleeps is not woken for a machine that does nothing.
    const seen = worked ? await lookAgain() : null;
    const totalBytes = totalmem();
    const reading: Reading = {
      atMs,
      machine: {
        cpuPercent,
        cores: availableParallelism(),
        memoryBytes: totalBytes - freemem(),
        memoryTotalBytes: totalBytes,
      },
      process: worked && {
        pid: worked.pid,
        cpuPercent: process(worked.pid, atMs),
        memoryBytes: worked.rssBytes,
      },
      runId: worked?.runId ?? null,
      gpus: [...(seen?.gpus ?? [])],
    };
    readings = [...readings.filter((other) => other.atMs > atMs - KEPT_MS), reading];
    emit({ kind: 'reading', reading });
  }

  const timer = setInterval(() => void take().catch(reportFault), intervalMs);
  timer.unref();
  return {
    handlers: {
      'monitor.get': async () => {
        const { absence } = await lookAgain();
        return { readings: [...readings], intervalMs, gpuAbsence: absence };
      },
    },
    metrics() {
      const newest = readings.at(-1);
      if (!newest || newest.atMs === recordedAtMs) return {};
      recordedAtMs = newest.atMs;
      return systemMetrics(newest);
    },
    close: () => clearInterval(timer),
  };
}

/** A reading as metrics of the run that was under way. */
export function systemMetrics(reading: Reading): Record<string, number> {
  const { process, gpus } = reading;
  const busiest = Math.max(...gpus.flatMap(({ utilization }) => utilization ?? []));
  const memory = gpus.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  return {
    ...(typeof process?.cpuPercent === 'number' ? { 'system/cpu_percent': process.cpuPercent } : {}),
    ...(Number.isFinite(busiest) ? { 'system/gpu_percent': busiest } : {}),
    ...(memory.length > 0 ? { 'system/gpu_memory': memory.reduce((sum, bytes) => sum + bytes, 0) } : {}),
  };
}
