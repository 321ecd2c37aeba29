/** From where a number counts as a finding; docs/diagnosis.md says why these. Pure. */
interface Threshold {
  readonly label: string;
  readonly help: string;
  readonly default: number;
  readonly min: number;
  /** None where any number from `min` on makes sense. */
  readonly max?: number;
  readonly whole?: true;
}

export const STALL_THRESHOLDS = {
  windowShare: {
    label: 'Last steps, share of the run',
    help: 'That rules look at.',
    default: 0.2,
    min: 0.01,
    max: 1,
  },
  minSteps: {
    label: 'Last steps, at least',
    help: 'However short the run is.',
    default: 10,
    min: 2,
    max: 10_000,
    whole: true,
  },
  zeroVarianceShare: {
    label: 'Groups without spread',
    help: 'Mean share of groups whose rewards are all equal.',
    default: 0.8,
    min: 0,
    max: 1,
  },
  truncatedShare: {
    label: 'Rollouts cut off',
    help: 'Mean share of rollouts that reached a cap.',
    default: 0.3,
    min: 0,
    max: 1,
  },
  entropyFloor: {
    label: 'Entropy collapse, below nats',
    help: 'Mean entropy of the last steps.',
    default: 0.1,
    min: 0,
    max: 10,
  },
  entropyDrop: {
    label: 'Entropy collapse, share of the first steps’',
    help: 'Both must hold, or an entropy that was low from the start.',
    default: 0.2,
    min: 0,
    max: 1,
  },
  deadGradNorm: {
    label: 'Dead gradients, norm below',
    help: 'Median gradient norm of the last steps.',
    default: 1e-5,
    min: 0,
  },
  explodingFactor: {
    label: 'Exploding gradients, times the median',
    help: 'A step counts when its norm is above this many times the run’s median.',
    default: 10,
    min: 1,
  },
  explodingShare: {
    label: 'Exploding gradients, share of steps',
    help: 'So many of them, or more.',
    default: 0.05,
    min: 0,
    max: 1,
  },
  matchLoss: {
    label: 'Length hacking, match lost',
    help: 'While the length follows its budget.',
    default: 0.05,
    min: 0,
    max: 1,
  },
  budgetFollowing: {
    label: 'Length hacking, distance from the budget',
    help: 'The length follows when it is within this share of the budget.',
    default: 0.15,
    min: 0,
    max: 1,
  },
  saturatedReward: {
    label: 'Saturated reward',
    help: 'Mean reward as a share of the highest it can be.',
    default: 0.98,
    min: 0,
    max: 1,
  },
} as const satisfies Readonly<Record<string, Threshold>>;

export type ThresholdName = keyof typeof STALL_THRESHOLDS;
export type StallThresholds = Readonly<Record<ThresholdName, number>>;

export const THRESHOLD_NAMES = Object.keys(STALL_THRESHOLDS) as readonly ThresholdName[];

export const DEFAULT_STALL_THRESHOLDS = Object.fromEntries(
  THRESHOLD_NAMES.map((name) => [name, STALL_THRESHOLDS[name].default]),
) as StallThresholds;

export const thresholdOf = (name: ThresholdName): Threshold => STALL_THRESHOLDS[name];

/** “from 0 to 1”, “a whole number from 2 to 10000” */
export function rangeOf({ min, max, whole }: Threshold): string {
  return `${whole ? 'a whole number ' : ''}from ${min}${max === undefined ? '' : ` to ${max}`}`;
}

/** The value in a text, or null where it is no value of this threshold. */
export function thresholdFrom(name: ThresholdName, text: string): number | null {
  const { min, max = Number.POSITIVE_INFINITY, whole } = thresholdOf(name);
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || (whole && !Number.isInteger(value))) return null;
  return value >= min && value <= max ? value : null;
}
