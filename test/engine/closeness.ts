/** Comparing float32 results with a reference. */
import { expect } from 'vitest';

/** Largest difference over the reference's largest magnitude: how float32 engines are compared. */
export function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let most = 0;
  let difference = 0;
  for (let i = 0; i < expected.length; i++) {
    most = Math.max(most, Math.abs(expected[i]!));
    difference = Math.max(difference, Math.abs(actual[i]! - expected[i]!));
    if (Number.isNaN(actual[i]!)) return Number.NaN;
  }
  return difference / Math.max(most, 1e-30);
}

export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  expect(actual.length, `${what}: length`).toBe(expected.length);
  expect(relativeError(actual, expected), what).toBeLessThanOrEqual(tolerance);
}
