/** A policy on the kernels: a model in the library's memory, its optimizer's step count, and the calls on it. */
import type { Policy, PolicyState } from '../engine.ts';
import { createKernelModel, type KernelModel } from './kernel-model.ts';
import { type KernelLibrary, need } from './library.ts';
import { sample } from './sample.ts';
import { score } from './score.ts';
import { update } from './update.ts';

export interface KernelPolicy extends Policy {
  bytes(): number;
}

export function createPolicy(
  library: KernelLibrary,
  state: PolicyState,
  withOptimizer: boolean,
  onDispose: () => void,
): KernelPolicy {
  const model: KernelModel = createKernelModel(library, state, withOptimizer);
  const sampler = need(library.functions.sampler_open(model.address, model.batch), 'a sampler');
  let step = state.optimizer?.step ?? 0;
  let busy = false;
  let disposed = false;

  const exclusively = async <T>(call: () => Promise<T>): Promise<T> => {
    if (disposed) throw new Error('This policy was disposed of.');
    if (busy) throw new Error('Calls on one policy must not overlap.');
    busy = true;
    try {
      return await call();
    } finally {
      busy = false;
    }
  };
  const needOptimizer = (): void => {
    if (!withOptimizer)
      throw new Error('This policy was created without an optimizer: it cannot be updated.');
  };

  return {
    config: state.config,
    sample: (request) => exclusively(() => sample(model, sampler, request)),
    score: (request) => exclusively(() => score(model, request)),
    update: (request) =>
      exclusively(async () => {
        needOptimizer();
        const result = await update(model, request, step + 1);
        if (request.apply !== false) step++;
        return result;
      }),
    state: () =>
      exclusively(async () => ({
        config: state.config,
        weights: model.readTensors('weights'),
        optimizer:
          step === 0
            ? null
            : { step, first: model.readTensors('first'), second: model.readTensors('second') },
      })),
    gradients: () =>
      exclusively(async () => {
        needOptimizer();
        return model.readTensors('gradients');
      }),
    bytes: () => model.bytes() + library.functions.sampler_bytes(sampler),
    dispose() {
      if (disposed) return;
      disposed = true;
      library.functions.sampler_close(sampler);
      model.dispose();
      onDispose();
    },
  };
}
