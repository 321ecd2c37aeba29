/** Units of a study's figures as charts write them. */
import type { StudyUnit } from '../../electron/contract/studies.ts';
import { type Axis, roundAxis } from './ticks.ts';

/** Shares are drawn in percent. */
export const scaleOf = (unit: StudyUnit): number => (unit === 'share' ? 100 : 1);

export function unitLabel(unit: StudyUnit): string | undefined {
  return { share: '%', tokens: 'tokens', number: undefined }[unit];
}

/** Around all values, with about `count` ticks; from 0 to 1 where there are none. */
export function axisAround(values: readonly number[], count = 5): Axis {
  return values.length === 0
    ? roundAxis(0, 1, count)
    : roundAxis(Math.min(...values), Math.max(...values), count);
}
