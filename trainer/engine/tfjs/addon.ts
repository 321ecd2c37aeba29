/** Compiling tfjs-node-gpu's native addon, whose C++ source the npm package ships, against a TensorFlow. */
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EngineUnavailable } from '../engine.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

export interface TensorflowFiles {
  readonly include: string;
  readonly libraries: readonly string[];
  /** Where the addon looks for the libraries at run time. */
  readonly runPaths: readonly string[];
  /**
   * Linked so that they are loaded with the addon: TensorFlow opens CUDA's libraries by bare name, and finds those
   * already loaded.
   */
  readonly preloaded: readonly string[];
}

/** Folder of the optional npm package. @throws EngineUnavailable without it */
export function tfjsNodeFolder(): string {
  try {
    return resolve(require.resolve('@tensorflow/tfjs-node-gpu/package.json'), '..');
  } catch {
    throw new EngineUnavailable(
      'The optional npm package @tensorflow/tfjs-node-gpu is not installed',
      'Run `npm install` with npm 11.19 or newer: older ones drop an optional package whose install script fails.',
    );
  }
}

function nodeHeaders(): string {
  try {
    return join(resolve(require.resolve('node-api-headers/package.json'), '..'), 'include');
  } catch {
    throw new EngineUnavailable(
      'The npm package node-api-headers, needed to compile native TensorFlow’s addon, is not installed',
      'Run `npm install node-api-headers`.',
    );
  }
}

/** @throws EngineUnavailable without a C++ compiler */
async function findCompiler(): Promise<string> {
  const candidates = [process.env.CXX, 'c++', 'g++', 'clang++'].filter((name) => name !== undefined);
  const compiler = await firstThatRuns(candidates, ['--version']);
  if (compiler) return compiler;
  throw new EngineUnavailable(
    'No C++ compiler was found to build native TensorFlow’s addon',
    'Install one (Debian: `apt install g++`; macOS: `xcode-select --install`), or set CXX.',
  );
}

/** The first command that runs, or null. */
export async function firstThatRuns(
  commands: readonly string[],
  args: readonly string[],
): Promise<string | null> {
  for (const command of commands) {
    const runs = await run(command, [...args], { timeout: 30_000 }).then(
      () => true,
      () => false,
    );
    if (runs) return command;
  }
  return null;
}

/** What compiling needs besides TensorFlow itself. */
export interface Toolchain {
  readonly packageFolder: string;
  readonly headers: string;
  readonly compiler: string;
}

/** @throws EngineUnavailable naming what is missing */
export async function findToolchain(): Promise<Toolchain> {
  return { packageFolder: tfjsNodeFolder(), headers: nodeHeaders(), compiler: await findCompiler() };
}

export async function compileAddon(
  { packageFolder, headers, compiler }: Toolchain,
  files: TensorflowFiles,
  output: string,
  signal: AbortSignal,
): Promise<void> {
  const binding = join(packageFolder, 'binding');
  const undefinedSymbols = process.platform === 'darwin' ? ['-undefined', 'dynamic_lookup'] : [];
  await run(
    compiler,
    [
      ...['-shared', '-fPIC', '-O2', '-std=c++17', '-w', '-DNAPI_VERSION=8', ...undefinedSymbols],
      ...['-I', headers, '-I', packageFolder, '-I', files.include],
      ...[join(binding, 'tfjs_backend.cc'), join(binding, 'tfjs_binding.cc')],
      ...['-o', output, ...files.libraries, ...files.runPaths.map((path) => `-Wl,-rpath,${path}`)],
      ...(files.preloaded.length > 0 ? ['-Wl,--no-as-needed', ...files.preloaded] : []),
    ],
    { signal },
  );
}

/** What the trying process exits with when the addon loads but sees no GPU. */
const NO_GPU = 3;

/**
 * Loads the addon in a process of its own: a library that does not fit this machine fails there, and here the next
 * one can be tried.
 * @throws if it does not load, or finds no GPU for CUDA
 */
export async function tryAddon(path: string, flavour: 'cpu' | 'cuda', signal: AbortSignal): Promise<void> {
  const script = `
    try {
      const addon = require(${JSON.stringify(path)});
      process.exit(${flavour === 'cuda'} && !addon.isUsingGpuDevice() ? ${NO_GPU} : 0);
    } catch (error) {
      console.error(error.message);
      process.exit(1);
    }`;
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: '1', TF_CPP_MIN_LOG_LEVEL: '2' };
  try {
    await run(process.execPath, ['--eval', script], { env, signal });
  } catch (error) {
    const noGpu = error instanceof Error && 'code' in error && error.code === NO_GPU;
    if (noGpu)
      throw new Error('it finds no GPU it can use (CUDA 12 or cuDNN 9 is missing, or too old a driver)');
    throw error;
  }
}
