/** Opens an engine on TensorFlow.js. */
import type * as Tf from '@tensorflow/tfjs-core';
import {
  type Engine,
  type EngineName,
  type EngineOptions,
  EngineUnavailable,
  type OpenEngine,
} from '../engine.ts';
import type { Backend } from './backend.ts';
import type { Host } from './policy.ts';

async function openBackend(name: EngineName, options: EngineOptions): Promise<Backend> {
  switch (name) {
    case 'tensorflow-cuda':
    case 'tensorflow-cpu': {
      const { openTensorflow } = await import('./backends/tensorflow.ts');
      return openTensorflow(name === 'tensorflow-cuda' ? 'cuda' : 'cpu', options);
    }
    case 'webgpu':
    case 'webgpu-software': {
      const { openWebgpu } = await import('./backends/webgpu.ts');
      return openWebgpu(name);
    }
    case 'tfjs-wasm': {
      const { openWasm } = await import('./backends/wasm.ts');
      return openWasm();
    }
    case 'kernels-native':
    case 'kernels-wasm':
      throw new EngineUnavailable(`${name} is no TensorFlow.js engine`, 'Open it through select.ts.');
    default:
      return name satisfies never;
  }
}

export const open: OpenEngine = async (name, options) => {
  const backend = await openBackend(name, options);
  const tf: typeof Tf = await import('@tensorflow/tfjs-core');
  const { createPolicy } = await import('./policy.ts');
  const policies = new Set<{ dispose(): void }>();
  // TensorFlow.js has one active backend per process; other engines may have changed it.
  const host: Host = {
    ops: backend.ops,
    activate() {
      if (tf.getBackend() !== backend.key) tf.setBackend(backend.key);
    },
    settle: () => backend.settle?.(),
    cacheBytes: backend.cacheBytes,
  };
  const engine: Engine = {
    name,
    description: backend.description,
    async createPolicy(state, { withOptimizer = true } = {}) {
      const policy = createPolicy(state, withOptimizer, host);
      policies.add(policy);
      return policy;
    },
    memory() {
      const { numBytes, numTensors } = tf.memory();
      return { engineBytes: numBytes, tensors: numTensors };
    },
    dispose() {
      for (const policy of policies) policy.dispose();
      policies.clear();
      backend.dispose();
    },
  };
  return engine;
};
