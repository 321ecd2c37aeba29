/**
 * The library as a native addon, compiled on first use for exactly this processor and kept in the cache folder under a
 * hash of everything it depends on. Needs a C compiler; without one the caller falls back to WASM.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { EngineUnavailable } from '../engine.ts';
import { type KernelFunctions, type KernelLibrary, type LibraryArray, need } from './library.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);
const SOURCES = fileURLToPath(new URL('./c/', import.meta.url));

/** Tried in this order; the first that answers is taken. */
const COMPILERS = ['gcc', 'clang', 'clang-19', 'cc'];

interface Addon extends KernelFunctions {
  write(address: number, from: LibraryArray): void;
  read(address: number, into: LibraryArray): void;
}

interface Compiler {
  readonly command: string;
  readonly version: string;
}

async function findCompiler(): Promise<Compiler> {
  const candidates = process.env.CC ? [process.env.CC, ...COMPILERS] : COMPILERS;
  for (const command of candidates) {
    try {
      const { stdout } = await run(command, ['--version']);
      return { command, version: stdout };
    } catch {
      // Not installed; the next one may be.
    }
  }
  throw new EngineUnavailable(
    `No C compiler was found (tried ${candidates.join(', ')}).`,
    'Install gcc or clang for the native engine; until then the WASM engine is used.',
  );
}

/** Value-changing floating-point options stay off: a row's result must not depend on the tile it fell in. */
function compilerFlags(include: string): string[] {
  const tune = process.arch === 'arm64' ? '-mcpu=native' : '-march=native';
  const shared =
    process.platform === 'darwin' ? ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-fPIC'];
  return [
    '-std=gnu11',
    '-O3',
    tune,
    '-ffp-contract=fast',
    '-fno-math-errno',
    '-fno-trapping-math',
    '-Wno-psabi',
    '-pthread',
    ...shared,
    '-I',
    include,
  ];
}

function headersFolder(): string {
  try {
    return (require('node-api-headers') as { readonly include_dir: string }).include_dir;
  } catch {
    throw new EngineUnavailable(
      'The package node-api-headers is missing.',
      'Run npm ci, or npm install node-api-headers.',
    );
  }
}

/** What `-march=native` resolves to: model name, and on Linux the exact features. */
async function processorIdentity(): Promise<string> {
  const model = `${process.platform} ${process.arch} ${cpus()[0]?.model ?? ''}`;
  if (process.platform !== 'linux') return model;
  const info = await readFile('/proc/cpuinfo', 'utf8');
  return `${model} ${/^(?:flags|Features)\s*:.*$/m.exec(info)?.[0] ?? ''}`;
}

async function hashOfEverything(compiler: Compiler, flags: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  hash.update(`${compiler.version}\n${flags.join(' ')}\n${await processorIdentity()}\n`);
  for (const name of (await readdir(SOURCES)).filter((n) => /\.[ch]$/.test(n)).sort()) {
    hash.update(name);
    hash.update(await readFile(join(SOURCES, name)));
  }
  return hash.digest('hex').slice(0, 20);
}

async function compile(compiler: Compiler, flags: readonly string[], output: string): Promise<void> {
  const partial = `${output}.${process.pid}.partial`;
  try {
    await run(compiler.command, [...flags, join(SOURCES, 'addon.c'), '-o', partial]);
    const file = await open(partial, 'r+');
    await file.sync();
    await file.close();
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    const detail = error instanceof Error ? error.message.split('\n').slice(0, 6).join('\n') : String(error);
    throw new EngineUnavailable(
      `Compiling the native engine with ${compiler.command} failed: ${detail}`,
      'Install a recent gcc or clang with its standard headers; until then the WASM engine is used.',
    );
  }
}

interface Location {
  readonly compiler: Compiler;
  readonly flags: readonly string[];
  /** Where the addon for this processor, compiler and source lies, or will. */
  readonly path: string;
}

/** @throws EngineUnavailable without a compiler or headers */
async function locate(cacheFolder: string): Promise<Location> {
  if (process.platform === 'win32') {
    throw new EngineUnavailable(
      'The native engine is not built on Windows.',
      'The WASM engine is used instead; under WSL the native one works.',
    );
  }
  const include = headersFolder();
  const compiler = await findCompiler();
  const flags = compilerFlags(include);
  // The headers' location differs between checkouts and must not cause another build.
  const key = await hashOfEverything(compiler, flags.slice(0, -1));
  return { compiler, flags, path: join(cacheFolder, `kernels-${key}.node`) };
}

/**
 * What opening the library would do first, as a sentence, doing none of it.
 * @throws EngineUnavailable without a compiler or headers
 */
export async function planNativeLibrary(cacheFolder: string): Promise<string> {
  const { compiler, path } = await locate(cacheFolder);
  if (existsSync(path)) return 'CPU, compiled for this processor';
  return `CPU. Taking it first compiles it with ${compiler.command} (once, about 20 seconds)`;
}

/** @throws EngineUnavailable without a compiler, headers, or a loadable result */
export async function openNativeLibrary(
  threads: number,
  cacheFolder: string,
  onNotice?: (line: string) => void,
): Promise<KernelLibrary> {
  const { compiler, flags, path } = await locate(cacheFolder);
  if (!existsSync(path)) {
    await mkdir(cacheFolder, { recursive: true });
    onNotice?.(`Compiling the native engine with ${compiler.command} (once, about 20 seconds)`);
    await compile(compiler, flags, path);
  }
  let addon: Addon;
  try {
    addon = require(path) as Addon;
  } catch (error) {
    throw new EngineUnavailable(
      `The compiled engine could not be loaded: ${error instanceof Error ? error.message : String(error)}`,
      `Delete ${path} to have it compiled again; until then the WASM engine is used.`,
    );
  }
  const pool = need(addon.pool_open(threads), 'the thread pool');
  return {
    functions: addon,
    pool,
    threads: addon.pool_threads(pool),
    write: addon.write,
    read: addon.read,
    close: () => addon.pool_close(pool),
  };
}
