/** Whether the machine is busy with other things; contestants sleep between their turns. */
import { cpus } from 'node:os';
import { setTimeout } from 'node:timers/promises';

const GLANCE_MS = 500;
/** Below this share of busy processors a round may start. */
const QUIET = 0.25;

/** Share of all processors that ran something during a glance. Work with lowered priority gives way and is not counted. */
async function busyShare(): Promise<number> {
  const totals = (): { readonly free: number; readonly all: number } => {
    const times = cpus().map((cpu) => cpu.times);
    const free = times.reduce((sum, t) => sum + t.idle + t.nice, 0);
    return { free, all: times.reduce((sum, t) => sum + t.user + t.sys + t.irq, free) };
  };
  const before = totals();
  await setTimeout(GLANCE_MS);
  const after = totals();
  return 1 - (after.free - before.free) / Math.max(1, after.all - before.all);
}

/** Waits up to `patienceS` for quiet. @returns the share of processors busy when it ended */
export async function waitForQuiet(patienceS: number): Promise<number> {
  const deadline = performance.now() + 1000 * patienceS;
  for (;;) {
    const busy = await busyShare();
    if (busy <= QUIET || performance.now() >= deadline) return busy;
  }
}
