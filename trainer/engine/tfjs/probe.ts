/** Whether an engine on TensorFlow.js would open here, without downloading, compiling or taking a device. */
import { createRequire } from 'node:module';
import { type EngineName, type EngineOptions, EngineUnavailable } from '../engine.ts';
import { findNvidiaGpu, NVIDIA_WAY_OUT } from './nvidia.ts';
import { planProvisioning, type TensorflowFlavour } from './provision.ts';

const require = createRequire(import.meta.url);

/** What the engine would run on. @throws EngineUnavailable */
export async function probe(name: EngineName, { cacheFolder }: EngineOptions): Promise<string> {
  switch (name) {
    case 'tensorflow-cuda': {
      const gpu = await findNvidiaGpu();
      if (typeof gpu === 'string') throw new EngineUnavailable(gpu, NVIDIA_WAY_OUT);
      const plan = await planProvisioning({ flavour: 'cuda', cacheFolder });
      return `${gpu.name}, ${gpu.memoryMiB} MiB, driver ${gpu.driverVersion}. ${plan}`;
    }
    case 'tensorflow-cpu':
      return planProvisioning({ flavour: 'cpu' satisfies TensorflowFlavour, cacheFolder });
    case 'webgpu':
    case 'webgpu-software': {
      const { describeAdapter, findAdapter } = await import('./backends/webgpu-adapter.ts');
      return describeAdapter((await findAdapter(name)).adapter);
    }
    case 'tfjs-wasm':
      require.resolve('@tensorflow/tfjs-backend-wasm');
      return 'WebAssembly (SIMD), one thread';
    case 'kernels-native':
    case 'kernels-wasm':
      throw new EngineUnavailable(`${name} is no TensorFlow.js engine`, 'Ask the kernels about it.');
    default:
      return name satisfies never;
  }
}
