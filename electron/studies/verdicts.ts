/**
 * What a study says of its claims: each effect with its interval, and one of three verdicts. `reproduced` and `not`
 * need a p-value that stays below 0.05 after Holm's correction over all of the study's claims (or, for `not`, a 95%
 * interval that lies wholly below the smallest difference that would count); everything else is `undecided`. Fewer
 * than three seeds of a trained run never decide anything: test/electron/statistics shows that intervals keep their
 * word from three on. Pure.
 */
import type { StudyClaim, StudyUnit, Verdict } from '../contract/studies.ts';
import { limits, quantity } from '../contract/study-text.ts';
import { type MeanWithSpread, pAgainst, withInterval } from '../statistics/crossed.ts';
import { holm } from '../statistics/holm.ts';
import type { Summary } from './answers.ts';
import { against, gather } from './curves.ts';
import type { ClaimDeclaration, MeasureDeclaration } from './declaration.ts';
import { fitOf, r2Interval, r2Of } from './fits.ts';
import {
  averageOf,
  measureOf,
  type Observation,
  observeEnd,
  observeNodes,
  paired,
  type Source,
  stepsOf,
} from './observe.ts';
import { labelOf } from './tables.ts';
import { unitOf } from './units.ts';

const LEVEL = 0.05;
const MIN_SEEDS = 3;

/** A claim before the correction: which way it points, and how surely. */
interface Finding {
  readonly expectation: string;
  readonly what: string;
  readonly unit: StudyUnit;
  readonly effect: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Two-sided, against the bound that decides; null where nothing could be tested. */
  readonly p: number | null;
  /** Whether the effect lies on the side the claim expects. */
  readonly asExpected: boolean;
  /** Known to be smaller than what would count. */
  readonly negligible: boolean;
  readonly n: number;
  readonly items: number;
  readonly documents: number;
  readonly seeds: number;
  readonly notes: readonly string[];
}

export function judgeClaims(source: Source): StudyClaim[] {
  const found = source.study.claims.map((claim) => findingOf(source, claim));
  const tested = found.flatMap(({ p }, i) => (p === null ? [] : [i]));
  const corrected = holm(tested.map((i) => found[i]!.p!));
  return source.study.claims.map(({ id, statement }, i) => {
    const { asExpected, negligible, ...finding } = found[i]!;
    const at = tested.indexOf(i);
    const pHolm = at === -1 ? null : corrected[at]!;
    return {
      id,
      statement,
      ...finding,
      notes: [...finding.notes],
      pHolm,
      verdict: verdictOf(finding.seeds, pHolm, asExpected, negligible),
    };
  });
}

function verdictOf(seeds: number, pHolm: number | null, asExpected: boolean, negligible: boolean): Verdict {
  if (pHolm === null || seeds < MIN_SEEDS) return 'undecided';
  if (pHolm < LEVEL) return asExpected && !negligible ? 'reproduced' : 'not';
  return negligible ? 'not' : 'undecided';
}

function findingOf(source: Source, claim: ClaimDeclaration): Finding {
  switch (claim.kind) {
    case 'difference':
      return differenceFinding(source, claim);
    case 'ratio':
      return ratioFinding(source, claim);
    case 'lowest':
      return lowestFinding(source, claim);
    case 'linear':
      return linearFinding(source, claim);
    case 'curve':
      return curveFinding(source, claim);
    default:
      return claim satisfies never;
  }
}

const minus = (x: number, y: number): number => x - y;

/** Seeds behind a comparison: given checkpoints need none. */
function seedsNote(source: Source, subjects: readonly string[], seeds: number): string[] {
  const trained = subjects.some((subject) => source.plan.runs.some(({ id }) => id === subject));
  if (!trained || seeds >= MIN_SEEDS) return [];
  const had = seeds === 1 ? 'One seed is' : `${seeds} seeds are`;
  return [`${had} too few to speak of others: three are needed for a verdict.`];
}

interface Head {
  readonly expectation: string;
  readonly what: string;
  readonly unit: StudyUnit;
}

function nothing(head: Head, why: string): Finding {
  return {
    ...head,
    effect: null,
    low: null,
    high: null,
    p: null,
    asExpected: false,
    negligible: false,
    n: 0,
    items: 0,
    documents: 0,
    seeds: 0,
    notes: [`Not tested: ${why}.`],
  };
}

const counts = ({ items, documents, seeds }: Summary) => ({
  items,
  documents,
  seeds,
  n: Math.max(1, items) * seeds,
});

