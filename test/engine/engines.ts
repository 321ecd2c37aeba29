/** Which engines this machine has, for tests: absent ones are skipped with the reason printed. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { engineCacheFolder } from '../../electron/paths.ts';
import { type Engine, type EngineName, EngineUnavailable } from '../../trainer/engine/engine.ts';
import { selectEngine } from '../../trainer/engine/select.ts';
import { findProvisioned } from '../../trainer/engine/tfjs/provision.ts';

/** Where tests look for a provisioned TensorFlow, by default the application's own place; they never provision one. */
export const TEST_CACHE = process.env.MIDTRAIN_CACHE ?? engineCacheFolder;

async function absentBecause(name: EngineName): Promise<string | null> {
  if (name === 'tensorflow-cpu' || name === 'tensorflow-cuda') {
    const flavour = name === 'tensorflow-cpu' ? 'cpu' : 'cuda';
    const found = await findProvisioned({ flavour, cacheFolder: TEST_CACHE });
    if (!found) return `no TensorFlow was provisioned in ${TEST_CACHE}`;
  }
  return null;
}

/** An open engine, or why there is none. */
export async function tryOpen(name: EngineName): Promise<Engine | string> {
  const absent = await absentBecause(name);
  if (absent) return absent;
  try {
    return (
      await selectEngine(name, { threads: 2, cacheFolder: existsSync(TEST_CACHE) ? TEST_CACHE : tmpdir() })
    ).engine;
  } catch (error) {
    if (error instanceof EngineUnavailable) return error.message;
    throw error;
  }
}

/** Opens what is there and prints what is not. */
export async function openPresent(names: readonly EngineName[]): Promise<Engine[]> {
  const engines: Engine[] = [];
  for (const name of names) {
    const engine = await tryOpen(name);
    if (typeof engine === 'string') console.info(`skipped: ${name} (${engine})`);
    else engines.push(engine);
  }
  return engines;
}
