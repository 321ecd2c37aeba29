/** Finding a WebGPU adapter through Dawn (the npm package `webgpu`). */
import { existsSync } from 'node:fs';
import { EngineUnavailable } from '../../engine.ts';

export type WebgpuName = 'webgpu' | 'webgpu-software';

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

async function loadGpu(name: WebgpuName): Promise<GPU> {
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

/** Runs `work` with Vulkan seeing SwiftShader's driver, unless the user chose drivers. */
async function withSwiftShader<T>(work: () => Promise<T>): Promise<T> {
  const driver = SWIFTSHADER_DRIVERS.find((path) => existsSync(path));
  if (process.env.VK_DRIVER_FILES || !driver) return work();
  process.env.VK_DRIVER_FILES = driver;
  try {
    return await work();
  } finally {
    delete process.env.VK_DRIVER_FILES;
  }
}

const isSoftware = ({ info }: GPUAdapter): boolean =>
  info.isFallbackAdapter ||
  /swiftshader|llvmpipe|lavapipe|software|basic render/i.test(`${info.architecture} ${info.description}`);

export interface FoundAdapter {
  readonly gpu: GPU;
  readonly adapter: GPUAdapter;
}

/** @throws EngineUnavailable without an adapter of the kind asked for */
export async function findAdapter(name: WebgpuName): Promise<FoundAdapter> {
  if (name === 'webgpu-software') {
    return withSwiftShader(async () => {
      const gpu = await loadGpu(name);
      const adapter = await gpu.requestAdapter({ forceFallbackAdapter: true });
      if (adapter) return { gpu, adapter };
      throw new EngineUnavailable('WebGPU finds no software adapter on this machine', WAYS_OUT[name]);
    });
  }
  const gpu = await loadGpu(name);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter)
    throw new EngineUnavailable('WebGPU finds no graphics adapter on this machine', WAYS_OUT.webgpu);
  if (isSoftware(adapter)) {
    throw new EngineUnavailable(
      `WebGPU finds only a software adapter here (${describeAdapter(adapter)})`,
      `${WAYS_OUT.webgpu} (For tests, ask for webgpu-software.)`,
    );
  }
  return { gpu, adapter };
}

export function describeAdapter({ info }: GPUAdapter): string {
  return info.description || `${info.vendor} ${info.architecture}`;
}
