/** Why a run learns nothing: findings from its metrics and samples. */
import { z } from 'zod';
import { command, id, query } from './shapes.ts';
import { type ThresholdName, thresholdOf } from './stall-thresholds.ts';

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

const threshold = (name: ThresholdName): z.ZodNumber => {
  const { min, max, whole } = thresholdOf(name);
  const from = (whole ? z.number().int() : z.number()).min(min);
  return max === undefined ? from : from.max(max);
};

export const stallThresholds = z.object({
  windowShare: threshold('windowShare'),
  minSteps: threshold('minSteps'),
  zeroVarianceShare: threshold('zeroVarianceShare'),
  truncatedShare: threshold('truncatedShare'),
  entropyDrop: threshold('entropyDrop'),
  entropyFloor: threshold('entropyFloor'),
  deadGradNorm: threshold('deadGradNorm'),
  explodingFactor: threshold('explodingFactor'),
  explodingShare: threshold('explodingShare'),
  matchLoss: threshold('matchLoss'),
  budgetFollowing: threshold('budgetFollowing'),
  saturatedReward: threshold('saturatedReward'),
} satisfies Readonly<Record<ThresholdName, z.ZodNumber>>);
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
} as const;
