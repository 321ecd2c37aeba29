/** Every build of the C library that works here, opened without an engine around it, and arrays in its memory. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { EngineUnavailable } from '../../../trainer/engine/engine.ts';
import {
  type Address,
  type KernelLibrary,
  type LibraryArray,
  need,
} from '../../../trainer/engine/kernels/library.ts';
import { openNativeLibrary } from '../../../trainer/engine/kernels/native.ts';
import { openWasmLibrary, WASM_BUILDS } from '../../../trainer/engine/kernels/wasm.ts';
import { TEST_CACHE } from '../engines.ts';

export interface NamedLibrary {
  readonly name: string;
  readonly library: KernelLibrary;
}

async function native(threads: number): Promise<NamedLibrary[]> {
  try {
    const library = await openNativeLibrary(threads, existsSync(TEST_CACHE) ? TEST_CACHE : tmpdir());
    return [{ name: 'native', library }];
  } catch (error) {
    if (!(error instanceof EngineUnavailable)) throw error;
    console.info(`skipped: native kernels (${error.message})`);
    return [];
  }
}

/** The native addon where there is a compiler, and both WASM builds. */
export async function openLibraries(threads: number): Promise<NamedLibrary[]> {
  const libraries = await native(threads);
  for (const build of WASM_BUILDS) {
    libraries.push({ name: build, library: await openWasmLibrary(threads, [build]) });
  }
  return libraries;
}

/** The numbers of `Probe` in c/probes.h. */
export const PROBE = {
  panels: 0,
  rows: 1,
  swiglu: 2,
  plain: 3,
  transposed: 4,
  gradient: 5,
  norm: 6,
  normBackward: 7,
  turn: 8,
  turnBackward: 9,
  exp: 10,
  sigmoid: 11,
  logarithm: 12,
  statistics: 13,
  cut: 14,
  draw: 15,
  swigluBackward: 17,
} as const;

/** Calls the library with copies of the arrays; they hold what it wrote when it returns. */
export function withCopies<T>(
  { functions, write, read }: KernelLibrary,
  all: readonly LibraryArray[],
  call: (...addresses: Address[]) => T,
): T {
  const addresses: Address[] = all.map((array) => {
    const address = need(functions.memory_allocate(Math.max(64, array.byteLength)), 'a probe');
    write(address, array);
    return address;
  });
  const result = call(...addresses);
  for (const [i, array] of all.entries()) read(addresses[i]!, array);
  for (const address of addresses) functions.memory_release(address);
  return result;
}

/** Runs one kernel of c/probes.h on copies of the arrays. */
export function probe(
  library: KernelLibrary,
  kind: keyof typeof PROBE,
  dimensions: readonly number[],
  ...arrays: readonly LibraryArray[]
): number {
  return withCopies(library, [Int32Array.from(dimensions), ...arrays], (n, a = 0, b = 0, c = 0) =>
    library.functions.probe(PROBE[kind], n!, a, b, c),
  );
}
