/** The same bits whatever the number of threads and whatever shares a batch. */
import { describe, expect, it } from 'vitest';
import type { Policy, TensorMap } from '../../../trainer/engine/engine.ts';
import { createPolicy } from '../../../trainer/engine/kernels/policy.ts';
import { mixedUpdate, SAMPLE_CASES, sampleRequest, scoreRequest, TIED, weightsOf } from '../cases.ts';
import { type NamedLibrary, openLibraries } from './libraries.ts';

async function withPolicies(
  threads: number,
  work: (name: string, policy: Policy) => Promise<void>,
): Promise<void> {
  const libraries: NamedLibrary[] = await openLibraries(threads);
  for (const { name, library } of libraries) {
    const state = { config: TIED, weights: weightsOf(TIED, 5), optimizer: null };
    const policy = createPolicy(library, state, true, () => {});
    await work(name, policy);
    policy.dispose();
    library.close();
  }
}

describe('results', () => {
  it('do not depend on the number of threads', async () => {
    const found = new Map<string, unknown[]>();
    for (const threads of [1, 2, 3, 7]) {
      await withPolicies(threads, async (name, policy) => {
        const scores = await policy.score(scoreRequest(TIED, 3));
        const samples = [];
        for (const { change } of SAMPLE_CASES)
          samples.push(await policy.sample(sampleRequest(TIED, 9, change)));
        const updates = [];
        for (let step = 0; step < 3; step++) updates.push(await policy.update(mixedUpdate(TIED, step)));
        const weights: TensorMap = (await policy.state()).weights;
        found.set(name, [...(found.get(name) ?? []), { scores, samples, updates, weights }]);
      });
    }
    for (const [name, [first, ...others]] of found) {
      for (const other of others) expect(other, name).toEqual(first);
    }
  });

  it('of one prompt do not depend on the prompts beside it', () =>
    withPolicies(2, async (name, policy) => {
      for (const { change } of SAMPLE_CASES) {
        const request = sampleRequest(TIED, 4, change);
        const together = await policy.sample(request);
        for (const [i, prompt] of request.prompts.entries()) {
          const alone = { ...request, prompts: [prompt], streams: [request.streams[i]!] };
          expect(await policy.sample(alone), name).toEqual([together[i]]);
        }
      }
    }));
});
