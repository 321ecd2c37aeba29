/** What a diagnosis looks at: a run's metrics at its beginning and at its end, in numbers. Pure. */
import { metricOf } from '../../trainer/metrics.ts';
import type { StallThresholds } from '../contract/stall-thresholds.ts';
import type { Evidence } from '../contract/stalls.ts';
import type { Points } from '../series/chunk.ts';

/** Consecutive points of one metric. */
export interface Window {
  readonly metric: string;
  readonly fromStep: number;
  readonly toStep: number;
  /** Finite values only. */
  readonly values: readonly number[];
}

export interface Measured {
  /** Points recorded, of whatever value. */
  readonly count: number;
  readonly atFirst: Window;
  readonly atLast: Window;
  readonly all: Window;
  /** Steps whose value was NaN or infinite. */
  readonly brokenSteps: readonly number[];
}

/** Points at either end: a share of them, but at least `minSteps`. */
export function windowSize(count: number, { windowShare, minSteps }: StallThresholds): number {
  return Math.max(minSteps, Math.ceil(count * windowShare));
}

export function measure(metric: string, points: Points, thresholds: StallThresholds): Measured {
  const count = points.steps.length;
  const size = Math.min(count, windowSize(count, thresholds));
  const part = (from: number, to: number): Window => ({
    metric,
    fromStep: points.steps[from] ?? 0,
    toStep: points.steps[to - 1] ?? 0,
    values: Array.from(points.values.subarray(from, to)).filter(Number.isFinite),
  });
  return {
    count,
    atFirst: part(0, size),
    atLast: part(count - size, count),
    all: part(0, count),
    brokenSteps: Array.from(points.steps).filter((_, i) => !Number.isFinite(points.values[i])),
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value / values.length, 0);
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return Number.NaN;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export interface Change {
  readonly before: number;
  readonly now: number;
  /** Standard error of the difference of the two means, from the spread between steps. */
  readonly noise: number;
}

/** From the first steps to the last; null until these are not the same steps any more. */
export function changeOf({ atFirst, atLast }: Measured): Change | null {
  if (atFirst.toStep >= atLast.fromStep) return null;
  if (atFirst.values.length < 2 || atLast.values.length < 2) return null;
  const before = mean(atFirst.values);
  const now = mean(atLast.values);
  const error = (values: readonly number[], middle: number): number =>
    values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1) / values.length;
  return { before, now, noise: Math.sqrt(error(atFirst.values, before) + error(atLast.values, now)) };
}

/** Of several metrics with equal weight, as tiers are. */
export function meanChange(changes: readonly Change[]): Change | null {
  if (changes.length === 0) return null;
  return {
    before: mean(changes.map(({ before }) => before)),
    now: mean(changes.map(({ now }) => now)),
    noise: Math.sqrt(changes.reduce((sum, { noise }) => sum + noise ** 2, 0)) / changes.length,
  };
}

export function evidenceOf(
  window: Window,
  value: number,
  against: { readonly value: number; readonly label: string } | null,
  label = metricOf(window.metric)?.label ?? window.metric,
): Evidence {
  return {
    metric: window.metric,
    label,
    value,
    against: against?.value ?? null,
    againstLabel: against?.label ?? null,
    fromStep: window.fromStep,
    toStep: window.toStep,
  };
}

/** 93% */
export function percent(share: number): string {
  return `${Number((share * 100).toFixed(share > 0 && share < 0.01 ? 2 : 0))}%`;
}

/** Three significant digits. */
export function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
