/** A model's place between length and accuracy. */
export interface Place {
  /** Less is better. */
  readonly length: number;
  /** More is better. */
  readonly accuracy: number;
}

/** At least as right and at most as long, and better in one of both. */
export function dominates(a: Place, b: Place): boolean {
  return a.accuracy >= b.accuracy && a.length <= b.length && (a.accuracy > b.accuracy || a.length < b.length);
}

/** Whether each place is in the Pareto set: no other one dominates it. V. Pareto, “Manuale di economia politica”, 1906. */
export function paretoSet(places: readonly Place[]): boolean[] {
  return places.map((place) => !places.some((other) => dominates(other, place)));
}
