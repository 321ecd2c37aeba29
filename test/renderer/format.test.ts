import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAgo,
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatFlops,
  formatNumber,
  formatPlural,
  formatQuantity,
  formatRoughDuration,
  formatShare,
  formatTime,
} from '../../renderer/lib/format.ts';

describe('numbers', () => {
  it.each([
    [0, '0'],
    [1.23456, '1.235'],
    [0.0123456, '0.01235'],
    [5e-4, '5e−4'],
    [-0.25, '−0.25'],
    [12345, '12345'],
    [2.5e9, '2.5e9'],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '∞'],
  ])('writes %d as %s', (value, text) => expect(formatNumber(value)).toBe(text));

  it.each([
    [999, '999'],
    [999.7, '1k'],
    [12_345, '12.3k'],
    [4_560_000, '4.56M'],
    [7_000_000_000, '7G'],
  ])('shortens %d to %s', (value, text) => expect(formatCompact(value)).toBe(text));

  it('groups counts, and says nothing as a dash', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect(formatCount(null)).toBe('–');
  });

  it('groups any count as the browser’s own formatter does', () => {
    const own = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
    fc.assert(
      fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), (value) => {
        // It tells −0 from 0.
        expect(formatCount(value)).toBe(own.format(value).replace(/^-0$/, '0'));
      }),
    );
  });

  it('keeps units with their number', () => {
    expect(formatQuantity(1, 'tokens')).toBe('1 token');
    expect(formatQuantity(12_300, 'tokens')).toBe('12.3k tokens');
    expect(formatBytes(1_340_000)).toBe('1.34 MB');
    expect(formatBytes(512)).toBe('512 B');
    expect(formatFlops(3.2e12)).toBe('3.2 TFLOP');
    expect(formatShare(0.4732)).toBe('47.3%');
    expect(formatShare(-0.02, 0)).toBe('−2%');
    expect(formatPlural(1, 'run')).toBe('1 run');
    expect(formatPlural(2000, 'run')).toBe('2,000 runs');
  });
});

describe('times', () => {
  it('writes any date and time as the browser’s own formatter does', () => {
    const day = new Intl.DateTimeFormat('en-US', { day: 'numeric', month: 'short', year: 'numeric' });
    const clock = new Intl.DateTimeFormat('en-US', { timeStyle: 'medium', hourCycle: 'h23' });
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true }), (at) => {
        expect(formatTime(at.getTime())).toBe(`${day.format(at)}, ${clock.format(at)}`);
      }),
    );
  });

  it.each([
    [850, '850 ms'],
    [1234, '1.2 s'],
    [59_949, '60 s'],
    [59_960, '1 min 00 s'],
    [245_000, '4 min 05 s'],
    [7_500_000, '2 h 05 min'],
    [3_599_600, '1 h 00 min'],
    [273_600_000, '3 d 4 h'],
  ])('writes %d ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

  it.each([
    [400, 'under 1 s'],
    [55_000, '55 s'],
    [95_000, '2 min'],
    [5_400_000, '1.5 h'],
    [400_000_000, '5 days'],
  ])('writes an estimate of %d ms as %s', (ms, text) => expect(formatRoughDuration(ms)).toBe(text));

  it('tells how long ago until a date says more', () => {
    const now = Date.UTC(2026, 2, 3, 12);
    expect(formatAgo(now - 10_000, now)).toBe('just now');
    expect(formatAgo(now - 50_000, now)).toBe('1 min ago');
    expect(formatAgo(now - 7_200_000, now)).toBe('2 h ago');
    expect(formatAgo(now - 90_000_000, now)).toMatch(/2026$/);
  });
});
