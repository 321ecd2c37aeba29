/**
 * Means of measurements that cross two random factors: every seed's model answered the same documents. What was
 * measured with five seeds on a thousand documents should hold for other seeds and for other documents, so the
 * interval has to speak of both: taking all answers as independent would make it far too narrow, and so would taking
 * the seeds alone or the documents alone.
 */
import { criticalT, twoSidedP } from './student.ts';

export interface MeanWithSpread {
  readonly mean: number;
  /** Standard error; null where there is nothing to tell it from. */
  readonly se: number | null;
  /** Degrees of freedom of `se`. */
  readonly df: number | null;
}

export interface Estimated extends MeanWithSpread {
  /** 95% interval, mean ± t_df · se; null where `se` is. */
  readonly low: number | null;
  readonly high: number | null;
}

const meanOf = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
};

/**
 * The mean over all cells of a table of seeds × documents, both random.
 *
 * With mean squares MS_s, MS_c and MS_r of seeds, documents and their interaction (two-way analysis of variance, one
 * measurement a cell),
 *
 *   Var(mean) = (MS_s + MS_c − MS_r) / (S·C)
 *
 * with Satterthwaite's degrees of freedom (Biometrics Bulletin 2, 1946); see H. H. Clark, “The language-as-fixed-effect
 * fallacy”, J. Verbal Learning and Verbal Behavior 12, 1973 (quasi-F), and C. M. Judd, J. Westfall and D. A. Kenny,
 * “Treating stimuli as a random factor”, J. Personality and Social Psychology 103, 2012. The sum is never taken below
 * MS_s or MS_c alone, which chance can make it. With one seed, or one document, the other factor alone gives the
 * variance and the result speaks of that seed (document) only.
 *
 * @param cells one row a seed, all of the same length; at least one row and one column
 */
export function crossedMean(cells: readonly ArrayLike<number>[]): MeanWithSpread {
  const s = cells.length;
  const c = cells[0]?.length ?? 0;
  const rowMeans = cells.map(meanOf);
  const mean = meanOf(rowMeans);
  if (s === 1 && c === 1) return { mean, se: null, df: null };
  if (s === 1) return ofSample(cells[0]!, mean);
  if (c === 1) return ofSample(rowMeans, mean);
  const columnMeans = new Float64Array(c);
  for (const row of cells) for (let j = 0; j < c; j++) columnMeans[j]! += row[j]! / s;
  let rows = 0;
  let rest = 0;
  for (let i = 0; i < s; i++) {
    rows += (rowMeans[i]! - mean) ** 2;
    const row = cells[i]!;
    for (let j = 0; j < c; j++) rest += (row[j]! - rowMeans[i]! - columnMeans[j]! + mean) ** 2;
  }
  let columns = 0;
  for (let j = 0; j < c; j++) columns += (columnMeans[j]! - mean) ** 2;
  const ofSeeds = (c * rows) / (s - 1);
  const ofDocuments = (s * columns) / (c - 1);
  const ofBoth = rest / ((s - 1) * (c - 1));
  return { mean, ...satterthwaite(ofSeeds, ofDocuments, ofBoth, s, c) };
}

function satterthwaite(
  ofSeeds: number,
  ofDocuments: number,
  ofBoth: number,
  s: number,
  c: number,
): { se: number; df: number } {
  const se = (square: number): number => Math.sqrt(square / (s * c));
  if (ofSeeds === 0 && ofDocuments === 0) return { se: 0, df: s - 1 };
  const sum = ofSeeds + ofDocuments - ofBoth;
  if (sum <= ofSeeds) return { se: se(ofSeeds), df: s - 1 };
  if (sum <= ofDocuments) return { se: se(ofDocuments), df: c - 1 };
  const df =
    sum ** 2 / (ofSeeds ** 2 / (s - 1) + ofDocuments ** 2 / (c - 1) + ofBoth ** 2 / ((s - 1) * (c - 1)));
  return { se: se(sum), df };
}

/** A plain sample: its mean's standard error with n − 1 degrees of freedom. */
function ofSample(values: ArrayLike<number>, mean: number): MeanWithSpread {
  const n = values.length;
  let squares = 0;
  for (let i = 0; i < n; i++) squares += (values[i]! - mean) ** 2;
  return { mean, se: Math.sqrt(squares / (n - 1) / n), df: n - 1 };
}

export function withInterval({ mean, se, df }: MeanWithSpread): Estimated {
  if (se === null || df === null) return { mean, se, df, low: null, high: null };
  const half = se === 0 ? 0 : criticalT(df) * se;
  return { mean, se, df, low: mean - half, high: mean + half };
}

/** Two-sided p-value of the mean being `bound`; 1 where there is no standard error. */
export function pAgainst({ mean, se, df }: MeanWithSpread, bound: number): number {
  if (se === null || df === null) return 1;
  if (se === 0) return mean === bound ? 1 : 0;
  return twoSidedP((mean - bound) / se, df);
}
