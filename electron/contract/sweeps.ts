/** Sweeps: one plan of settings and seeds, many runs. */
import { z } from 'zod';
import { run } from './run.ts';
import { newRun } from './runs.ts';
import { command, id, milliseconds, query } from './shapes.ts';

const values = z.array(z.unknown()).min(1).max(1000);

/** One setting and what it goes through. */
const gridAxis = z.object({ setting: z.string(), values });

const randomAxis = z.object({
  setting: z.string(),
  draw: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('uniform'), low: z.number(), high: z.number() }),
    /** Uniform in the logarithm; both above 0. */
    z.object({ kind: z.literal('log-uniform'), low: z.number(), high: z.number() }),
    z.object({ kind: z.literal('choice'), values }),
  ]),
});
export type RandomAxis = z.infer<typeof randomAxis>;

export const sweepPlan = z.object({
  axes: z.discriminatedUnion('kind', [
    /** Every combination. */
    z.object({ kind: z.literal('grid'), axes: z.array(gridAxis).max(10) }),
    /** `count` draws; the same `seed` draws the same ones. */
    z.object({
      kind: z.literal('random'),
      axes: z.array(randomAxis).min(1).max(20),
      count: z.number().int().min(1).max(10_000),
      seed: z.number().int().min(0).default(0),
    }),
  ]),
  /** Each combination runs once per seed; empty takes the shared settings' seed. */
  seeds: z.array(z.number().int().min(0)).max(1000).default([]),
  /** Stage, inputs and settings that all runs share. */
  shared: newRun,
  /** Whether combinations that break a setting's check are left out rather than refused. */
  skipInvalid: z.boolean().default(false),
});
export type SweepPlan = z.infer<typeof sweepPlan>;

export const sweep = z.object({
  id,
  name: z.string(),
  createdAtMs: milliseconds,
  plan: sweepPlan,
  runIds: z.array(id),
});
export type Sweep = z.infer<typeof sweep>;

export const sweepsContract = {
  /** How many runs a plan makes, and which; nothing is started. */
  'sweeps.preview': query(
    sweepPlan,
    z.object({
      /** Combinations × seeds that would run. */
      count: z.number(),
      /** The first hundred: settings that differ from the shared ones. */
      runs: z.array(z.object({ name: z.string(), settings: z.record(z.string(), z.unknown()) })),
      /** Combinations that break a check, with the reason. */
      invalid: z.array(
        z.object({ settings: z.record(z.string(), z.unknown()), message: z.string(), wayOut: z.string() }),
      ),
      /** Estimated time of all of them, one after another. */
      durationS: z.object({ low: z.number(), high: z.number() }),
      queueRoom: z.number(),
    }),
  ),
  /** Queues all runs of a plan, or none. @throws InvalidSettings, QueueFull and as `runs.create` */
  'sweeps.create': command(
    z.object({ name: z.string().min(1).max(200), plan: sweepPlan }),
    z.object({ sweep, runs: z.array(run) }),
  ),
} as const;
