/**
 * `npm start`: builds what is out of date and opens the desktop window. Where that cannot be, it says why in one line
 * and serves the same application to a browser.
 */
import { type SpawnOptions, spawn } from 'node:child_process';
import { globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { electronBinary } from '../electron/electron-binary.ts';

const root = join(import.meta.dirname, '..');
/** Written after each build that went through, with the time its sources were seen. */
const STAMP = join(root, 'out', '.built');
const SOURCES = [
  'electron/**/*.ts',
  'trainer/**/*.ts',
  'renderer/**/*',
  'electron.vite.config.ts',
  'package.json',
];
const FETCH_LIMIT_MS = 180_000;
/** A window that is gone this soon with an error never opened. */
const OPENING_MS = 10_000;

interface Ended {
  readonly code: number;
  readonly afterMs: number;
}

/** Runs a program to its end. Ctrl-C is for the program: it closes in order and we end after it. */
function runProgram(path: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const startedMs = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const child = spawn(path, args, { stdio: 'inherit', cwd: root, ...options });
  child.on('error', reject);
  child.on('exit', (code) => resolve({ code: code ?? 1, afterMs: performance.now() - startedMs }));
  return promise;
}

function newestSourceMs(): number {
  const times = globSync(SOURCES, { cwd: root }).map((file) => statSync(join(root, file)).mtimeMs);
  return Math.max(...times);
}

function builtMs(): number {
  try {
    return Number(readFileSync(STAMP, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 0;
    throw error;
  }
}

async function buildIfStale(): Promise<void> {
  const sourcesMs = newestSourceMs();
  if (builtMs() >= sourcesMs) return;
  console.log('Building the application …');
  const tool = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const { code } = await runProgram(process.execPath, [tool, 'build', '--logLevel', 'warn']);
  if (code !== 0) throw new Error('the build failed; the lines above say why');
  writeFileSync(STAMP, String(sourcesMs));
}

function hasDisplay(): boolean {
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Electron's binary, fetched if it is not there yet; or why there can be no window. */
async function findElectron(): Promise<{ binary: string } | { reason: string }> {
  if (!hasDisplay()) return { reason: 'there is no display here' };
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    return { reason: 'Electron’s sandbox does not work for the root user' };
  }
  const installed = electronBinary();
  if (installed) return { binary: installed };
  console.log('Fetching Electron (about 110 MB, once) …');
  const installer = join(root, 'node_modules', 'electron', 'install.js');
  await runProgram(process.execPath, [installer], { timeout: FETCH_LIMIT_MS, stdio: 'ignore' });
  const fetched = electronBinary();
  return fetched ? { binary: fetched } : { reason: 'Electron’s binary could not be fetched from GitHub' };
}

async function openWindow(workspace: string | undefined): Promise<number | { reason: string }> {
  const found = await findElectron();
  if ('reason' in found) return found;
  const args = workspace === undefined ? [root] : [root, '--workspace', workspace];
  const { code, afterMs } = await runProgram(found.binary, args);
  if (code === 0 || afterMs > OPENING_MS) return code;
  return { reason: `Electron ended with code ${code} before its window opened` };
}

const { values } = parseArgs({
  options: { workspace: { type: 'string' }, port: { type: 'string' }, browser: { type: 'boolean' } },
});
process.on('SIGINT', () => undefined);
await buildIfStale();
const opened = values.browser ? { reason: 'a browser was asked for' } : await openWindow(values.workspace);
if (typeof opened === 'number') process.exit(opened);
console.log(`No desktop window (${opened.reason}): serving the application to a browser.`);
const given = (['workspace', 'port'] as const).flatMap((name) =>
  values[name] === undefined ? [] : [`--${name}`, values[name]],
);
const args = [join(root, 'electron', 'cli.ts'), 'serve', ...(hasDisplay() ? ['--open'] : []), ...given];
process.exit((await runProgram(process.execPath, args)).code);
