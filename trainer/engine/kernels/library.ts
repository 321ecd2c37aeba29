/**
 * The C library as TypeScript sees it, whichever way it was built: the functions of c/kernels.c with addresses and
 * whole numbers as numbers, and two copies between typed arrays and the library's own memory.
 */

/** An address in the library's memory; 0 is none. */
export type Address = number;

export interface KernelFunctions {
  memory_allocate(bytes: number): Address;
  memory_release(block: Address): number;
  target_name(out: Address): number;
  pool_open(threads: number): Address;
  pool_close(pool: Address): number;
  pool_threads(pool: Address): number;
  pool_bytes(pool: Address): number;
  model_open(pool: Address, sizes: Address, reals: Address, withOptimizer: number): Address;
  model_close(model: Address): number;
  model_bytes(model: Address): number;
  model_rotary(model: Address): Address;
  model_copy(model: Address, which: number, parameter: number, outside: Address, intoBuffer: number): number;
  model_pack(model: Address): number;
  model_zero_gradients(model: Address): number;
  model_gradient_norm(model: Address, out: Address): number;
  model_adamw(model: Address, settings: Address): number;
  batch_open(model: Address): Address;
  batch_close(batch: Address): number;
  batch_bytes(batch: Address): number;
  batch_describe(batch: Address, description: Address, temperature: Address, sampler: Address): number;
  batch_forward_begin(batch: Address): number;
  batch_forward_layer(batch: Address, layer: number): number;
  batch_backward_head(batch: Address): number;
  batch_backward_layer(batch: Address, layer: number): number;
  batch_backward_embedding(batch: Address): number;
  batch_logps(batch: Address): Address;
  batch_d_logps(batch: Address): Address;
  batch_entropies(batch: Address): Address;
  batch_greedy(batch: Address): Address;
  sampler_open(model: Address, batch: Address): Address;
  sampler_close(sampler: Address): number;
  sampler_bytes(sampler: Address): number;
  sampler_configure(sampler: Address, ints: Address, reals: Address): number;
  sampler_keep_prompts(sampler: Address, batch: Address): number;
  sampler_start_rows(sampler: Address, starts: Address, count: number): number;
  sampler_next(sampler: Address): number;
  sampler_prompt_rows(sampler: Address): Address;
  sampler_tokens(sampler: Address): Address;
  sampler_forced(sampler: Address): Address;
  sampler_logps(sampler: Address): Address;
  sampler_entropies(sampler: Address): Address;
  sampler_outcomes(sampler: Address): Address;
  /** Single kernels, for tests and measurements: c/probes.h. */
  probe(kind: number, dimensions: Address, a: Address, b: Address, c: Address): number;
  probe_uniform(at: Address, out: Address): number;
  probe_activations(batch: Address, layer: number, which: number): Address;
  probe_attention(batch: Address, layer: number, backward: number): number;
  probe_head(batch: Address): number;
  probe_gain_sums(batch: Address): Address;
}

export type LibraryArray = Float32Array | Float64Array | Int32Array | Uint8Array;

export interface KernelLibrary {
  readonly functions: KernelFunctions;
  /** Worker threads and the calling one. */
  readonly pool: Address;
  readonly threads: number;
  /** Copies a whole array into the library's memory. */
  write(address: Address, from: LibraryArray): void;
  /** Fills a whole array from the library's memory. */
  read(address: Address, into: LibraryArray): void;
  close(): void;
}

/** Memory ran out: expected on a big model, so it says what to do. */
export class OutOfKernelMemory extends Error {
  override readonly name = 'OutOfKernelMemory';
  constructor(what: string) {
    super(
      `Not enough memory for ${what}. Lower the tokens per micro-batch or the number of generations, turn on ` +
        'activation recomputation, or take a smaller model.',
    );
  }
}

/** @throws OutOfKernelMemory if `address` is 0 */
export function need(address: Address, what: string): Address {
  if (address === 0) throw new OutOfKernelMemory(what);
  return address;
}

/**
 * A block of the library's memory that grows when more is asked of it; its contents do not survive growth. A block that
 * will be needed beside large ones starts with what it mostly needs: growing later it would end up behind them, and
 * they could not grow in place.
 */
export interface Staging {
  reserve(bytes: number): Address;
  release(): void;
  bytes(): number;
}

export function createStaging(library: KernelLibrary, least = 0): Staging {
  let address: Address = 0;
  let held = 0;
  return {
    reserve(bytes) {
      if (bytes <= held) return address;
      library.functions.memory_release(address);
      held = 0;
      const size = Math.max(bytes, least);
      address = need(library.functions.memory_allocate(size), 'a batch');
      held = size;
      return address;
    },
    release() {
      library.functions.memory_release(address);
      address = 0;
      held = 0;
    },
    bytes: () => held,
  };
}

/** The instruction set the library was built for. */
export function targetName(library: KernelLibrary): string {
  const out = need(library.functions.memory_allocate(32), 'a name');
  library.functions.target_name(out);
  const bytes = new Uint8Array(32);
  library.read(out, bytes);
  library.functions.memory_release(out);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}
