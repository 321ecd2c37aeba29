import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sevenDigits } from '../../../electron/series/seven-digits.ts';

it('keeps seven digits of any number, and says them shortly', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      const short = sevenDigits(value);
      expect(Math.abs(short - value)).toBeLessThanOrEqual(Math.abs(value) * 5.1e-7);
      const digits = short.toExponential().replace(/e.*$/, '').replaceAll(/[-.]/g, '');
      expect(digits.length).toBeLessThanOrEqual(7);
    }),
    { numRuns: 2000 },
  );
  expect([0, 12_345_678, 0.1, -2.000_000_04, 1e300].map(sevenDigits)).toEqual([
    0, 12_345_680, 0.1, -2, 1e300,
  ]);
  expect(sevenDigits(Number.NaN)).toBeNaN();
  expect(sevenDigits(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
});
