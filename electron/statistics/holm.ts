/**
 * p-values corrected for their number: in ascending order the i-th of m (from 1) becomes the largest of
 * (m − j + 1)·p_j over j ≤ i, at most 1. Below 0.05, the chance of any false finding in the family is below 5%,
 * however the tests depend on each other. S. Holm, “A simple sequentially rejective multiple test procedure”,
 * Scandinavian J. Statistics 6, 1979.
 * @returns in the order given
 */
export function holm(pValues: readonly number[]): number[] {
  const m = pValues.length;
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const corrected = new Array<number>(m);
  let largest = 0;
  order.forEach((index, rank) => {
    largest = Math.max(largest, Math.min(1, (m - rank) * pValues[index]!));
    corrected[index] = largest;
  });
  return corrected;
}
