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
  windowShare: z.number().min(0.01).max(1).default(0.2),
  minSteps: z.number().int().min(2).max(10_000).default(10),
  zeroVarianceShare: z.number().min(0).max(1).default(0.8),
  truncatedShare: z.number().min(0).max(1).default(0.3),
  /** Entropy below this share of what it was at first … */
  entropyDrop: z.number().min(0).max(1).default(0.2),
  /** … and below this many nats. */
  entropyFloor: z.number().min(0).max(10).default(0.1),
  deadGradNorm: z.number().min(0).default(1e-5),
  /** Gradient norm above this many times its median. */
  explodingFactor: z.number().min(1).default(10),
  explodingShare: z.number().min(0).max(1).default(0.05),
  /** Match lost while the length follows the budget. */
  matchLoss: z.number().min(0).max(1).default(0.05),
  /** The length follows the budget: |length − budget| within this share of the budget. */
  budgetFollowing: z.number().min(0).max(1).default(0.15),
  /** Mean reward at least this share of the highest it can be. */
  saturatedReward: z.number().min(0).max(1).default(0.98),
});
export type StallThresholds = z.infer<typeof stallThresholds>;

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
    z.object({ runId: id, thresholds: stallThresholds.partial().default({}) }),
    z.object({
      findings: z.array(finding),
      /** What could be looked at, and what was missing for the rest. */
      checked: z.array(z.object({ kind: z.enum(STALLS), possible: z.boolean(), why: z.string() })),
      thresholds: stallThresholds,
    }),
  ),
  /** The workspace's own thresholds; null goes back to the declared ones. */
  'stalls.setThresholds': command(
    z.object({ thresholds: stallThresholds.partial().nullable() }),
    stallThresholds,
  ),
  'stalls.thresholds': query(z.object({}), stallThresholds),
  'samples.get': query(z.object({ sampleIds: z.array(z.number()).min(1).max(200) }), z.array(storedSample)),
} as const;
