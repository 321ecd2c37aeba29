/**
 * What a study says of its claims: each effect with its interval, and one of three verdicts. `reproduced` and `not`
 * need a p-value that stays below 0.05 after Holm's correction over all of the study's claims (or, for `not`, a 95%
 * interval that lies wholly below the smallest difference that would count); everything else is `undecided`. Fewer
 * than three seeds of a trained run never decide anything: test/electron/statistics shows that intervals keep their
 * word from three on. Pure.
 */
import type { StudyClaim, Verdict } from '../contract/studies.ts';
import { holm } from '../statistics/holm.ts';
import { curveFinding, linearFinding } from './curve-findings.ts';
import type { ClaimDeclaration } from './declaration.ts';
import { differenceFinding, lowestFinding, ratioFinding } from './difference-findings.ts';
import { type Finding, MIN_SEEDS } from './finding.ts';
import type { Source } from './observe.ts';

const LEVEL = 0.05;

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
