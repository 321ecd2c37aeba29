export const BUDGET_SCALES = ['linear', 'log2'] as const;
export type BudgetScale = (typeof BUDGET_SCALES)[number];

/** A budget's place on the axis of areas: itself, or log2(1 + budget), which gives doublings equal room. */
export function budgetPlace(budget: number, scale: BudgetScale): number {
  return scale === 'linear' ? budget : Math.log2(1 + budget);
}

/**
 * Weights w with Σ w·y = the area under the line through (x, y), by trapezoids, over the range of x: a mean height.
 * @param x ascending, at least two values
 */
export function trapezoidWeights(x: readonly number[]): number[] {
  const range = x.at(-1)! - x[0]!;
  return x.map((at, i) => ((x[i + 1] ?? at) - (x[i - 1] ?? at)) / (2 * range));
}
