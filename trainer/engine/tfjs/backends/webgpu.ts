/**
 * TensorFlow.js on WebGPU, through Dawn: any vendor's GPU without CUDA. A software adapter (SwiftShader) is exact but
 * slow, good for tests; it is a separate engine so that nobody gets it by chance.
 */
import * as tf from '@tensorflow/tfjs-core';
import { EngineUnavailable } from '../../engine.ts';
import type { Backend } from '../backend.ts';
import { createDispatcher } from '../webgpu/dispatch.ts';
import { webgpuOps } from '../webgpu/ops.ts';
import { describeAdapter, findAdapter, type WebgpuName } from './webgpu-adapter.ts';

const KEY = 'webgpu';

/** Dispatches per submission: nothing waits for one before a step's readback. */
const BATCH_SIZE = 64;

/** The engine that holds the process's one WebGPU backend. */
let opened: WebgpuName | null = null;

const LIMITS = [
  'maxComputeWorkgroupStorageSize',
  'maxComputeWorkgroupsPerDimension',
  'maxStorageBufferBindingSize',
  'maxBufferSize',
  'maxComputeWorkgroupSizeX',
  'maxComputeInvocationsPerWorkgroup',
  'maxStorageBuffersPerShaderStage',
] as const;

export async function openWebgpu(name: WebgpuName): Promise<Backend> {
  if (opened !== null && opened !== name) {
    throw new EngineUnavailable(`This process uses ${opened} already`, 'Dispose that engine first.');
  }
  const { gpu, adapter } = await findAdapter(name);
  const device = await adapter.requestDevice({
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu');
  tf.removeBackend(KEY);
  tf.registerBackend(KEY, () => new WebGPUBackend(device, adapter.info));
  await tf.setBackend(KEY);
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', BATCH_SIZE);
  const dispatcher = createDispatcher(BATCH_SIZE);
  opened = name;
  return {
    key: KEY,
    description: `TensorFlow.js on WebGPU: ${describeAdapter(adapter)}`,
    ops: webgpuOps(dispatcher),
    // WebGPU does not tell how much memory there is.
    cacheBytes: 2 ** 31,
    settle: dispatcher.settle,
    dispose() {
      if (opened !== name) return;
      tf.removeBackend(KEY);
      device.destroy();
      opened = null;
    },
  };
}
