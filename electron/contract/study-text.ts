/** A study's numbers in words, the same in the window, on a terminal and in a report. Pure. */
import type { StudyClaim, StudyEstimate, StudyFigure, StudyUnit, Verdict } from './studies.ts';

export const VERDICT_WORDS: Readonly<Record<Verdict, string>> = {
  reproduced: 'reproduced',
  not: 'not reproduced',
  undecided: 'undecided',
};

/** Shares in percent, lengths with one decimal, others with three digits. */
export function quantity(value: number, unit: StudyUnit): string {
  if (unit === 'share') return minus((100 * value).toFixed(1));
  if (unit === 'tokens') return minus(value.toFixed(1));
  return minus(Number(value.toPrecision(3)).toString());
}

const minus = (text: string): string => text.replace('-', '−');

export const unitSign = (unit: StudyUnit): string => ({ share: '%', tokens: 'tokens', number: '' })[unit];

interface Limits {
  readonly low: number | null;
  readonly high: number | null;
}

/** “[12.1, 14.0]”, or nothing where the spread is not known. */
export function limits({ low, high }: Limits, unit: StudyUnit): string {
  if (low === null || high === null) return '';
  return `[${quantity(low, unit)}, ${quantity(high, unit)}]`;
}

export function estimateText(estimate: StudyEstimate | null, unit: StudyUnit): string {
  if (!estimate) return '–';
  return `${quantity(estimate.mean, unit)} ${limits(estimate, unit)}`.trimEnd();
}

/** A claim's effect: differences of shares are percentage points. */
export function effectText({ effect, what, unit, ...ends }: StudyClaim): string {
  if (effect === null) return '–';
  const sign = what.includes('difference') && effect > 0 ? '+' : '';
  const points = unit === 'share' ? ' points' : unit === 'tokens' ? ' tokens' : '';
  return `${what} ${sign}${quantity(effect, unit)} ${limits(ends, unit)}`.trimEnd() + points;
}

/** What stands behind a claim: “6,000 positions of 812 documents, 3 seeds”. */
export function basisText({ n, items, documents, seeds }: StudyClaim): string {
  if (n === 0) return 'nothing measured yet';
  const ofSeeds = seeds === 1 ? '1 seed' : `${seeds} seeds`;
  if (items === 0) return `n = ${n}, ${ofSeeds}`;
  return `n = ${n.toLocaleString('en')}: ${items.toLocaleString('en')} items of ${documents.toLocaleString('en')} documents, ${ofSeeds}`;
}

export function pText(p: number | null): string {
  if (p === null) return '–';
  return p < 0.001 ? '< 0.001' : p.toFixed(3);
}

type Fit = NonNullable<Extract<StudyFigure, { kind: 'fit' }>['lines'][number]['fit']>;

/** “slope 0.21 [0.18, 0.24] per tenfold compute, R² 0.97 [0.93, 0.99]” */
export function fitText({ slope, slopeLow, slopeHigh, r2, r2Low, r2High }: Fit): string {
  const write = (value: number): string => quantity(value, 'number');
  const between = (low: number | null, high: number | null): string =>
    low === null || high === null ? '' : ` [${write(low)}, ${write(high)}]`;
  return `slope ${write(slope)}${between(slopeLow, slopeHigh)} per tenfold compute, R² ${write(r2)}${between(r2Low, r2High)}`;
}
