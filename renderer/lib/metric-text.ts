import { type Metric, metricOf } from '../../trainer/metrics.ts';
import {
  formatBytes,
  formatCompact,
  formatDuration,
  formatFlops,
  formatNumber,
  formatShare,
} from './format.ts';

const UNDECLARED: Omit<Metric, 'label'> = { help: 'A metric without a declaration.', chart: 'loss' };

/** The declaration of a metric; one nobody declared shows under its own name. */
export function metricFor(name: string): Metric {
  return metricOf(name) ?? { ...UNDECLARED, label: name };
}

/** A value with its unit. */
export function formatMetric(name: string, value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  const { unit } = metricFor(name);
  return formatWithUnit(value, unit);
}

export function formatWithUnit(value: number, unit: string | undefined): string {
  switch (unit) {
    case undefined:
      return formatNumber(value);
    case 'share':
      // Clipped tokens are a few in ten thousand.
      return formatShare(value, value !== 0 && Math.abs(value) < 0.01 ? 2 : 1);
    case 's':
      return formatDuration(value * 1000);
    case 'bytes':
      return formatBytes(value);
    case 'FLOP':
      return formatFlops(value);
    case 'tokens':
    case 'tokens/s':
      return `${value < 1000 ? formatNumber(value, 3) : formatCompact(value)} ${value === 1 ? unit.replace(/^tokens/, 'token') : unit}`;
    default:
      return `${formatNumber(value)} ${unit}`;
  }
}

/** A tick of an axis: the unit is in the axis's label. */
export function formatTick(value: number, unit: string | undefined): string {
  switch (unit) {
    case 'share':
      return `${formatNumber(100 * value, 3)}%`;
    case 'bytes':
      return formatBytes(value);
    case 'FLOP':
      return formatFlops(value);
    case 's':
      return value >= 60 ? formatDuration(value * 1000) : formatNumber(value, 3);
    default:
      return Math.abs(value) >= 10_000 ? formatCompact(value) : formatNumber(value, 3);
  }
}

/** Whether values of this unit count something: they are never below 0. */
export function isCounted(unit: string | undefined): boolean {
  return unit === 'share' || unit === 'tokens';
}
