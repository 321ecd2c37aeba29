/**
 * A contestant in a process of its own, so that its peak memory is its own. It warms up, writes {"ready": true}, and
 * then answers every line it reads with one repeat: {"value": …, "peakBytes": …, "cpuS": …}. Anything else it writes is ignored.
 */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import type { Contestant, Sample } from './row.ts';

const ready = z.object({ ready: z.literal(true) });
const sample = z.object({ value: z.number(), peakBytes: z.number(), cpuS: z.number() });
const KEPT_ERROR_CHARACTERS = 2000;

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

/** @throws Error with the end of what the process complained about if it ends before it answers */
export async function startContestant(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Contestant> {
  const env = { ...process.env, ...environment };
  const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let complaints = '';
  child.stderr.on('data', (data: Buffer) => {
    complaints = (complaints + String(data)).slice(-KEPT_ERROR_CHARACTERS);
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  failed.catch(() => {});

  const next = async <T>(schema: z.ZodType<T>): Promise<T> => {
    for (;;) {
      const { done, value } = await Promise.race([lines.next(), failed]);
      if (done) throw new Error(`${command} ${args.join(' ')} ended early:\n${complaints}`);
      const parsed = schema.safeParse(parse(value));
      if (parsed.success) return parsed.data;
    }
  };
  await next(ready);
  return {
    repeat: (): Promise<Sample> => {
      child.stdin.write('\n');
      return next(sample);
    },
    close: async () => {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdin.end();
      child.kill();
      await ended;
    },
  };
}
