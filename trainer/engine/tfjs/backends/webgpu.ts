/**
 * TensorFlow.js on WebGPU, through Dawn (the npm package `webgpu`): any vendor's GPU without CUDA. A software
 * adapter (SwiftShader) is exact but slow, good for tests; it is a separate engine so that nobody gets it by chance.
 */
import { existsSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { EngineUnavailable } from '../../engine.ts';
import type { Backend } from '../backend.ts';
import { composedOps } from '../ops.ts';

export type WebgpuName = 'webgpu' | 'webgpu-software';

const KEY = 'webgpu';

/** Where browsers install SwiftShader's Vulkan driver on Linux. */
const SWIFTSHADER_DRIVERS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
];

const WAYS_OUT: Record<WebgpuName, string> = {
  webgpu: 'Install the GPU’s Vulkan driver (Linux: also libvulkan1), or use a CPU engine.',
  'webgpu-software': 'On Debian: `apt install chromium libvulkan1` (its SwiftShader is used).',
};

/** The engine that holds the process's one WebGPU backend. */
let opened: WebgpuName | null = null;

async function loadGpu(name: WebgpuName): Promise<GPU> {
  if (name === 'webgpu-software' && !process.env.VK_DRIVER_FILES) {
    const driver = SWIFTSHADER_DRIVERS.find((path) => existsSync(path));
    if (driver) process.env.VK_DRIVER_FILES = driver;
  }
  try {
    const { create, globals } = await import('webgpu');
    Object.assign(globalThis, globals);
    return create([]);
  } catch (error) {
    throw new EngineUnavailable(
      `WebGPU (Dawn) does not load: ${error instanceof Error ? error.message : String(error)}`,
      WAYS_OUT[name],
    );
  }
}

const isSoftware = ({ info }: GPUAdapter): boolean =>
  info.isFallbackAdapter ||
  /swiftshader|llvmpipe|lavapipe|software/i.test(`${info.architecture} ${info.description}`);

/** @throws EngineUnavailable without an adapter of the kind asked for */
export async function findAdapter(
  name: WebgpuName,
): Promise<{ readonly gpu: GPU; readonly adapter: GPUAdapter }> {
  const gpu = await loadGpu(name);
  const software = name === 'webgpu-software';
  const adapter = await gpu.requestAdapter(
    software ? { forceFallbackAdapter: true } : { powerPreference: 'high-performance' },
  );
  if (!adapter) {
    const kind = software ? 'software adapter' : 'graphics adapter';
    throw new EngineUnavailable(`WebGPU finds no ${kind} on this machine`, WAYS_OUT[name]);
  }
  if (!software && isSoftware(adapter)) {
    throw new EngineUnavailable(
      `WebGPU finds only a software adapter here (${adapter.info.description || adapter.info.architecture})`,
      `${WAYS_OUT.webgpu} (For tests, ask for webgpu-software.)`,
    );
  }
  return { gpu, adapter };
}

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
  // More dispatches per submission: nothing here waits for one before the step's readback.
  tf.env().set('WEBGPU_DEFERRED_SUBMIT_BATCH_SIZE', 64);
  opened = name;
  const { vendor, architecture, description } = adapter.info;
  return {
    key: KEY,
    description: `TensorFlow.js on WebGPU: ${description || `${vendor} ${architecture}`}`,
    ops: composedOps,
    dispose() {
      if (opened !== name) return;
      tf.removeBackend(KEY);
      device.destroy();
      opened = null;
    },
  };
}
