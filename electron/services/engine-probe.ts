import { fork } from 'node:child_process';
import { z } from 'zod';
import { type Diagnosis, engineChoice } from '../contract/app.ts';
import { lineRing } from '../line-ring.ts';
import { engineCacheFolder, entryPath } from '../paths.ts';

const PROBE_TIMEOUT_MS = 60_000;
const probes = z.array(engineChoice);

/**
 * Asks a child process which engines would work, so that an engine that crashes takes nothing else along.
 * @throws if the child ends without an answer or gives none within a minute
 */
export function probeEngines(): Promise<Diagnosis['engines']> {
  const { promise, resolve, reject } = Promise.withResolvers<Diagnosis['engines']>();
  const child = fork(entryPath('probe'), [engineCacheFolder], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    timeout: PROBE_TIMEOUT_MS,
  });
  const output = lineRing();
  child.stdout?.on('data', output.push);
  child.stderr?.on('data', output.push);
  child.on('message', (raw) => {
    const parsed = probes.safeParse(raw);
    if (parsed.success) resolve(parsed.data);
    else reject(new Error(`the engine probe’s answer was not understood: ${parsed.error.message}`));
  });
  child.on('error', reject);
  child.on('exit', (code, signal) => {
    reject(new Error(`the engine probe ended early (${signal ?? code}): ${output.text().trim()}`));
  });
  return promise;
}
