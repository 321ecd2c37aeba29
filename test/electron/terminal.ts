import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { programPaths } from '../../electron/paths.ts';
import { onCleanUp } from './support.ts';

interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The real command in a process of its own. */
export function start(workspace: string, ...args: string[]) {
  const child = spawn(process.execPath, [
    join(programPaths.root, 'bin', 'midtrain.js'),
    ...args,
    '--workspace',
    workspace,
  ]);
  let out = '';
  let err = '';
  child.stdout.on('data', (data) => {
    out += data;
  });
  child.stderr.on('data', (data) => {
    err += data;
  });
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  onCleanUp(() => {
    child.kill('SIGKILL');
  });
  return { child, ended, output: () => out + err };
}
export const midtrain = (workspace: string, ...args: string[]): Promise<Ran> =>
  start(workspace, ...args).ended;
