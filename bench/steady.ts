/** What an engine holds after 300 and after 1,000 steps: steady-worker.ts in a process of its own. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { EngineName } from '../trainer/engine/engine.ts';

const WORKER = fileURLToPath(new URL('./steady-worker.ts', import.meta.url));

const held = z.object({
  residentBytes: z.number(),
  engineBytes: z.number(),
  bufferBytes: z.number(),
  tensors: z.number().nullable(),
});
const answer = z.object({ before: held, after: held });

export async function runSteadily(engine: EngineName): Promise<z.infer<typeof answer>> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', WORKER, engine]);
  return answer.parse(JSON.parse(stdout));
}
