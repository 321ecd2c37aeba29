/** Opens the kernels' engine: as a native addon, or as WASM. */
import { availableParallelism } from 'node:os';
import { type Engine, EngineUnavailable, type OpenEngine } from '../engine.ts';
import { type KernelLibrary, targetName } from './library.ts';
import { openNativeLibrary } from './native.ts';
import { createPolicy, type KernelPolicy } from './policy.ts';
import { openWasmLibrary } from './wasm.ts';

export const open: OpenEngine = async (name, options) => {
  const threads = options.threads > 0 ? options.threads : availableParallelism();
  switch (name) {
    case 'kernels-native':
      return engineOn(name, await openNativeLibrary(threads, options.cacheFolder, options.onNotice));
    case 'kernels-wasm':
      return engineOn(name, await openWasmLibrary(threads));
    default:
      throw new EngineUnavailable(
        `The kernels are not an engine named ${name}.`,
        'Choose kernels-native or kernels-wasm.',
      );
  }
};

function engineOn(name: Engine['name'], library: KernelLibrary): Engine {
  const policies = new Set<KernelPolicy>();
  let disposed = false;
  return {
    name,
    description: `CPU, ${targetName(library)}, ${library.threads} ${library.threads === 1 ? 'thread' : 'threads'}`,
    async createPolicy(state, options) {
      if (disposed) throw new Error('This engine was disposed of.');
      const policy: KernelPolicy = createPolicy(library, state, options?.withOptimizer !== false, () =>
        policies.delete(policy),
      );
      policies.add(policy);
      return policy;
    },
    memory: () => ({
      engineBytes: [...policies].reduce(
        (sum, policy) => sum + policy.bytes(),
        library.functions.pool_bytes(library.pool),
      ),
      tensors: null,
    }),
    dispose() {
      if (disposed) return;
      disposed = true;
      for (const policy of [...policies]) policy.dispose();
      library.close();
    },
  };
}
