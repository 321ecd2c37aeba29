import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { programPaths } from '../../electron/paths.ts';
import { onCleanUp, temporaryFolder, until } from '../electron/support.ts';

it('npm start says in one line why there is no window, and serves', async () => {
  const { DISPLAY: _, WAYLAND_DISPLAY: __, ...environment } = process.env;
  const start = join(programPaths.root, 'scripts', 'start.ts');
  const args = [start, '--workspace', temporaryFolder(), '--port', '0', '--browser'];
  const child = spawn(process.execPath, args, { env: environment });
  onCleanUp(() => {
    child.kill('SIGKILL');
  });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const link = await until(async () => /http:\S+/.exec(output)?.[0]);
  expect(output).toContain(
    'No desktop window (a browser was asked for): serving the application to a browser.\n',
  );
  expect((await fetch(link)).status).toBe(200);
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  await expect(fetch(link)).rejects.toThrow();
});
