import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { openWasm } from '../../../trainer/engine/tfjs/backends/wasm.ts';
import { createPolicy } from '../../../trainer/engine/tfjs/policy.ts';
import { describeAsReference } from '../as-reference.ts';
import { sampleRequest, TIED, weightsOf } from '../cases.ts';

await describeAsReference(['tfjs-wasm', 'tensorflow-cpu', 'webgpu-software']);

it('prompts in waves, each alone, are completed as all at once', async () => {
  const { ops, key } = await openWasm();
  const complete = async (cacheBytes: number) => {
    const host = { ops, cacheBytes, activate: () => void tf.setBackend(key), settle: () => undefined };
    const policy = createPolicy({ config: TIED, weights: weightsOf(TIED, 5), optimizer: null }, false, host);
    const seen: number[] = [];
    const completions = await policy.sample(
      sampleRequest(TIED, 9, { onProgress: (done) => seen.push(done) }),
    );
    policy.dispose();
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    return completions.map((group) => group.map(({ tokens, finish }) => ({ tokens: [...tokens], finish })));
  };
  expect(await complete(1)).toEqual(await complete(2 ** 30));
});
