import { logGamma } from './student.ts';

/**
 * McNemar's exact test of paired right-or-wrong outcomes: if both were equally good, each of the n = b + c items on
 * which only one is right would be won by either with chance ½, so p = 2·P(X ≤ min(b, c)), X ~ Binomial(n, ½), at
 * most 1. Q. McNemar, Psychometrika 12, 1947; the exact form as in A. Agresti, “Categorical Data Analysis”, §10.1.
 * It takes items as independent.
 * @param b items only the first is right on @param c items only the second is right on
 * @returns the two-sided p-value; 1 where no item tells them apart
 */
export function mcnemarExact(b: number, c: number): number {
  const n = b + c;
  if (n === 0) return 1;
  const k = Math.min(b, c);
  // From the largest term downwards, so that the sum ends once terms stop counting.
  let term = Math.exp(logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1) - n * Math.LN2);
  let tail = term;
  for (let i = k; i > 0 && term > tail * 1e-17; i--) {
    term *= i / (n - i + 1);
    tail += term;
  }
  return Math.min(1, 2 * tail);
}
