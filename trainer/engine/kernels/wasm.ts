/**
 * The library as WebAssembly: the artefact beside this file, shared memory, and one worker thread per helper. Needs
 * nothing but Node. The relaxed-SIMD build (fused multiply-add) is taken where the engine validates it.
 */
import { readFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { EngineUnavailable } from '../engine.ts';
import { type KernelFunctions, type KernelLibrary, type LibraryArray, need } from './library.ts';

export const WASM_BUILDS = ['kernels-relaxed.wasm', 'kernels-simd.wasm'] as const;
export type WasmBuild = (typeof WASM_BUILDS)[number];

const INITIAL_PAGES = 32;
const MAXIMUM_PAGES = 65536;
const HELPER_STACK_BYTES = 256 * 1024;

/** A helper instantiates the module over the same memory, takes its own stack and serves jobs until told to quit. */
const HELPER_SOURCE = `
const { workerData } = require('node:worker_threads');
const { module, memory, stack, pool, thread } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
exports.__stack_pointer.value = stack;
exports.helper_main(pool, thread);
`;

async function firstValid(builds: readonly WasmBuild[]): Promise<WebAssembly.Module> {
  for (const build of builds) {
    const bytes = await readFile(new URL(build, import.meta.url));
    if (WebAssembly.validate(bytes)) return new WebAssembly.Module(bytes);
  }
  throw new EngineUnavailable(
    'This JavaScript engine cannot run WebAssembly with SIMD and threads.',
    'Use the Node version pinned in package.json.',
  );
}

export async function openWasmLibrary(
  threads: number,
  builds: readonly WasmBuild[] = WASM_BUILDS,
): Promise<KernelLibrary> {
  const module = await firstValid(builds);
  const memory = new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: MAXIMUM_PAGES, shared: true });
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  const functions = instance.exports as unknown as KernelFunctions;
  const pool = need(functions.pool_open(threads), 'the thread pool');
  const helpers: Worker[] = [];
  for (let thread = 1; thread < functions.pool_threads(pool); thread++) {
    const stack = need(functions.memory_allocate(HELPER_STACK_BYTES), 'a thread') + HELPER_STACK_BYTES;
    const worker = new Worker(HELPER_SOURCE, {
      eval: true,
      workerData: { module, memory, stack, pool, thread },
    });
    worker.unref();
    helpers.push(worker);
  }
  // Addresses above 2 GiB come out of WASM as negative numbers.
  const bytesAt = (address: number, length: number): Uint8Array =>
    new Uint8Array(memory.buffer, address >>> 0, length);
  const bytesOf = (array: LibraryArray): Uint8Array =>
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
  return {
    functions,
    pool,
    threads: functions.pool_threads(pool),
    write: (address, from) => bytesAt(address, from.byteLength).set(bytesOf(from)),
    read: (address, into) => bytesOf(into).set(bytesAt(address, into.byteLength)),
    close: () => functions.pool_close(pool),
  };
}
