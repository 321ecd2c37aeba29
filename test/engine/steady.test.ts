import { expect, it } from 'vitest';
import { runSteadily } from '../../bench/steady.ts';
import type { EngineName } from '../../trainer/engine/engine.ts';
import { openPresent } from './engines.ts';

const NAMES: EngineName[] = ['kernels-native', 'kernels-wasm', 'tfjs-wasm'];
const NOISE_BYTES = 6e6;

const present = (await openPresent(NAMES)).map((engine) => {
  engine.dispose();
  return engine.name;
});

it.each(present)('%s: memory is flat over 1,000 steps of sampling and training', async (name) => {
  const { before, after } = await runSteadily(name);
  expect(after.engineBytes).toBe(before.engineBytes);
  expect(after.tensors).toBe(before.tensors);
  expect(after.residentBytes - before.residentBytes).toBeLessThan(NOISE_BYTES);
  expect(after.bufferBytes - before.bufferBytes).toBeLessThan(NOISE_BYTES);
});
