import { criticalT } from './student.ts';

export interface LinearFit {
  readonly slope: number;
  readonly intercept: number;
  /** 95% interval of the slope by Student's t with n − 2 degrees of freedom; null for fewer than three points. */
  readonly slopeLow: number | null;
  readonly slopeHigh: number | null;
  /** Share of the variance of y that the line explains; 1 where y does not vary. */
  readonly r2: number;
  readonly n: number;
}

/**
 * Ordinary least squares of y on x. N. R. Draper and H. Smith, “Applied Regression Analysis”, ch. 1.
 * @param x at least two values that differ @param y one for each x
 */
export function linearFit(x: readonly number[], y: readonly number[]): LinearFit {
  const n = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (let i = 0; i < n; i++) {
    xx += (x[i]! - meanX) ** 2;
    xy += (x[i]! - meanX) * (y[i]! - meanY);
    yy += (y[i]! - meanY) ** 2;
  }
  const slope = xy / xx;
  const residual = Math.max(0, yy - slope * xy);
  const half = n > 2 ? criticalT(n - 2) * Math.sqrt(residual / (n - 2) / xx) : null;
  return {
    slope,
    intercept: meanY - slope * meanX,
    slopeLow: half === null ? null : slope - half,
    slopeHigh: half === null ? null : slope + half,
    r2: yy === 0 ? 1 : 1 - residual / yy,
    n,
  };
}
