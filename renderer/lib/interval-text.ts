import type { Interval } from '../../electron/contract/shapes.ts';
import { formatNumber, formatShare } from './format.ts';

/** "47.3% [41.0, 53.6]" as parts: the mean, and its 95% interval. */
export function shareWithInterval(interval: Interval): { mean: string; range: string } {
  return {
    mean: formatShare(interval.mean),
    range: `[${(interval.low * 100).toFixed(1)}, ${(interval.high * 100).toFixed(1)}]`,
  };
}

export function valueWithInterval(interval: Interval, digits = 3): { mean: string; range: string } {
  return {
    mean: formatNumber(interval.mean, digits),
    range: `[${formatNumber(interval.low, digits)}, ${formatNumber(interval.high, digits)}]`,
  };
}
