import { metricOf } from '../../trainer/metrics.ts';
import type { StudyEstimate, StudyUnit } from '../contract/studies.ts';
import { withInterval } from '../statistics/crossed.ts';
import type { Summary } from './answers.ts';
import type { MeasureDeclaration } from './declaration.ts';

/** Scores that are no share: everything else an evaluation gives lies between 0 and 1. */
const UNBOUNDED = new Set(['length', 'logprob']);

export function unitOf(measure: MeasureDeclaration): StudyUnit {
  if (measure.metric !== undefined) return metricOf(measure.metric)?.unit === 'tokens' ? 'tokens' : 'number';
  if (measure.value === 'length') return 'tokens';
  return UNBOUNDED.has(measure.value) ? 'number' : 'share';
}

const MOST: Readonly<Record<StudyUnit, number>> = { share: 1, tokens: Infinity, number: Infinity };

/** A summary with its interval, which ends where its values do: a share's at 0 and 1, a length's at 0. */
export function estimateOf(summary: Summary, unit: StudyUnit): StudyEstimate {
  const { mean, low, high } = withInterval(summary);
  const { items, documents, seeds } = summary;
  const keep = (value: number | null): number | null =>
    value === null || unit === 'number' ? value : Math.min(MOST[unit], Math.max(0, value));
  return { mean, low: keep(low), high: keep(high), items, documents, seeds };
}
