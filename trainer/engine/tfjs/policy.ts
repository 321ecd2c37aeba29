/** A policy on TensorFlow.js: weights and moments on the device, one call at a time. */
import type { Policy, PolicyState, TensorMap } from '../engine.ts';
import type { ModelConfig } from '../model.ts';
import type { Ops } from './ops.ts';
import type { OptimizerState } from './optimizer.ts';
import { runSample } from './sample.ts';
import { runScore } from './score.ts';
import { disposeStored, download, type Stored, upload, zeros } from './storage.ts';
import type { Model } from './trunk.ts';
import { runUpdate } from './update.ts';

/** What a policy needs of its engine. */
export interface Host {
  readonly ops: Ops;
  /** Makes the engine's backend TensorFlow.js's active one. */
  activate(): void;
  /** After each call. @throws what the device reported meanwhile */
  settle(): void;
  readonly cacheBytes: number;
}

function loadOptimizer(config: ModelConfig, saved: PolicyState['optimizer']): OptimizerState {
  if (!saved) return { step: 0, first: zeros(config), second: zeros(config) };
  return { step: saved.step, first: upload(config, saved.first), second: upload(config, saved.second) };
}

/** @throws if the state lacks a parameter or has one of another size */
export function createPolicy(state: PolicyState, withOptimizer: boolean, host: Host): Policy {
  const { config } = state;
  host.activate();
  const model: Model = { config, ops: host.ops, stored: upload(config, state.weights) };
  const optimizer = withOptimizer ? loadOptimizer(config, state.optimizer) : null;
  let gradients: Stored = new Map();
  let busy = false;

  async function exclusive<T>(work: () => Promise<T>): Promise<T> {
    if (busy) throw new Error('Calls of a policy must not overlap');
    busy = true;
    host.activate();
    try {
      const result = await work();
      host.settle();
      return result;
    } finally {
      busy = false;
    }
  }

  const read = (stored: Stored): Promise<TensorMap> => download(config, stored);

  return {
    config,
    sample: (request) => exclusive(() => runSample(model, request, host.cacheBytes)),
    score: (request) => exclusive(() => runScore(model, request)),
    update: (request) =>
      exclusive(async () => {
        disposeStored(gradients);
        const update = await runUpdate(model, optimizer, request);
        gradients = update.gradients;
        return update.result;
      }),
    state: () =>
      exclusive(async () => ({
        config,
        weights: await read(model.stored),
        optimizer:
          optimizer && optimizer.step > 0
            ? {
                step: optimizer.step,
                first: await read(optimizer.first),
                second: await read(optimizer.second),
              }
            : null,
      })),
    gradients: () =>
      exclusive(async () => {
        if (gradients.size === 0) throw new Error('No update has run yet');
        return read(gradients);
      }),
    dispose() {
      disposeStored(model.stored);
      disposeStored(gradients);
      if (!optimizer) return;
      disposeStored(optimizer.first);
      disposeStored(optimizer.second);
    },
  };
}
