import type { Interval } from '../../electron/contract/shapes.ts';
import { formatNumber, formatShare } from './format.ts';

/** "47.3% [41.0, 53.6]" as parts: the mean, and its 95% interval. */
export function shareWithInterval(interval: Interval): { mean: string; range: string } {
  return {
    mean: formatShare(interval.mean),
    range: `[${(interval.low * 100).toFixed(1)}, ${(interval.high * 100).toFixed(1)}]`,
  };
}

/** "26.0 [25.0, 27.1]": as many decimals for all three as the largest needs for its digits. */
export function valueWithInterval(interval: Interval, digits = 3): { mean: string; range: string } {
  const { mean, low, high } = interval;
  const write = alike([mean, low, high], digits);
  return { mean: write(mean), range: `[${write(low)}, ${write(high)}]` };
}

/** "+0.210 [+0.129, +0.290]": a difference, whose sign is what matters. */
export function signedWithInterval(interval: Interval, digits = 3): { mean: string; range: string } {
  const { mean, low, high } = interval;
  const write = alike([mean, low, high], digits);
  const signed = (value: number): string => {
    const text = write(value);
    return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
  };
  return { mean: signed(mean), range: `[${signed(low)}, ${signed(high)}]` };
}

function alike(values: readonly number[], digits: number): (value: number) => string {
  const largest = Math.max(...values.map(Math.abs));
  // Powers of ten, and nothing at all, have no common decimals.
  if (!(largest >= 1e-3 && largest < 1e6)) return (value) => formatNumber(value, digits);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(largest)));
  return (value) => {
    const text = value.toFixed(decimals);
    return text.replace('-', Number(text) === 0 ? '' : '−');
  };
}
