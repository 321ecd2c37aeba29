/** What our part of the WebGPU backend promises beyond its operations, which ops.test.ts checks. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { EngineUnavailable } from '../../../trainer/engine/engine.ts';
import type { Backend } from '../../../trainer/engine/tfjs/backend.ts';
import { openWebgpu } from '../../../trainer/engine/tfjs/backends/webgpu.ts';
import { createDispatcher, type Kernel } from '../../../trainer/engine/tfjs/webgpu/dispatch.ts';

async function openSoftware(): Promise<Backend | string> {
  try {
    return await openWebgpu('webgpu-software');
  } catch (error) {
    if (error instanceof EngineUnavailable) return error.message;
    throw error;
  }
}

const backend = await openSoftware();
if (typeof backend === 'string') console.info(`skipped: webgpu-software (${backend})`);

const DOUBLE: Kernel = {
  name: 'double',
  workgroupSize: 32,
  writes: ['y'],
  reads: { x: 'f32' },
  params: { size: 'u32', factor: 'f32' },
  body: `
  let i = group * SIZE + thread;
  if (i < p.size) { y[i] = p.factor * x[i]; }`,
};

interface GpuMemory {
  readonly numBytesAllocatedInGPU: number;
}

describe.skipIf(typeof backend === 'string')('WebGPU dispatch', { timeout: 60_000 }, () => {
  afterAll(() => {
    if (typeof backend !== 'string') backend.dispose();
  });

  it('a kernel written in place is seen by what comes after, also when read before', async () => {
    const { run } = createDispatcher(4);
    const x = tf.tensor1d([1, 2, 3]);
    const table = tf.tensor1d([0, 0, 0]);
    const params = { size: 3, factor: 2 };
    run(DOUBLE, { writes: [table], reads: [x], params, groups: 1 });
    expect([...(await table.data())]).toEqual([2, 4, 6]);
    run(DOUBLE, { writes: [table], reads: [x], params: { size: 3, factor: 5 }, groups: 1 });
    expect([...(await table.data())]).toEqual([5, 10, 15]);
    tf.dispose([x, table]);
  });

  it('a grid wider than one dimension allows reaches every value', async () => {
    const { run } = createDispatcher(4);
    const size = 32 * 65535 + 40;
    const x = tf.fill([size], 3);
    const [y] = run(DOUBLE, {
      writes: [[size]],
      reads: [x],
      params: { size, factor: 2 },
      groups: Math.ceil(size / 32),
    });
    const values = await y!.data();
    expect(values.every((value) => value === 6)).toBe(true);
    tf.dispose([x, y!]);
  });

  it('pooled buffers are given back when they outweigh what is used', async () => {
    const { settle } = createDispatcher(4);
    const allocated = (): number => (tf.memory() as unknown as GpuMemory).numBytesAllocatedInGPU;
    for (let i = 0; i < 12; i++) {
      const filled = tf.fill([2 ** 23 + i], 1);
      await tf.slice(filled, 0, 1).data();
      filled.dispose();
    }
    expect(allocated()).toBeGreaterThan(12 * 2 ** 25);
    settle();
    expect(allocated()).toBeLessThan(2 ** 25);
    expect([...(await tf.add(tf.tensor1d([1]), 1).data())]).toEqual([2]);
  });

  it('an error the device reports is thrown, once', async () => {
    const { run, settle } = createDispatcher(1);
    run(
      { ...DOUBLE, name: 'broken', body: 'this is not WGSL' },
      {
        writes: [[1]],
        reads: [tf.tensor1d([1])],
        params: { size: 1, factor: 1 },
        groups: 1,
      },
    );
    await tf.add(tf.tensor1d([1]), 1).data();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(settle).toThrow('WebGPU failed');
    expect(settle).not.toThrow();
  });
});
