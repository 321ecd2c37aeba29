/**
 * Wilson's score interval of a proportion (E. B. Wilson, JASA 22, 1927): unlike p ± z·SE it stays inside [0, 1] and
 * keeps its coverage near 0 and 1 and for small n.
 *   (p + q²/2n ± q·√(p(1−p)/n + q²/4n²)) / (1 + q²/n)
 * @param p observed proportion
 * @param n number of independent items, or the effective number (may be fractional); > 0
 * @param q quantile: 1.96 for 95%, or Student's for few clusters
 */
export function wilson(p: number, n: number, q: number): { low: number; high: number } {
  const q2 = q * q;
  const centre = (p + q2 / (2 * n)) / (1 + q2 / n);
  const half = (q * Math.sqrt((p * (1 - p)) / n + q2 / (4 * n * n))) / (1 + q2 / n);
  return { low: Math.max(0, Math.min(p, centre - half)), high: Math.min(1, Math.max(p, centre + half)) };
}