function differenceFinding(
  source: Source,
  claim: Extract<ClaimDeclaration, { kind: 'difference' }>,
): Finding {
  const measure = source.study.measures[claim.measure]!;
  const [run, than] = [labelOf(source, claim.run), labelOf(source, claim.than)];
  const mode = claim.thanMode === undefined ? '' : `, ${claim.thanMode}`;
  const head: Head = {
    expectation: `${measure.label}: ${run} ${claim.expect === 'greater' ? 'above' : 'below'} ${than}${mode}`,
    what: 'difference',
    unit: unitOf(measure),
  };
  const difference = paired(
    observeEnd(source, claim.run, measure),
    observeEnd(source, claim.than, measureOf(source, claim.measure, claim.thanMode)),
    measure.tier,
    minus,
  );
  if (typeof difference === 'string') return nothing(head, difference);
  const { low, high } = withInterval(difference);
  const sign = claim.expect === 'greater' ? 1 : -1;
  // The end of the interval that lies farthest on the expected side.
  const best = sign === 1 ? high : low;
  return {
    ...head,
    effect: difference.mean,
    low,
    high,
    p: pAgainst(difference, 0),
    asExpected: sign * difference.mean > 0,
    negligible: claim.least > 0 && best !== null && sign * best < claim.least,
    ...counts(difference),
    notes: seedsNote(source, [claim.run, claim.than], difference.seeds),
  };
}

/**
 * R = mean(a)/mean(b). Its interval is taken of log R, linearised at the means (delta method: Var(log R) is that of
 * the mean of a/ā − b/b̄ over the same items and seeds), so that it stays above 0.
 */
function ratioFinding(source: Source, claim: Extract<ClaimDeclaration, { kind: 'ratio' }>): Finding {
  const measure = source.study.measures[claim.measure]!;
  const [run, than] = [labelOf(source, claim.run), labelOf(source, claim.than)];
  const head: Head = {
    expectation: `${measure.label}: ${run} below ${claim.below} of ${than}`,
    what: 'ratio',
    unit: 'number',
  };
  const a = observeEnd(source, claim.run, measure);
  const b = observeEnd(source, claim.than, measure);
  const meanA = paired(a, b, measure.tier, (x) => x);
  const meanB = paired(a, b, measure.tier, (_, y) => y);
  if (typeof meanA === 'string') return nothing(head, meanA);
  if (typeof meanB === 'string') return nothing(head, meanB);
  if (meanA.mean <= 0 || meanB.mean <= 0) return nothing(head, 'a ratio needs means above 0');
  const relative = paired(a, b, measure.tier, (x, y) => x / meanA.mean - y / meanB.mean);
  if (typeof relative === 'string') return nothing(head, relative);
  const ratio = meanA.mean / meanB.mean;
  const log: MeanWithSpread = { ...relative, mean: Math.log(ratio) };
  const { low, high } = withInterval(log);
  return {
    ...head,
    effect: ratio,
    low: low === null ? null : Math.exp(low),
    high: high === null ? null : Math.exp(high),
    p: pAgainst(log, Math.log(claim.below)),
    asExpected: ratio < claim.below,
    negligible: false,
    ...counts(relative),
    notes: seedsNote(source, [claim.run, claim.than], relative.seeds),
  };
}

/** Below every other one: the test against each must hold, so the largest of their p-values counts. */
function lowestFinding(source: Source, claim: Extract<ClaimDeclaration, { kind: 'lowest' }>): Finding {
  const measure = source.study.measures[claim.measure]!;
  const head: Head = {
    expectation: `${measure.label}: ${labelOf(source, claim.run)} below ${claim.among
      .map((other) => labelOf(source, other))
      .join(', ')}`,
    what: 'difference to the next lowest',
    unit: unitOf(measure),
  };
  const own = observeEnd(source, claim.run, measure);
  const differences: { other: string; difference: Summary }[] = [];
  for (const other of claim.among) {
    const difference = paired(own, observeEnd(source, other, measure), measure.tier, minus);
    if (typeof difference === 'string') return nothing(head, `${difference} (${labelOf(source, other)})`);
    differences.push({ other, difference });
  }
  const closest = differences.reduce((worst, one) =>
    one.difference.mean > worst.difference.mean ? one : worst,
  );
  const { low, high } = withInterval(closest.difference);
  const asExpected = closest.difference.mean < 0;
  const seeds = Math.min(...differences.map(({ difference }) => difference.seeds));
  return {
    ...head,
    effect: closest.difference.mean,
    low,
    high,
    p: asExpected
      ? Math.max(...differences.map(({ difference }) => pAgainst(difference, 0)))
      : pAgainst(closest.difference, 0),
    asExpected,
    negligible: false,
    ...counts(closest.difference),
    seeds,
    notes: [
      `The closest is ${labelOf(source, closest.other)}.`,
      ...seedsNote(source, [claim.run, ...claim.among], seeds),
    ],
  };
}

