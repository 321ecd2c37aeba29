import { describe, expect, it } from 'vitest';
import {
  shareWithInterval,
  signedWithInterval,
  valueWithInterval,
} from '../../renderer/lib/interval-text.ts';

const interval = (mean: number, low: number, high: number) => ({ mean, low, high, n: 9 });

describe('a mean with its interval', () => {
  it('has as many decimals in all three', () => {
    expect(valueWithInterval(interval(26, 25, 27.06))).toEqual({ mean: '26.0', range: '[25.0, 27.1]' });
    expect(valueWithInterval(interval(0.5, -0.001, 0.9999))).toEqual({
      mean: '0.500',
      range: '[−0.001, 1.000]',
    });
    expect(valueWithInterval(interval(1200, 1100, 1300)).range).toBe('[1100, 1300]');
    expect(valueWithInterval(interval(0, -0.0001, 0)).mean).toBe('0');
    expect(shareWithInterval(interval(0.473, 0.41, 0.536))).toEqual({ mean: '47.3%', range: '[41.0, 53.6]' });
  });

  it('has its sign where it is a difference, and none at nothing', () => {
    expect(signedWithInterval(interval(0.21, -0.0001, 0.29))).toEqual({
      mean: '+0.210',
      range: '[0.000, +0.290]',
    });
    expect(signedWithInterval(interval(-1.5, -2, -1)).mean).toBe('−1.50');
  });
});
