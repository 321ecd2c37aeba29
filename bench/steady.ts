/**
 * What an engine holds after 300 and after 1,000 steps: steady-worker.ts in a process of its own.
 *
 * V8 doubles its young generation, from 16 to 128 MB, while a program makes objects fast, as TensorFlow.js does with
 * tensors; that is neither a leak nor ours, and would hide one. So it is kept at its first size.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { EngineName } from '../trainer/engine/engine.ts';

const WORKER = fileURLToPath(new URL('./steady-worker.ts', import.meta.url));

const SEMI_SPACE_MB = 8;

const held = z.object({
  residentBytes: z.number(),
  engineBytes: z.number(),
  bufferBytes: z.number(),
  tensors: z.number().nullable(),
});
const answer = z.object({ before: held, after: held });

export async function runSteadily(engine: EngineName): Promise<z.infer<typeof answer>> {
  const flags = ['--expose-gc', `--max-semi-space-size=${SEMI_SPACE_MB}`];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, WORKER, engine]);
  return answer.parse(JSON.parse(stdout));
}
