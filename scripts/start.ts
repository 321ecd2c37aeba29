/**
 * `npm start`: builds what is out of date and opens the desktop window. Where that cannot be, it says why in one line
 * and serves the same application to a browser.
 */
import { type SpawnOptions, spawn } from 'node:child_process';
import { existsSync, globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { electronBinary } from '../electron/electron-binary.ts';
import { compileCacheFolder } from '../electron/paths.ts';

const root = join(import.meta.dirname, '..');
const BUILT = ['out/main/main.js', 'out/main/cli.js', 'out/preload/preload.cjs', 'out/renderer/index.html'];
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

/** Runs a program to its end. Ctrl-C reaches it by itself, SIGTERM through us; it closes in order and we end after it. */
function runProgram(path: string, args: readonly string[], options: SpawnOptions = {}): Promise<Ended> {
  const startedMs = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Ended>();
  const child = spawn(path, args, { stdio: 'inherit', cwd: root, ...options });
  const hand = (signal: NodeJS.Signals): void => {
    child.kill(signal);
  };
  process.on('SIGTERM', hand);
  child.on('error', reject);
  child.on('exit', (code) => {
    process.off('SIGTERM', hand);
    resolve({ code: code ?? 1, afterMs: performance.now() - startedMs });
  });
  return promise;
}

const changedMs = (file: string): number => statSync(join(root, file)).mtimeMs;

function isStale(): boolean {
  if (BUILT.some((file) => !existsSync(join(root, file)))) return true;
  const newestSourceMs = Math.max(...globSync(SOURCES, { cwd: root }).map(changedMs));
  return Math.min(...BUILT.map(changedMs)) < newestSourceMs;
}

async function buildIfStale(): Promise<void> {
  if (!isStale()) return;
  console.log('Building the application …');
  const tool = join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js');
  const { code } = await runProgram(process.execPath, [tool, 'build', '--logLevel', 'warn']);
  if (code !== 0) throw new Error('the build failed; the lines above say why');
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
const args = [join(root, 'out', 'main', 'cli.js'), 'serve', ...(hasDisplay() ? ['--open'] : []), ...given];
const env = { NODE_COMPILE_CACHE: compileCacheFolder, ...process.env };
process.exit((await runProgram(process.execPath, args, { env })).code);
