/**
 * Exponential moving average with the bias of its start taken out, as TensorBoard draws it:
 * s_i = w·s_{i−1} + (1 − w)·y_i, shown as s_i / (1 − w^i).
 * Gaps (null) stay gaps and do not move the average.
 * @param weight 0 leaves the line as it is; towards 1 it gets smoother.
 */
export function smooth(values: readonly (number | null)[], weight: number): (number | null)[] {
  if (weight <= 0) return [...values];
  let sum = 0;
  let bias = 1;
  return values.map((value) => {
    if (value === null || !Number.isFinite(value)) return null;
    sum = weight * sum + (1 - weight) * value;
    bias *= weight;
    return sum / (1 - bias);
  });
}
