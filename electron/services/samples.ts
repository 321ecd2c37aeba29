import type { Output, ResolvedInput } from '../contract.ts';
import type { SampleReads } from '../db/samples.ts';

/** Rollouts of one step; without a step, of the newest one. */
export function readSamples(
  samples: SampleReads,
  runKey: number,
  input: ResolvedInput<'runs.samples'>,
): Output<'runs.samples'> {
  const steps = samples.steps(runKey);
  const step = input.step ?? steps.at(-1) ?? null;
  if (step === null) return { steps, step, total: 0, samples: [] };
  return {
    steps,
    step,
    total: samples.count(runKey, step),
    samples: samples.page(runKey, step, input.limit, input.offset),
  };
}
