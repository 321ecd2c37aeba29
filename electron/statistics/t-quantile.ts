/** 97.5% quantile of the standard normal distribution. */
export const Z_95 = 1.959963984540054;

/**
 * 97.5% quantile of Student's t distribution: half-widths of 95% intervals.
 * G. W. Hill, Algorithm 396: Student's t-quantiles, Communications of the ACM 13(10), 1970; within 1e-5 of the exact
 * value from 3 degrees of freedom on, exact for 1 and 2.
 * @param df degrees of freedom, ≥ 1
 */
export function t95(df: number): number {
  const p = 0.05;
  if (df === 1) return Math.cos((p * Math.PI) / 2) / Math.sin((p * Math.PI) / 2);
  if (df === 2) return Math.sqrt(2 / (p * (2 - p)) - 2);
  const a = 1 / (df - 0.5);
  const b = 48 / (a * a);
  let c = (((20700 * a) / b - 98) * a - 16) * a + 96.36;
  const d = ((94.5 / (b + c) - 3) / b + 1) * Math.sqrt((a * Math.PI) / 2) * df;
  let y = (d * p) ** (2 / df);
  if (y > 0.05 + a) {
    const x = -Z_95;
    y = x * x;
    if (df < 5) c += 0.3 * (df - 4.5) * (x + 0.6);
    c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
    y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
    y = Math.expm1(a * y * y);
  } else {
    const tail = (df + 6) / (df * y) - 0.089 * d - 0.822;
    y = ((1 / (tail * (df + 2) * 3) + 0.5 / (df + 4)) * y - 1) * ((df + 1) / (df + 2)) + 1 / y;
  }
  return Math.sqrt(df * y);
}
