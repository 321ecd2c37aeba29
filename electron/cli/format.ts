/** Numbers and times as the terminal shows them. */
import type { Interval } from '../contract/shapes.ts';

export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 2 ** (10 * power);
  return `${power === 0 ? value : value.toFixed(1)} ${units[power]}`;
}

export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export function formatTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace('T', ' ');
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** 0.123 → 12.3% */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(1)}%`;
}

/** A share with its 95% interval. */
export function formatAccuracy(interval: Interval | null): string {
  if (!interval) return '–';
  return `${formatShare(interval.mean)} (${formatShare(interval.low)} – ${formatShare(interval.high)})`;
}

export function formatMean(interval: Interval | null, digits = 1): string {
  if (!interval) return '–';
  const [mean, low, high] = [interval.mean, interval.low, interval.high].map((x) => x.toFixed(digits));
  return `${mean} (${low} – ${high})`;
}

/** Up to four significant digits. */
export function formatNumber(value: number | undefined): string {
  if (value === undefined) return '–';
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return formatCount(value);
  return Number(value.toPrecision(4)).toString();
}
