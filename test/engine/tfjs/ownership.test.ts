/** No call leaves a tensor behind, finished or cancelled, and none blocks the process. */
import { afterAll, describe, expect, it } from 'vitest';
import { mixedUpdate, sampleRequest, scoreRequest, TIED, weightsOf } from '../cases.ts';
import { openPresent } from '../engines.ts';

const STEPS = 100;
const engines = await openPresent(['tfjs-wasm', 'tensorflow-cpu']);

afterAll(() => {
  for (const engine of engines) engine.dispose();
});

describe.each(engines)('$name', { timeout: 120_000 }, (engine) => {
  const newPolicy = () => engine.createPolicy({ config: TIED, weights: weightsOf(TIED, 5), optimizer: null });

  it(`holds the same tensors after ${STEPS} steps of sampling, scoring and training`, async () => {
    const before = engine.memory();
    const policy = await newPolicy();
    const step = async (seed: number): Promise<void> => {
      await policy.update(mixedUpdate(TIED, seed, { maxTokensPerMicroBatch: seed % 2 === 0 ? 30 : 1000 }));
      if (seed % 10 > 0) return;
      await policy.sample(sampleRequest(TIED, seed, { numGenerations: 2 }));
      await policy.score(scoreRequest(TIED, seed));
    };
    await step(0);
    const first = engine.memory();
    for (let seed = 1; seed <= STEPS; seed++) await step(seed);
    expect(engine.memory()).toEqual(first);
    policy.dispose();
    expect(engine.memory()).toEqual(before);
  });

  it('a call cancelled from onProgress leaves nothing behind and the policy usable', async () => {
    const policy = await newPolicy();
    const before = engine.memory();
    const cancelAfter = (calls: number) => () => {
      if (calls-- === 0) throw new Error('cancelled');
    };
    for (const calls of [0, 1, 4]) {
      const request = sampleRequest(TIED, 1, { onProgress: cancelAfter(calls) });
      await expect(policy.sample(request)).rejects.toThrow('cancelled');
      expect(engine.memory()).toEqual(before);
    }
    await expect(policy.score({ ...scoreRequest(TIED, 1), onProgress: cancelAfter(0) })).rejects.toThrow(
      'cancelled',
    );
    expect(engine.memory()).toEqual(before);
    expect(await policy.sample(sampleRequest(TIED, 1))).toHaveLength(4);
    policy.dispose();
  });

  it('progress rises from 0 to 1, and timers run meanwhile', async () => {
    const policy = await newPolicy();
    const seen: number[] = [];
    let ticks = 0;
    const timer = setInterval(() => ticks++, 0);
    await policy.sample(sampleRequest(TIED, 1, { onProgress: (done) => seen.push(done) }));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(2);
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    policy.dispose();
  });

  it('draws do not depend on what runs beside them', async () => {
    const policy = await newPolicy();
    const request = sampleRequest(TIED, 4);
    const together = await policy.sample(request);
    for (const [i, prompt] of request.prompts.entries()) {
      const [alone] = await policy.sample({ ...request, prompts: [prompt], streams: [request.streams[i]!] });
      expect(alone!.map((c) => c.tokens)).toEqual(together[i]!.map((c) => c.tokens));
    }
    policy.dispose();
  });

  it('calls that overlap are refused', async () => {
    const policy = await newPolicy();
    const running = policy.score(scoreRequest(TIED, 1));
    await expect(policy.score(scoreRequest(TIED, 1))).rejects.toThrow('must not overlap');
    await running;
    policy.dispose();
  });

  it('a state survives saving and loading: the next step is the same', async () => {
    const one = await newPolicy();
    await one.update(mixedUpdate(TIED, 1));
    const state = await one.state();
    const two = await engine.createPolicy(state);
    const results = [await one.update(mixedUpdate(TIED, 2)), await two.update(mixedUpdate(TIED, 2))];
    expect(results[1]!.loss).toBe(results[0]!.loss);
    const [first, second] = [await one.state(), await two.state()];
    expect(second.optimizer!.step).toBe(2);
    for (const [name, values] of first.weights) expect(second.weights.get(name)).toEqual(values);
    one.dispose();
    two.dispose();
  });

  it('measures without training when apply is false, also without an optimizer', async () => {
    const frozen = await engine.createPolicy(
      { config: TIED, weights: weightsOf(TIED, 5), optimizer: null },
      { withOptimizer: false },
    );
    await expect(frozen.update(mixedUpdate(TIED, 1))).rejects.toThrow('without an optimizer');
    expect((await frozen.update(mixedUpdate(TIED, 1, { apply: false }))).gradNorm).toBeGreaterThan(0);
    const { weights, optimizer } = await frozen.state();
    expect(optimizer).toBeNull();
    for (const [name, values] of weightsOf(TIED, 5)) expect(weights.get(name)).toEqual(values);
    frozen.dispose();
  });

  it('does not change the state it was made from', async () => {
    const weights = weightsOf(TIED, 5);
    const policy = await engine.createPolicy({ config: TIED, weights, optimizer: null });
    await policy.update(mixedUpdate(TIED, 1));
    expect(weights).toEqual(weightsOf(TIED, 5));
    policy.dispose();
  });

  it('names a parameter that is missing or has another size', async () => {
    const weights = weightsOf(TIED, 5);
    weights.delete('model.norm.weight');
    const make = () => engine.createPolicy({ config: TIED, weights, optimizer: null });
    await expect(make()).rejects.toThrow('model.norm.weight');
    weights.set('model.norm.weight', new Float32Array(3));
    await expect(make()).rejects.toThrow('has 3 values where the model needs 24');
  });
});
