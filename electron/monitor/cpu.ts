/** Processor time of the machine and of a process, as shares since the last look. */
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

interface Ticks {
  readonly busy: number;
  readonly all: number;
}

function machineTicks(): Ticks {
  let idle = 0;
  let all = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    all += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { busy: all - idle, all };
}

/** Each call gives the percent of all cores together since the one before, 0 to 100. */
export function machineCpu(): () => number {
  let before = machineTicks();
  return () => {
    const now = machineTicks();
    const all = now.all - before.all;
    const busy = now.busy - before.busy;
    before = now;
    return all > 0 ? Math.min(100, Math.max(0, (100 * busy) / all)) : 0;
  };
}

/** Linux counts processor time in hundredths of a second, whatever the kernel's own tick. */
const TICK_MS = 10;

/**
 * Processor time of a process so far, in milliseconds; null where the system does not list processes as files, or the
 * process is gone. The command's name may hold spaces and brackets: fields are counted after the last bracket.
 */
export function processCpuMs(pid: number): number | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return null;
  }
  return cpuMsOf(stat);
}

/** From one line of /proc/PID/stat (man 5 proc: utime is field 14, stime field 15). */
export function cpuMsOf(stat: string): number | null {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isFinite(ticks) ? ticks * TICK_MS : null;
}

/** Each call gives the percent of one core since the one before; null at first, for another process, or unknown. */
export function processCpu(): (pid: number, nowMs: number) => number | null {
  let before: { pid: number; cpuMs: number; atMs: number } | null = null;
  return (pid, nowMs) => {
    const cpuMs = processCpuMs(pid);
    const last = before;
    before = cpuMs === null ? null : { pid, cpuMs, atMs: nowMs };
    if (cpuMs === null || last?.pid !== pid || nowMs <= last.atMs) return null;
    return (100 * (cpuMs - last.cpuMs)) / (nowMs - last.atMs);
  };
}
