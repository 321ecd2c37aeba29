/**
 * Which engine runs, and why. Automatic choice takes the first that opens; every better one that did not is
 * reported with its reason and a way out. Engines load on demand: nothing of TensorFlow.js or WebGPU is imported
 * before one of them is tried.
 */
import {
  ENGINE_NAMES,
  type Engine,
  type EngineName,
  type EngineOptions,
  type EngineReport,
  EngineUnavailable,
  type OpenEngine,
} from './engine.ts';

/**
 * GPUs first, then our CPU kernels. Native TensorFlow on the CPU (which would be provisioned: hundreds of megabytes)
 * and TensorFlow.js on WASM are slower than the kernels and come only when those fail. A software WebGPU adapter is
 * for tests and never taken unasked.
 */
const AUTOMATIC_ORDER: readonly EngineName[] = [
  'tensorflow-cuda',
  'webgpu',
  'kernels-native',
  'kernels-wasm',
  'tensorflow-cpu',
  'tfjs-wasm',
];

const isKernels = (name: EngineName): boolean => name === 'kernels-native' || name === 'kernels-wasm';

const open: OpenEngine = async (name, options) => {
  const module = isKernels(name) ? await import('./kernels/open.ts') : await import('./tfjs/open.ts');
  return module.open(name, options);
};

export interface SelectedEngine {
  readonly engine: Engine;
  readonly report: EngineReport;
}

/**
 * Opens the engine asked for, or the best one that works here.
 * @throws EngineUnavailable if the one asked for cannot be had, or none can
 */
export async function selectEngine(
  request: EngineName | 'auto',
  options: EngineOptions,
): Promise<SelectedEngine> {
  if (request !== 'auto') {
    if (!ENGINE_NAMES.includes(request)) {
      throw new EngineUnavailable(
        `There is no engine named ${request}`,
        `Choose auto or one of: ${ENGINE_NAMES.join(', ')}.`,
      );
    }
    return selected(await open(request, options), []);
  }
  const rejected: EngineReport['rejected'][number][] = [];
  for (const name of AUTOMATIC_ORDER) {
    try {
      return selected(await open(name, options), rejected);
    } catch (error) {
      rejected.push({ name, ...reasonOf(error) });
    }
  }
  throw new EngineUnavailable(
    `No engine works here: ${rejected.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}`,
    rejected.map(({ wayOut }) => wayOut).join(' '),
  );
}

const selected = (engine: Engine, rejected: EngineReport['rejected']): SelectedEngine => ({
  engine,
  report: { name: engine.name, description: engine.description, rejected },
});

function reasonOf(error: unknown): { readonly reason: string; readonly wayOut: string } {
  if (error instanceof EngineUnavailable) return { reason: error.message, wayOut: error.wayOut };
  return {
    reason: `It failed unexpectedly: ${error instanceof Error ? error.message : String(error)}`,
    wayOut: 'This is a fault; please report it.',
  };
}

export interface EngineProbe {
  readonly name: EngineName;
  /** Whether asking for it would work, as far as can be told without downloading or compiling. */
  readonly available: boolean;
  /** What it would run on and what taking it would do first; or why it cannot be had. */
  readonly detail: string;
  /** What would make it work; empty if it does. */
  readonly wayOut: string;
}

/** @throws EngineUnavailable */
async function probe(name: EngineName, options: EngineOptions): Promise<string> {
  if (name === 'kernels-native') {
    const { planNativeLibrary } = await import('./kernels/native.ts');
    return planNativeLibrary(options.cacheFolder);
  }
  if (name === 'kernels-wasm') {
    const engine = await open(name, options);
    engine.dispose();
    return engine.description;
  }
  const tfjs = await import('./tfjs/probe.ts');
  return tfjs.probe(name, options);
}

/** Every engine's prospects here, in the automatic order, without downloading or compiling anything. */
export async function probeEngines(options: EngineOptions): Promise<EngineProbe[]> {
  const probes: EngineProbe[] = [];
  for (const name of [...AUTOMATIC_ORDER, 'webgpu-software'] as const) {
    try {
      probes.push({ name, available: true, detail: await probe(name, options), wayOut: '' });
    } catch (error) {
      const { reason, wayOut } = reasonOf(error);
      probes.push({ name, available: false, detail: reason, wayOut });
    }
  }
  return probes;
}
