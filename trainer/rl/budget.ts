/** RMT's dynamic token budget and its triangular length reward (arXiv 2509.24375). */

/**
 * B_t = max(B_min, ⌊B_0 · γ^(t/T)⌋). One secondary source prints the exponent as t/T^k; t/T is used here.
 * @param t finished share counts from step 0: t = step, T = total steps
 */
export function dynamicBudget(initial: number, min: number, decay: number, t: number, T: number): number {
  return Math.max(min, Math.floor(initial * decay ** (t / T)));
}

/**
 * r_len(ℓ; B): r_max·ℓ/B up to B, r_max·(2B − ℓ)/B up to 2B, 0 beyond.
 * @param length thinking tokens ℓ
 */
export function triangularLengthReward(length: number, budget: number, max: number): number {
  if (length <= budget) return (max * length) / budget;
  return max * Math.max(0, (2 * budget - length) / budget);
}

/** The budget of each step, or null where none is asked for. */
export function budgetSchedule(settings: {
  readonly budgetSchedule: 'dynamic' | 'fixed' | 'none';
  readonly budgetInitial: number;
  readonly budgetMin: number;
  readonly budgetDecay: number;
  readonly maxSteps: number;
}): (step: number) => number | null {
  switch (settings.budgetSchedule) {
    case 'dynamic':
      return (step) =>
        dynamicBudget(
          settings.budgetInitial,
          settings.budgetMin,
          settings.budgetDecay,
          step,
          settings.maxSteps,
        );
    case 'fixed':
      return () => Math.max(settings.budgetMin, Math.floor(settings.budgetInitial));
    case 'none':
      return () => null;
    default:
      return settings.budgetSchedule satisfies never;
  }
}