function linearFinding(source: Source, claim: Extract<ClaimDeclaration, { kind: 'linear' }>): Finding {
  const measure = source.study.measures[claim.measure]!;
  const head: Head = {
    expectation: `${measure.label} of ${labelOf(source, claim.run)} on log10 FLOPs: R² at least ${claim.r2AtLeast}`,
    what: 'R²',
    unit: 'number',
  };
  const { points, seeds, fit, z } = fitOf(source, claim.run, measure, claim);
  if (!fit || !z) return nothing(head, 'there are not enough points yet');
  const bound = Math.atanh(Math.min(1 - 1e-9, Math.sqrt(claim.r2AtLeast)));
  const slope = `Slope ${fit.slope.toPrecision(3)} per tenfold compute.`;
  return {
    ...head,
    effect: r2Of(z.mean),
    ...r2Interval(z),
    p: pAgainst(z, bound),
    asExpected: z.mean > bound,
    negligible: false,
    n: points.length,
    items: 0,
    documents: 0,
    seeds,
    notes: [slope, ...seedsNote(source, [claim.run], seeds)],
  };
}

const METRIC_POINTS = 30;

/** A curve as observations, one a point. */
function curveOf(
  source: Source,
  run: string,
  measure: MeasureDeclaration,
): { at: number; observation: Observation }[] {
  if (measure.metric === undefined) {
    return stepsOf(source, run, measure.evaluation!).map(({ step, nodes }) => ({
      at: step,
      observation: observeNodes(source, nodes, measure),
    }));
  }
  const seeds: number[] = [];
  const curves = source.plan.nodes.flatMap((node) => {
    const series =
      node.subject === run && node.kind === 'train' ? source.data.series(node.id, measure.metric!) : null;
    if (!series || node.seed === null) return [];
    seeds.push(node.seed);
    return [against(series, null)];
  });
  return gather(curves, METRIC_POINTS).map(({ x, ys }) => ({
    at: x,
    observation: { kind: 'numbers', bySeed: new Map(ys.map((y, i) => [seeds[i]!, y])) },
  }));
}

/** Above as a whole, or at the end: by the mean over the points that both have. */
function curveFinding(source: Source, claim: Extract<ClaimDeclaration, { kind: 'curve' }>): Finding {
  const measure = source.study.measures[claim.measure]!;
  const [run, than] = [labelOf(source, claim.run), labelOf(source, claim.than)];
  const { plateau } = claim;
  const head: Head = {
    expectation: `${measure.label}: the ${plateau ? 'plateau' : 'whole curve'} of “${run}” above that of “${than}”`,
    what: plateau ? 'difference of the plateaus' : 'mean difference of the curves',
    unit: unitOf(measure),
  };
  const [upper, lower] = [curveOf(source, claim.run, measure), curveOf(source, claim.than, measure)];
  const shared = upper.flatMap(({ at, observation }) => {
    const other = lower.find((point) => point.at === at);
    return other ? [{ a: observation, b: other.observation }] : [];
  });
  if (shared.length < 2) return nothing(head, 'there are not two points yet');
  const points = plateau ? shared.slice(-plateau) : shared;
  const difference = paired(
    averageOf(points.map(({ a }) => a)),
    averageOf(points.map(({ b }) => b)),
    measure.tier,
    minus,
  );
  if (typeof difference === 'string') return nothing(head, difference);
  const { low, high } = withInterval(difference);
  return {
    ...head,
    effect: difference.mean,
    low,
    high,
    p: pAgainst(difference, 0),
    asExpected: difference.mean > 0,
    negligible: false,
    ...counts(difference),
    notes: [
      ...(plateau ? plateauNote(source, claim.than, plateau, measure, lower) : []),
      ...seedsNote(source, [claim.run, claim.than], difference.seeds),
    ],
  };
}

/** Whether the lower curve still rose at its end, which a plateau does not. */
function plateauNote(
  source: Source,
  run: string,
  k: number,
  measure: MeasureDeclaration,
  lower: readonly { observation: Observation }[],
): string[] {
  if (lower.length < 2 * k) return [];
  const end = averageOf(lower.slice(-k).map(({ observation }) => observation));
  const before = averageOf(lower.slice(-2 * k, -k).map(({ observation }) => observation));
  const gain = paired(end, before, measure.tier, minus);
  if (typeof gain === 'string') return [];
  return [
    `“${labelOf(source, run)}” still changed by ${intervalText(gain, unitOf(measure))} over the last ${k} points against the ${k} before.`,
  ];
}

function intervalText(summary: Summary, unit: StudyUnit): string {
  const { mean, low, high } = withInterval(summary);
  const points = unit === 'share' ? ' points' : '';
  return `${quantity(mean, unit)} ${limits({ low, high }, unit)}`.trimEnd() + points;
}
