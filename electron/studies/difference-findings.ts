/** Claims about measures of runs: a difference, a ratio, the lowest of several. Pure. */
import { type MeanWithSpread, pAgainst, withInterval } from '../statistics/crossed.ts';
import type { Summary } from './answers.ts';
import type { ClaimDeclaration } from './declaration.ts';
import { counts, type Finding, type Head, minus, nothing, seedsNote } from './finding.ts';
import { measureOf, observeEnd, paired, type Source } from './observe.ts';
import { labelOf } from './tables.ts';
import { unitOf } from './units.ts';

export function differenceFinding(
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
export function ratioFinding(source: Source, claim: Extract<ClaimDeclaration, { kind: 'ratio' }>): Finding {
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
export function lowestFinding(source: Source, claim: Extract<ClaimDeclaration, { kind: 'lowest' }>): Finding {
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
