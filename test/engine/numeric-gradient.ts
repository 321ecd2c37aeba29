/** Derivatives by differences, for checking the ones that were written by hand. */
const STEP = 1e-5;

/** The gradient of Σ dy · f(x) by central differences. `f` must not keep its argument. */
export function numericGradient(
  x: Float64Array,
  f: (x: Float64Array) => ArrayLike<number>,
  dy: ArrayLike<number>,
): Float64Array {
  const moved = x.slice();
  const at = (i: number, value: number): number => {
    moved[i] = value;
    const y = f(moved);
    let sum = 0;
    for (let j = 0; j < y.length; j++) sum += y[j]! * dy[j]!;
    return sum;
  };
  return x.map((value, i) => {
    const slope = (at(i, value + STEP) - at(i, value - STEP)) / (2 * STEP);
    moved[i] = value;
    return slope;
  });
}
