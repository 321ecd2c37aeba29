/** How fast the library's matrix product is alone, on one thread. */
import { engineCacheFolder } from '../electron/paths.ts';
import { type KernelLibrary, need } from '../trainer/engine/kernels/library.ts';
import { openNativeLibrary } from '../trainer/engine/kernels/native.ts';
import { openWasmLibrary } from '../trainer/engine/kernels/wasm.ts';

export interface Product {
  readonly rows: number;
  readonly k: number;
  readonly columns: number;
}

/** `PROBE_SPEED` of c/probes.h. */
const SPEED = 16;
const FLOPS_PER_MEASUREMENT = 2e9;

export const openLibrary = (build: 'native' | 'WASM', threads: number): Promise<KernelLibrary> =>
  build === 'native' ? openNativeLibrary(threads, engineCacheFolder) : openWasmLibrary(threads);

/** Floating-point operations per second of [rows, k] × [k, columns], both operands in the caches if they fit. */
export function productRate(library: KernelLibrary, { rows, k, columns }: Product): number {
  const { functions } = library;
  const flops = 2 * rows * k * columns;
  const times = Math.max(1, Math.round(FLOPS_PER_MEASUREMENT / flops));
  const dimensions = Int32Array.of(rows, columns, k, times);
  const sizes = [16, 4 * rows * k, 4 * columns * k, 4 * rows * columns];
  const [n, a, b, c] = sizes.map((bytes) => need(functions.memory_allocate(bytes), 'a product'));
  library.write(n!, dimensions);
  library.write(a!, new Float32Array(rows * k).fill(0.5));
  library.write(b!, new Float32Array(columns * k).fill(0.25));
  const started = performance.now();
  functions.probe(SPEED, n!, a!, b!, c!);
  const seconds = (performance.now() - started) / 1000;
  for (const address of [n!, a!, b!, c!]) functions.memory_release(address);
  return (times * flops) / seconds;
}
