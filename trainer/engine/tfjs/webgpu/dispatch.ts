/**
 * Runs WGSL kernels of our own among TensorFlow.js's, in the same command batches: with several outputs, and in
 * place. TensorFlow.js's own runner knows one new output per program.
 */
import * as tf from '@tensorflow/tfjs-core';

type Scalar = 'u32' | 'f32';

export interface Kernel {
  /** Unique among kernels: pipelines are kept by it. */
  readonly name: string;
  readonly workgroupSize: number;
  /** Storage written, then storage read, then uniform parameters, as the body names them. */
  readonly writes: readonly string[];
  readonly reads: Readonly<Record<string, 'f32' | 'i32'>>;
  readonly params: Readonly<Record<string, Scalar>>;
  /** WGSL declarations before main. */
  readonly before?: string;
  /**
   * Body of main. Sees the bindings, `p` (parameters), `thread` (index in the workgroup), `group` (index of the
   * workgroup; the grid may hold more than were asked for) and SIZE (the workgroup's size).
   */
  readonly body: string;
}

/** What TensorFlow.js's WebGPU backend keeps to itself. */
interface BackendInternals {
  readonly device: GPUDevice;
  readonly queue: GPUQueue;
  readonly tensorMap: {
    get(dataId: object): { resource?: GPUBuffer; values: unknown };
  };
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number): GPUBuffer;
    readonly freeBuffers: Map<string, GPUBuffer[]>;
    numFreeBuffers: number;
    numBytesAllocated: number;
    readonly numBytesUsed: number;
  };
  readonly uniformPendingDisposal: GPUBuffer[];
  readonly commandQueueOwnedIds: WeakSet<object>;
  computePassEncoder: GPUComputePassEncoder | null;
  commandEncoder: GPUCommandEncoder | null;
  dispatchCountInPass: number;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  uploadToGPU(dataId: object): void;
  makeTensorInfo(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

export type Output = readonly number[] | tf.Tensor;

export interface Run {
  /** A shape makes a new float32 tensor; a tensor is written in place. */
  readonly writes: readonly Output[];
  readonly reads: readonly tf.Tensor[];
  readonly params: Readonly<Record<string, number>>;
  /** Workgroups needed. */
  readonly groups: number;
}

const MOST_GROUPS = 65535;

function sourceOf({ writes, reads, params, workgroupSize, before = '', body }: Kernel): string {
  let binding = 0;
  const storage = (name: string, access: string, type: string): string =>
    `@group(0) @binding(${binding++}) var<storage, ${access}> ${name}: array<${type}>;`;
  const fields = Object.entries(params).map(([name, type]) => `${name}: ${type},`);
  return [
    ...writes.map((name) => storage(name, 'read_write', 'f32')),
    ...Object.entries(reads).map(([name, type]) => storage(name, 'read', type)),
    `struct Params { ${fields.join(' ')} }`,
    `@group(0) @binding(${binding}) var<uniform> p: Params;`,
    `const SIZE: u32 = ${workgroupSize}u;`,
    before,
    '@compute @workgroup_size(SIZE)',
    'fn main(@builtin(workgroup_id) id: vec3<u32>, @builtin(num_workgroups) grid: vec3<u32>,',
    '  @builtin(local_invocation_index) thread: u32) {',
    '  let group = id.x + id.y * grid.x;',
    body,
    '}',
  ].join('\n');
}

function uniformsOf(kernel: Kernel, values: Run['params']): ArrayBuffer {
  const names = Object.entries(kernel.params);
  const words = new DataView(new ArrayBuffer(Math.max(16, Math.ceil(names.length / 4) * 16)));
  names.forEach(([name, type], i) => {
    const value = values[name]!;
    if (type === 'u32') words.setUint32(4 * i, value, true);
    else words.setFloat32(4 * i, value, true);
  });
  return words.buffer as ArrayBuffer;
}

export interface Dispatcher {
  /** Records a kernel's run; new outputs are returned in order, given ones as they were given. */
  run(kernel: Kernel, run: Run): tf.Tensor[];
  /**
   * Frees pooled buffers when they outweigh what is in use: TensorFlow.js keeps one per size ever asked for.
   * @throws what the device reported since the last call
   */
  settle(): void;
}

/** @param batchSize dispatches per submission */
export function createDispatcher(batchSize: number): Dispatcher {
  const backend = tf.backend() as unknown as BackendInternals;
  const pipelines = new Map<string, GPUComputePipeline>();
  // WebGPU reports errors as events, long after the call that made them.
  let failure: string | null = null;
  backend.device.addEventListener('uncapturederror', ({ error }) => {
    failure ??= error.message;
  });
  backend.device.lost.then(({ reason, message }) => {
    if (reason !== 'destroyed') failure ??= `the device was lost (${message})`;
  });
  const throwFailure = (): void => {
    if (failure === null) return;
    const message = failure;
    failure = null;
    throw new Error(`WebGPU failed: ${message}`);
  };

  function pipelineOf(kernel: Kernel): GPUComputePipeline {
    const known = pipelines.get(kernel.name);
    if (known) return known;
    const module = backend.device.createShaderModule({ code: sourceOf(kernel), label: kernel.name });
    const pipeline = backend.device.createComputePipeline({
      layout: 'auto',
      compute: { module, entryPoint: 'main' },
      label: kernel.name,
    });
    pipelines.set(kernel.name, pipeline);
    return pipeline;
  }

  function bufferOf(info: tf.TensorInfo): GPUBuffer {
    backend.uploadToGPU(info.dataId);
    return backend.tensorMap.get(info.dataId).resource!;
  }

  return {
    run(kernel, { writes, reads, params, groups }) {
      throwFailure();
      const outputs = writes.map((output) => {
        if (output instanceof tf.Tensor) return output;
        return tf.engine().makeTensorFromTensorInfo(backend.makeTensorInfo([...output], 'float32'));
      });
      const tensors = [...outputs, ...reads];
      const buffers = tensors.map(bufferOf);
      for (const { dataId } of tensors) backend.commandQueueOwnedIds.add(dataId);
      // A copy on the host would be stale after a write in place.
      for (const { dataId } of outputs) backend.tensorMap.get(dataId).values = null;

      const uniforms = uniformsOf(kernel, params);
      const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.UNIFORM;
      const uniform = backend.bufferManager.acquireBuffer(uniforms.byteLength, usage);
      backend.queue.writeBuffer(uniform, 0, uniforms);
      backend.uniformPendingDisposal.push(uniform);

      const pipeline = pipelineOf(kernel);
      const bindGroup = backend.device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: [...buffers, uniform].map((buffer, binding) => ({ binding, resource: { buffer } })),
      });
      backend.ensureCommandEncoderReady();
      backend.computePassEncoder ??= backend.commandEncoder!.beginComputePass();
      const pass = backend.computePassEncoder;
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      const columns = Math.min(groups, MOST_GROUPS);
      pass.dispatchWorkgroups(columns, Math.ceil(groups / columns));
      backend.dispatchCountInPass++;
      if (backend.dispatchCountInPass >= batchSize) {
        backend.endComputePassEncoder();
        backend.submitQueue();
      }
      return outputs;
    },

    settle() {
      throwFailure();
      const { bufferManager } = backend;
      const unused = bufferManager.numBytesAllocated - bufferManager.numBytesUsed;
      if (unused <= Math.max(2 ** 28, bufferManager.numBytesUsed)) return;
      backend.ensureCommandEncoderReady();
      backend.endComputePassEncoder();
      backend.submitQueue();
      for (const buffers of bufferManager.freeBuffers.values()) {
        for (const buffer of buffers) {
          bufferManager.numBytesAllocated -= buffer.size;
          buffer.destroy();
        }
      }
      bufferManager.freeBuffers.clear();
      bufferManager.numFreeBuffers = 0;
    },
  };
}
