/** Claims about curves: a line through them, one above another. Pure. */
import { pAgainst, withInterval } from '../statistics/crossed.ts';
import { against, gather } from './curves.ts';
import type { ClaimDeclaration, MeasureDeclaration } from './declaration.ts';
import { counts, type Finding, type Head, intervalText, minus, nothing, seedsNote } from './finding.ts';
import { fitOf, r2Interval, r2Of } from './fits.ts';
import { averageOf, type Observation, observeNodes, paired, type Source, stepsOf } from './observe.ts';
import { labelOf } from './tables.ts';
import { unitOf } from './units.ts';

export function linearFinding(source: Source, claim: Extract<ClaimDeclaration, { kind: 'linear' }>): Finding {
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
export function curveFinding(source: Source, claim: Extract<ClaimDeclaration, { kind: 'curve' }>): Finding {
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
