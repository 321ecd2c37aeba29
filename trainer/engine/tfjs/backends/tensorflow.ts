/** Native TensorFlow through tfjs-node-gpu's addon, on the CPU or an NVIDIA GPU. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { type EngineOptions, EngineUnavailable } from '../../engine.ts';
import type { Backend } from '../backend.ts';
import { findNvidiaGpu, NVIDIA_WAY_OUT } from '../nvidia.ts';
import { provisionTensorflow, type TensorflowFlavour } from '../provision.ts';
import { tensorflowOps } from './tensorflow-ops.ts';

const KEY = 'tensorflow';
const require = createRequire(import.meta.url);

/** A process holds one native TensorFlow: its libraries cannot be unloaded. */
let loaded: TensorflowFlavour | null = null;

export async function openTensorflow(flavour: TensorflowFlavour, options: EngineOptions): Promise<Backend> {
  const gpu = flavour === 'cuda' ? await findNvidiaGpu() : null;
  if (typeof gpu === 'string') {
    throw new EngineUnavailable(gpu, NVIDIA_WAY_OUT);
  }
  if (loaded !== null && loaded !== flavour) {
    throw new EngineUnavailable(
      `This process has loaded TensorFlow for ${loaded === 'cuda' ? 'CUDA' : 'the CPU'} already`,
      'Start the trainer again.',
    );
  }
  const { addonPath, origin } = await provisionTensorflow({
    flavour,
    cacheFolder: options.cacheFolder,
    onNotice: options.onNotice ?? (() => undefined),
  });
  if (loaded === null) {
    setEnvironment(options.threads, dirname(addonPath));
    register(addonPath);
    loaded = flavour;
  }
  await tf.setBackend(KEY);
  if (gpu && !usesGpu()) {
    throw new EngineUnavailable(
      `TensorFlow (${origin}) found no GPU it can use, though the driver lists ${gpu.name}`,
      'It needs CUDA 12 and cuDNN 9 in the library path, or Python with pip to fetch them. Set TF_CPP_MIN_LOG_LEVEL=0 to see its reason.',
    );
  }
  return {
    key: KEY,
    description: gpu
      ? `TensorFlow on ${gpu.name}, driver ${gpu.driverVersion} (${origin})`
      : `TensorFlow on the CPU, ${options.threads || 'all'} threads (${origin})`,
    ops: tensorflowOps(),
    cacheBytes: (gpu ? gpu.memoryMiB * 2 ** 20 : totalmem()) / 4,
    dispose: () => undefined,
  };
}

/** Read by TensorFlow when its library is loaded; what the user has set stays. */
function setEnvironment(threads: number, folder: string): void {
  const env = process.env;
  env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  // TF32 products keep 10 bits of mantissa: log-probabilities would differ from the other engines' by 1e-3.
  env.NVIDIA_TF32_OVERRIDE ??= '0';
  // Where a GPU newer than TensorFlow's kernels has them compiled from.
  const compiler = join(folder, 'nvidia', 'cuda_nvcc');
  if (existsSync(compiler)) env.XLA_FLAGS ??= `--xla_gpu_cuda_data_dir=${compiler}`;
  if (threads > 0) env.TF_NUM_INTRAOP_THREADS ??= String(threads);
}

/** Whether the addon runs operations on a GPU; without one it falls back to the CPU in silence. */
function usesGpu(): boolean {
  const backend = tf.backend() as unknown as { readonly isUsingGpuDevice: boolean };
  return backend.isUsingGpuDevice;
}

function register(addonPath: string): void {
  try {
    const util: Record<string, unknown> = require('node:util');
    // tfjs-node calls a function that Node 23 removed.
    util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
    const addon: unknown = require(addonPath);
    const { NodeJSKernelBackend } = require('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend');
    require('@tensorflow/tfjs-node-gpu/dist/register_all_kernels');
    tf.registerBackend(KEY, () => new NodeJSKernelBackend(addon, '@tensorflow/tfjs-node-gpu'));
  } catch (error) {
    throw new EngineUnavailable(
      `Native TensorFlow does not load: ${error instanceof Error ? error.message : String(error)}`,
      `Delete ${addonPath} and its folder to have it provisioned again.`,
    );
  }
}
