/**
 * The clustered bootstrap: whole documents are drawn again with replacement, so that items of one document stay
 * together and every checkpoint keeps its answers to the same items. B. Efron and R. J. Tibshirani, “An Introduction
 * to the Bootstrap”, ch. 8 and 13; C. A. Field and A. H. Welsh, “Bootstrapping clustered data”, JRSS B 69, 2007.
 */
import type { Interval } from '../contract/shapes.ts';
import { uniformBlocks } from './random.ts';
import { twoSidedP } from './student.ts';

/** Columns measured on the same items, summed up by cluster. */
export interface ClusterTable {
  readonly items: number;
  /** Items of each cluster. */
  readonly sizes: Float64Array;
  /** For each column its sum in each cluster. */
  readonly sums: readonly Float64Array[];
}

/**
 * @param columns each one value an item
 * @param clusterKeys one for each item
 */
export function clusterTable(
  columns: readonly ArrayLike<number>[],
  clusterKeys: readonly string[],
): ClusterTable {
  const places = new Map<string, number>();
  const placeOf = clusterKeys.map((key) => {
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    return place;
  });
  const sizes = new Float64Array(places.size);
  for (const place of placeOf) sizes[place]! += 1;
  const sums = columns.map((column) => {
    const own = new Float64Array(places.size);
    for (let i = 0; i < placeOf.length; i++) own[placeOf[i]!]! += column[i]!;
    return own;
  });
  return { items: clusterKeys.length, sizes, sums };
}

/** Draws times clusters times columns that one answer may cost: about a tenth of a second. */
const WORK = 5e7;
const MOST_DRAWS = 10_000;
const FEWEST_DRAWS = 1000;

/** As many draws as the table's size allows, from 1,000 to 10,000. */
export function affordableDraws({ sizes, sums }: ClusterTable): number {
  const affordable = Math.floor(WORK / (sizes.length * (sums.length + 3)));
  return Math.max(FEWEST_DRAWS, Math.min(MOST_DRAWS, affordable));
}

/**
 * The mean of every column in every draw of as many clusters as there are.
 * @returns for each column its means, in the order of the draws: comparing columns draw by draw compares them paired
 */
export function bootstrapMeans({ sizes, sums }: ClusterTable, draws: number, seed = 0): Float64Array[] {
  const columns = [sizes, ...sums];
  const totals = columns.map(() => new Float64Array(draws));
  const packs = packed(columns);
  const fill = uniformBlocks(seed);
  const drawn = new Uint32Array(sizes.length);
  for (let draw = 0; draw < draws; draw++) {
    fill(drawn, sizes.length);
    for (const { values, parts } of packs) {
      let rest = sumOver(drawn, values);
      for (const { column, unit } of parts) {
        const total = unit === 1 ? rest : Math.floor(rest / unit);
        totals[column]![draw] = total;
        rest -= total * unit;
      }
    }
  }
  const [items, ...means] = totals;
  for (const own of means) for (let draw = 0; draw < draws; draw++) own[draw]! /= items![draw]!;
  return means;
}

/** Columns whose sums are found together. */
interface Pack {
  values: Float64Array;
  /** Whose sums these are, in units of what; the largest unit first. */
  parts: { column: number; unit: number }[];
  /** No sum of all parts together reaches this. */
  bound: number;
}

/** Sums of whole numbers, as right answers are, fit several into one double, which is exact below 2^53. */
function packed(columns: readonly Float64Array[]): Pack[] {
  const packs: Pack[] = [];
  columns.forEach((own, column) => {
    const bound = boundOfSums(own);
    const last = packs.at(-1);
    if (!last || last.bound * bound > 2 ** 53) {
      packs.push({ values: own, parts: [{ column, unit: 1 }], bound });
      return;
    }
    const unit = last.bound;
    last.values = last.values.map((value, i) => value + unit * own[i]!);
    last.parts.unshift({ column, unit });
    last.bound *= bound;
  });
  return packs;
}

/** A power of two above every sum of as many values as there are, drawn with replacement; infinite where they are not whole. */
function boundOfSums(values: Float64Array): number {
  let most = 0;
  for (const value of values) {
    if (!Number.isInteger(value) || value < 0) return Number.POSITIVE_INFINITY;
    most = Math.max(most, value);
  }
  return 2 ** Math.ceil(Math.log2(most * values.length + 1));
}

/** Four sums side by side: each addition need not wait for the one before. */
function sumOver(places: Uint32Array, values: Float64Array): number {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const fours = places.length & ~3;
  for (let i = 0; i < fours; i += 4) {
    a += values[places[i]!]!;
    b += values[places[i + 1]!]!;
    c += values[places[i + 2]!]!;
    d += values[places[i + 3]!]!;
  }
  for (let i = fours; i < places.length; i++) a += values[places[i]!]!;
  return a + b + (c + d);
}

/** The `share` quantile of ascending values, by a straight line between neighbours (type 7 of Hyndman and Fan). */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

/** The 95% percentile interval around an observed mean. @param n items behind it */
export function percentileInterval(mean: number, draws: Float64Array, n: number): Interval {
  const sorted = draws.toSorted();
  return {
    mean,
    low: Math.min(mean, quantile(sorted, 0.025)),
    high: Math.max(mean, quantile(sorted, 0.975)),
    n,
  };
}

/** Fewer draws than this beyond 0 say that the p-value is small, but not how small. */
const COUNTABLE = 10;

/**
 * Two-sided p-value of a mean being 0: twice the smaller share of draws on either side of it, counting the observed
 * value as one draw more (A. C. Davison and D. V. Hinkley, “Bootstrap Methods and their Application”, §4.4). Where too
 * few draws lie beyond 0 to be counted, which a correction for many tests has to tell apart, the tail of Student's t
 * with the cluster-robust standard error takes their place.
 * @param draws of the mean @param observed the mean with its standard error
 */
export function bootstrapP(draws: Float64Array, observed: ClusteredMean): number {
  let below = 1;
  let above = 1;
  for (const value of draws) {
    // Sums of thirds and sevenths that cancel are 0, whatever their last digit says.
    if (value < 1e-12) below++;
    if (value > -1e-12) above++;
  }
  const { mean, se, clusters } = observed;
  if (Math.min(below, above) <= COUNTABLE && se > 0) return twoSidedP(mean / se, clusters - 1);
  return Math.min(1, (2 * Math.min(below, above)) / (draws.length + 1));
}

export interface ClusteredMean {
  readonly mean: number;
  /** Cluster-robust (CR1; see clustered.ts); 0 where nothing varies or there is one cluster only. */
  readonly se: number;
  readonly clusters: number;
}

/** The mean of a table's column with its standard error. */
export function clusteredMean({ items, sizes, sums }: ClusterTable, column: number): ClusteredMean {
  const own = sums[column]!;
  const clusters = sizes.length;
  const mean = own.reduce((sum, value) => sum + value, 0) / items;
  const squares = own.reduce((sum, value, c) => sum + (value - mean * sizes[c]!) ** 2, 0);
  // What is left of numbers that cancel is no spread.
  const none = clusters < 2 || squares < 1e-18 * items * items * Math.max(1, mean * mean);
  return { mean, se: none ? 0 : Math.sqrt((clusters / (clusters - 1)) * squares) / items, clusters };
}

/** A table of one column: one of a table's columns less another. */
export function differenceTable({ items, sizes, sums }: ClusterTable, a: number, b: number): ClusterTable {
  return { items, sizes, sums: [differences(sums[b]!, sums[a]!)] };
}

/** One column less another, draw by draw. */
export function differences(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}
