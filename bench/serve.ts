/** Our side of contestant-process.ts: measures again for every line read. */
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Largest resident memory of this process so far, in bytes. */
export function peakBytes(): number {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS * 1024;
  // maxRSS starts at that of the process this one was forked from.
  const kilobytes = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(kilobytes![1]) * 1024;
}

/** Warms up with one repeat, then serves until the input ends. `measure` returns a value in the row's unit. */
export async function serve(measure: () => Promise<number>): Promise<void> {
  await measure();
  process.stdout.write('{"ready":true}\n');
  for await (const _ of createInterface({ input: process.stdin })) {
    const before = process.cpuUsage();
    const value = await measure();
    const { user, system } = process.cpuUsage(before);
    const cpuS = (user + system) / 1e6;
    process.stdout.write(`${JSON.stringify({ value, peakBytes: peakBytes(), cpuS })}\n`);
  }
  process.exit(0);
}
