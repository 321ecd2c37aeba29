/** Why a run learns nothing: findings from its metrics and samples. */
import { z } from 'zod';
import { storedSample } from './runs.ts';
import { command, id, query } from './shapes.ts';

export const STALLS = [
  'zero-variance',
  'truncation',
  'entropy-collapse',
  'dead-gradients',
  'exploding-gradients',
  'length-hacking',
  'reward-saturation',
  'not-finite',
] as const;
export type StallKind = (typeof STALLS)[number];

/** From where a number counts as a finding; docs/diagnosis.md says why these. */
export const stallThresholds = z.object({
  /** Steps at the run's end that are looked at; a share of its steps, but at least `minSteps`. */
  windowShare: z.number().min(0.01).max(1),
  minSteps: z.number().int().min(2).max(10_000),
  zeroVarianceShare: z.number().min(0).max(1),
  truncatedShare: z.number().min(0).max(1),
  /** Entropy below this share of what it was at first … */
  entropyDrop: z.number().min(0).max(1),
  /** … and below this many nats. */
  entropyFloor: z.number().min(0).max(10),
  deadGradNorm: z.number().min(0),
  /** Gradient norm above this many times its median. */
  explodingFactor: z.number().min(1),
  explodingShare: z.number().min(0).max(1),
  /** Match lost while the length follows the budget. */
  matchLoss: z.number().min(0).max(1),
  /** The length follows the budget: |length − budget| within this share of the budget. */
  budgetFollowing: z.number().min(0).max(1),
  /** Mean reward at least this share of the highest it can be. */
  saturatedReward: z.number().min(0).max(1),
});
export type StallThresholds = z.infer<typeof stallThresholds>;

export const DEFAULT_STALL_THRESHOLDS: StallThresholds = {
  windowShare: 0.2,
  minSteps: 10,
  zeroVarianceShare: 0.8,
  truncatedShare: 0.3,
  entropyDrop: 0.2,
  entropyFloor: 0.1,
  deadGradNorm: 1e-5,
  explodingFactor: 10,
  explodingShare: 0.05,
  matchLoss: 0.05,
  budgetFollowing: 0.15,
  saturatedReward: 0.98,
};
/** Some of them, in place of the others. */
export const stallOverrides = stallThresholds.partial();

const evidence = z.object({
  /** What was measured: a metric, or words. */
  metric: z.string(),
  label: z.string(),
  value: z.number(),
  /** The value it is held against: a threshold, or the same metric at first; null where there is none. */
  against: z.number().nullable(),
  againstLabel: z.string().nullable(),
  fromStep: z.number(),
  toStep: z.number(),
});
export type Evidence = z.infer<typeof evidence>;

export const finding = z.object({
  kind: z.enum(STALLS),
  severity: z.enum(['problem', 'notice']),
  title: z.string(),
  /** What it means, with its numbers. */
  text: z.string(),
  /** What to change, naming settings. */
  advice: z.string(),
  settings: z.array(z.string()),
  evidence: z.array(evidence),
  /** The rollouts that show it, worst first; their page is `runs.samples` at their step. */
  samples: z.array(z.object({ id: z.number(), step: z.number(), promptIndex: z.number() })),
});
export type Finding = z.infer<typeof finding>;

export const stallsContract = {
  'runs.diagnose': query(
    z.object({ runId: id, thresholds: stallOverrides.default({}) }),
    z.object({
      findings: z.array(finding),
      /** What could be looked at, and what was missing for the rest. */
      checked: z.array(z.object({ kind: z.enum(STALLS), possible: z.boolean(), why: z.string() })),
      thresholds: stallThresholds,
    }),
  ),
  /** The workspace's own thresholds; null goes back to the declared ones. */
  'stalls.setThresholds': command(z.object({ thresholds: stallOverrides.nullable() }), stallThresholds),
  'stalls.thresholds': query(z.object({}), stallThresholds),
  'samples.get': query(z.object({ sampleIds: z.array(z.number()).min(1).max(200) }), z.array(storedSample)),
} as const;
