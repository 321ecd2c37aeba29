/** Peers: Python scripts of peers/, run by the interpreter named in PEER_PYTHON. */
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { startContestant } from './contestant-process.ts';
import type { Entrant } from './row.ts';

export function peerPython(): string {
  const command = process.env.PEER_PYTHON;
  if (command) return command;
  throw new Error('Set PEER_PYTHON to a Python that has torch, transformers, datasets and trl.');
}

/** PyTorch's threads otherwise spin while they wait, which on a busy machine takes the time from the ones waited for. */
const ENVIRONMENT = { OMP_WAIT_POLICY: 'passive' };

/** A peer by its script and options; it gets as many threads as the machine has unless told otherwise. */
export function python(name: string, script: string, options: Readonly<Record<string, number>>): Entrant {
  const path = fileURLToPath(new URL(`peers/${script}`, import.meta.url));
  const given = { threads: availableParallelism(), ...options };
  return {
    name,
    open: () =>
      startContestant(
        peerPython(),
        [path, ...Object.entries(given).flatMap(([key, n]) => [`--${key}`, `${n}`])],
        ENVIRONMENT,
      ),
  };
}

const VERSIONS = `
import json, platform, importlib.metadata as m
print(json.dumps({"python": platform.python_version(), **{n: m.version(n) for n in ("torch", "transformers", "trl")}}))`;

/** Of the interpreter and the packages that peers use. */
export function peerVersions(): Record<string, string> {
  const answer = execFileSync(peerPython(), ['-c', VERSIONS], { encoding: 'utf8' });
  return z.record(z.string(), z.string()).parse(JSON.parse(answer));
}
