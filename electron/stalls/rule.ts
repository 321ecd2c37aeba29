/** What a rule is, what it looks at, and what several of them ask. Pure. */
import type { StallThresholds } from '../contract/stall-thresholds.ts';
import type { Finding, StallKind } from '../contract/stalls.ts';
import { type Change, changeOf, type Measured, meanChange, type Window } from './evidence.ts';

export type Found = Omit<Finding, 'samples'>;

export interface Facts {
  readonly thresholds: StallThresholds;
  readonly settings: Readonly<Record<string, unknown>>;
  /** Null where it was never recorded. */
  readonly metric: (name: string) => Measured | null;
  /** Every metric that ever was not finite. */
  readonly broken: readonly { readonly name: string; readonly steps: readonly number[] }[];
}

export interface Rule {
  readonly kind: StallKind;
  /** Metrics without which it cannot be looked at. */
  readonly needs: readonly string[];
  readonly find: (facts: Facts) => Found | null;
}

/** Reward or match rose by at least this much since the beginning: the run learns, whatever else. */
const RISE = 0.05;

export const setting = (facts: Facts, name: string): number | null => {
  const value = facts.settings[name];
  return typeof value === 'number' ? value : null;
};

export function last(facts: Facts, name: string): Window | null {
  const window = facts.metric(name)?.atLast;
  return window && window.values.length > 0 ? window : null;
}

/** Below this the rollouts of a group are all but the same. */
export const LOW_TEMPERATURE = 0.3;

/** A change counts where it is this many times its standard error. */
export const BEYOND_NOISE = 2;

const TIERS = ['match/easy', 'match/medium', 'match/hard'];

/** How the match changed, tier by tier: a curriculum that grows harder lowers the whole without anything being lost. */
export function matchChange(facts: Facts): Change | null {
  const inTiers = TIERS.flatMap((name) => facts.metric(name) ?? []);
  const measured = inTiers.length > 0 ? inTiers : [facts.metric('rewards/match/mean')];
  return meanChange(measured.flatMap((one) => (one && changeOf(one)) ?? []));
}

/**
 * The reward rose since the beginning by more than chance would have it; or the match did, where a shrinking budget
 * and harder positions lower the reward of a run that learns.
 */
export function learns(facts: Facts): boolean {
  const measured = facts.metric('reward');
  return [measured && changeOf(measured), matchChange(facts)].some((change) => {
    const rise = change ? change.now - change.before : 0;
    return change !== null && rise >= RISE && rise > BEYOND_NOISE * change.noise;
  });
}

/** The highest mean reward there can be: a full match and a length at its budget. */
export function highestReward(settings: Facts['settings']): number {
  const { lengthRewardWeight: w, lengthRewardMax: max } = settings;
  if (typeof w !== 'number' || typeof max !== 'number') return 1;
  return 1 - w + w * max;
}
